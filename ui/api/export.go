package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"gopkg.in/yaml.v3"

	"cradle/directory"
	"cradle/directory/office"
	"cradle/ui/access"
)

type exportInput struct {
	Organization directory.ID `query:"organization" maxLength:"64"`
	Secrets      bool         `query:"secrets" doc:"With device accounts and hashes; needs its own permission, and a session that is unlocked."`
	Format       string       `query:"format" enum:"json,yaml" default:"json"`
}

func exportRoutes(a *API) {
	anything := &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
	route(a, operation{method: http.MethodGet, path: "/export", permission: access.ExportRead,
		summary: "The directory in the form of office.yaml", errors: []int{http.StatusNotFound},
		responses: map[string]*huma.Response{"200": {Description: "The document.", Content: map[string]*huma.MediaType{
			"application/json": {Schema: anything}, "application/yaml": {Schema: &huma.Schema{Type: huma.TypeString}},
		}}}}, a.export)
}

type exportOutput struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func (a *API) export(ctx context.Context, c *access.Caller, in *exportInput) (*exportOutput, error) {
	org, err := (&pageInput{Organization: in.Organization}).organization(c)
	if err != nil {
		return nil, err
	}
	if in.Secrets {
		if err := a.letSecretsOut(ctx, c, org, ""); err != nil {
			return nil, err
		}
	}
	document := office.Export(a.Directory.Snapshot(), org, in.Secrets)
	if in.Format == "yaml" {
		body, err := yaml.Marshal(document)
		return &exportOutput{ContentType: "application/yaml", Body: body}, err
	}
	body, err := json.Marshal(document)
	return &exportOutput{ContentType: "application/json", Body: body}, err
}

// letSecretsOut asks whether the caller may see secrets now, and notes in the audit
// that he does: those of an organization, or of one device of it.
func (a *API) letSecretsOut(ctx context.Context, c *access.Caller, org, device directory.ID) error {
	switch {
	case !c.May(access.ExportSecrets):
		return forbidden(access.ExportSecrets, "your role may not see secrets")
	case !a.Gate.Unlocked(ctx, c):
		return forbidden(access.ExportSecrets, "show your password once more first: POST /session/unlock")
	}
	a.Log.Warn("secrets are shown", "by", c.User.Email, "source", c.Source, "organization", org, "device", device)
	return a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error { tx.NoteExport(org, device); return nil })
}
