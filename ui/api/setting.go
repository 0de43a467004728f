package api

import (
	"context"
	"net/http"

	"cradle/directory"
	"cradle/provisioning/settings"
	"cradle/ui/access"
)

// settingView is one setting of one layer.
type settingView struct {
	Key   string `json:"key"`
	Value string `json:"value" doc:"*** where the vendor's name of a setting added by hand sounds secret."`
}

// ScopeInput names a layer; it is exported only because the library that makes
// the document does not look into embedded types that are not.
type ScopeInput struct {
	Scope string `path:"scope" enum:"appliance,organization,site,model,profile,device,extension"`
	ID    string `path:"id" maxLength:"100" doc:"The record's ID, a model's name; - for the appliance."`
}

type settingInput struct {
	ScopeInput
	Key string `path:"key" maxLength:"200" doc:"Name of the setting, or raw.<vendor>.<name>."`
}

type settingPut struct {
	ScopeInput
	Key  string `path:"key" maxLength:"200" doc:"Name of the setting, or raw.<vendor>.<name>."`
	Body struct {
		Value string `json:"value" maxLength:"512"`
	}
}

type settingsOutput struct {
	Body struct {
		Items []settingView `json:"items" nullable:"false"`
	}
}

func settingRoutes(a *API) {
	const layer, one = "/settings/{scope}/{id}", "/settings/{scope}/{id}/{key}"
	missing := []int{http.StatusNotFound}
	route(a, operation{method: http.MethodGet, path: layer, permission: access.SettingsRead,
		summary: "Settings of one layer", errors: missing}, a.listSettings)
	route(a, operation{method: http.MethodGet, path: one, permission: access.SettingsRead,
		summary: "One setting of one layer", errors: missing}, a.oneSetting)
	route(a, operation{method: http.MethodPut, path: one, permission: access.SettingsWrite,
		summary: "Set one setting of one layer", errors: missing}, a.putSetting)
	route(a, operation{method: http.MethodDelete, path: one, permission: access.SettingsWrite, status: http.StatusNoContent,
		summary: "Take a setting out of a layer", errors: missing}, a.deleteSetting)
}

// layer is the scope that an input names, if the caller sees it.
func (in *ScopeInput) layer(s *directory.Snapshot, c *access.Caller) (directory.Scope, error) {
	scope := directory.Scope{Kind: in.Scope, ID: in.ID}
	if in.Scope == "appliance" {
		scope.ID = ""
		if in.ID != "-" {
			return scope, notFound("layer")
		}
	}
	if org, ok := s.OrganizationOf(scope); !ok || org != "" && !c.Sees(org) {
		return scope, notFound("layer")
	}
	return scope, nil
}

func (a *API) listSettings(_ context.Context, c *access.Caller, in *ScopeInput) (*settingsOutput, error) {
	s := a.Directory.Snapshot()
	scope, err := in.layer(s, c)
	if err != nil {
		return nil, err
	}
	out := &settingsOutput{}
	out.Body.Items = []settingView{}
	for k, v := range s.Settings(scope) {
		out.Body.Items = append(out.Body.Items, settingView{k, settings.Shown(k, v)})
	}
	return out, nil
}

func (a *API) oneSetting(_ context.Context, c *access.Caller, in *settingInput) (*viewOutput[settingView], error) {
	s := a.Directory.Snapshot()
	scope, err := in.layer(s, c)
	if err != nil {
		return nil, err
	}
	v, ok := s.Setting(scope, in.Key)
	if !ok {
		return nil, notFound("setting")
	}
	return &viewOutput[settingView]{Body: settingView{in.Key, settings.Shown(in.Key, v)}}, nil
}

func (a *API) putSetting(ctx context.Context, c *access.Caller, in *settingPut) (*viewOutput[settingView], error) {
	if err := settings.Check(in.Key, in.Body.Value); err != nil {
		return nil, wrong("body.value", err.Error())
	}
	if in.Body.Value == settings.Masked && settings.Veiled(in.Key) {
		return nil, wrong("body.value", settings.Masked+" stands for the value that is there: say a new one, or leave it")
	}
	err := a.changeLayer(ctx, c, &in.ScopeInput, func(tx *directory.Tx, scope directory.Scope) error {
		if a.Onboarding != nil {
			if err := a.Onboarding.Holds(scope, in.Key, in.Body.Value); err != nil {
				return wrong("path.key", err.Error())
			}
		}
		return tx.SetSetting(scope, in.Key, in.Body.Value)
	})
	if err != nil {
		return nil, err
	}
	return &viewOutput[settingView]{Body: settingView{in.Key, settings.Shown(in.Key, in.Body.Value)}}, nil
}

func (a *API) deleteSetting(ctx context.Context, c *access.Caller, in *settingInput) (*none, error) {
	return nil, a.changeLayer(ctx, c, &in.ScopeInput, func(tx *directory.Tx, scope directory.Scope) error {
		if _, ok := tx.Snapshot().Setting(scope, in.Key); !ok {
			return notFound("setting")
		}
		return tx.DeleteSetting(scope, in.Key)
	})
}

// changeLayer changes a layer that the caller may change: what is of no
// organization is the appliance's.
func (a *API) changeLayer(ctx context.Context, c *access.Caller, in *ScopeInput, change func(*directory.Tx, directory.Scope) error) error {
	return a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
		scope, err := in.layer(tx.Snapshot(), c)
		if err != nil {
			return err
		}
		if (scope.Kind == "appliance" || scope.Kind == "model") && !c.Home {
			return ofApplianceOnly(access.SettingsWrite)
		}
		return change(tx, scope)
	})
}
