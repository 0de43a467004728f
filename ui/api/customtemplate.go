package api

import (
	"errors"
	"iter"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/provisioning/custom"
	"cradle/provisioning/render"
	"cradle/ui/access"
)

// scopeView is for whom something is.
type scopeView struct {
	Kind string `json:"kind" enum:"appliance,organization,site,device"`
	ID   string `json:"id,omitempty" maxLength:"64" doc:"The record's; empty for the appliance, and for one's own organization."`
	Name string `json:"name,omitempty" maxLength:"200" readOnly:"true"`
}

// customTemplateView is an uploaded template of a model.
type customTemplateView struct {
	ID       directory.ID `json:"id"`
	Revision uint64       `json:"revision"`
	Scope    scopeView    `json:"scope"`
	Model    string       `json:"model"`
	File     string       `json:"file"`
	Name     string       `json:"name"`
	Active   int          `json:"active" doc:"Number of the version in force; 0: the built-in one."`
	Previous int          `json:"previous"`
	Latest   int          `json:"latest"`
	Share    int          `json:"share" doc:"Percent of the phones that get the version in force; the others get the previous one."`
	Phones   int          `json:"phones" doc:"Phones of this model in its scope."`
	Failing  int          `json:"failing" doc:"Of them, those for which what is in force does not render."`
}

type customTemplateCreate struct {
	Scope scopeView `json:"scope"`
	Model string    `json:"model" minLength:"1" maxLength:"100" doc:"As in /api/v1/templates."`
	File  string    `json:"file" minLength:"1" maxLength:"100" example:"phone.tmpl"`
	Name  string    `json:"name" minLength:"1" maxLength:"200"`
}

type customTemplatePatch struct {
	Revised
	Name *string `json:"name,omitempty" minLength:"1" maxLength:"200"`
}

func (a *API) customTemplates() resource[directory.Template, customTemplateView, customTemplateCreate, customTemplatePatch] {
	return resource[directory.Template, customTemplateView, customTemplateCreate, customTemplatePatch]{
		name: "template", path: "/custom-templates", read: access.TemplatesRead, write: access.TemplatesWrite,
		all: ownTemplates, everywhere: func(s *directory.Snapshot) iter.Seq[*directory.Template] { return s.Templates("") },
		get:          (*directory.Snapshot).Template,
		organization: func(t *directory.Template) directory.ID { return t.Organization },
		id:           func(t *directory.Template) directory.ID { return t.ID },
		key: func(t *directory.Template) string {
			return t.Model + "/" + t.File + "/" + strings.ToLower(t.Name) + "/" + string(t.ID)
		},
		view: a.viewCustomTemplate, create: a.createCustomTemplate,
		patch: func(tx *directory.Tx, _ *access.Caller, t *directory.Template, in *customTemplatePatch) error {
			in.of(&t.Revision)
			set(&t.Name, in.Name)
			return tx.PutTemplate(t)
		},
		remove: func(tx *directory.Tx, _ *access.Caller, t *directory.Template) error {
			return tx.DeleteTemplate(t.ID)
		},
	}
}

// ownTemplates are an organization's and those of the whole appliance.
func ownTemplates(s *directory.Snapshot, org directory.ID) iter.Seq[*directory.Template] {
	return func(yield func(*directory.Template) bool) {
		for t := range s.Templates("") {
			if (t.Organization == org || t.Organization == "") && !yield(t) {
				return
			}
		}
	}
}

func (a *API) viewCustomTemplate(s *directory.Snapshot, t *directory.Template) customTemplateView {
	v := customTemplateView{
		ID: t.ID, Revision: t.Revision, Scope: scopeView{Kind: t.Scope.Kind, ID: t.Scope.ID, Name: scopeName(s, t.Scope)},
		Model: t.Model, File: t.File, Name: t.Name, Active: t.Active, Previous: t.Previous, Latest: t.Latest, Share: t.Share,
	}
	var faults map[directory.ID]string
	if a.Templates != nil {
		faults = a.Templates.TemplateFaults()
	}
	for d := range s.Devices(t.Organization) {
		if !strings.EqualFold(d.Model, t.Model) || !within(t.Scope, d) {
			continue
		}
		v.Phones++
		if faults[d.ID] != "" {
			v.Failing++
		}
	}
	return v
}

func within(scope directory.Scope, d *directory.Device) bool {
	switch scope.Kind {
	case "site":
		return string(d.Site) == scope.ID
	case "device":
		return string(d.ID) == scope.ID
	}
	return true
}

// scopeName is what people call a scope.
func scopeName(s *directory.Snapshot, scope directory.Scope) string {
	id := directory.ID(scope.ID)
	switch scope.Kind {
	case "organization":
		if o := s.Organization(id); o != nil {
			return o.Name
		}
	case "site":
		if t := s.Site(id); t != nil {
			return t.Name
		}
	case "device":
		if d := s.Device(id); d != nil {
			if d.Name != "" {
				return d.Name
			}
			return d.MAC.Colons()
		}
	}
	return ""
}

func (a *API) createCustomTemplate(tx *directory.Tx, c *access.Caller, org directory.ID, in *customTemplateCreate) (directory.ID, error) {
	if _, _, err := a.part(in.Model, in.File); err != nil {
		return "", err
	}
	t := &directory.Template{Organization: org, Scope: directory.Scope{Kind: in.Scope.Kind, ID: in.Scope.ID}, Model: in.Model, File: in.File, Name: in.Name}
	switch in.Scope.Kind {
	case "appliance":
		t.Organization = ""
	case "organization":
		t.Scope.ID = string(org)
	case "site":
		site, err := findSite(tx.Snapshot(), org, in.Scope.ID, "body.scope.id")
		if err != nil {
			return "", err
		}
		t.Scope.ID = string(site)
	case "device":
		d, err := a.device(tx.Snapshot(), c, directory.ID(in.Scope.ID))
		if err != nil {
			return "", wrong("body.scope.id", "no such phone")
		}
		if !strings.EqualFold(d.Model, in.Model) {
			return "", wrong("body.model", "the phone is a "+d.Model+", not a "+in.Model+": a template serves its own model only")
		}
		t.Organization = d.Organization
	}
	if t.Organization == "" && !c.Home {
		return "", ofApplianceOnly(access.TemplatesWrite)
	}
	err := tx.PutTemplate(t)
	return t.ID, err
}

// part is the built-in text of one of a model's templates.
func (a *API) part(model, file string) (*catalog.Model, string, error) {
	if a.Templates == nil {
		return nil, "", notFound("template")
	}
	m := a.Templates.Catalog().Model(model)
	if m == nil {
		return nil, "", wrong("body.model", "no such model in the catalogue: "+model)
	}
	text, ok := m.Family.Part(file)
	if !ok {
		return nil, "", wrong("body.file", "the templates of "+m.Name+" are "+strings.Join(m.Family.Parts(), ", ")+", not "+file)
	}
	return m, text, nil
}

// refusedText turns what is wrong with a template's text into the input's fault.
func refusedText(err error) error {
	if errors.Is(err, render.ErrRefused) || errors.Is(err, catalog.ErrNoPart) || errors.Is(err, provisioning.ErrNoFile) {
		return wrong("body.text", err.Error())
	}
	return err
}

// findingView is something wrong with a template's text.
type findingView struct {
	Line     int             `json:"line" doc:"From 1; 0: the text as a whole."`
	Column   int             `json:"column" doc:"From 1; 0: the line as a whole."`
	Severity custom.Severity `json:"severity" enum:"error,warning"`
	Text     string          `json:"text"`
}

func viewFindings(all []custom.Finding) []findingView {
	views := make([]findingView, 0, len(all))
	for _, f := range all {
		views = append(views, findingView(f))
	}
	return views
}

func customTemplateRoutes(a *API) {
	a.customTemplates().routes(a)
	clash := []int{http.StatusNotFound, http.StatusConflict}
	route(a, operation{method: http.MethodPost, path: "/custom-templates/check", permission: access.TemplatesRead,
		summary: "Judge a template's text without saving it"}, a.checkTemplate)
	route(a, operation{method: http.MethodGet, path: "/custom-templates/{id}/versions", permission: access.TemplatesRead,
		summary: "Versions of a template, the newest first", errors: clash}, a.listVersions)
	route(a, operation{method: http.MethodPost, path: "/custom-templates/{id}/versions", permission: access.TemplatesWrite, status: http.StatusCreated,
		summary: "Save a new version; it is not in force yet", errors: clash}, a.saveVersion)
	route(a, operation{method: http.MethodGet, path: "/custom-templates/{id}/versions/{number}", permission: access.TemplatesRead,
		summary: "One version with its text", errors: clash}, a.oneVersion)
	route(a, operation{method: http.MethodPost, path: "/custom-templates/{id}/preview", permission: access.TemplatesRead,
		summary: "What a text, or a version, would alter on every phone it concerns", errors: clash}, a.preview)
	route(a, operation{method: http.MethodPost, path: "/custom-templates/{id}/activate", permission: access.TemplatesWrite,
		summary: "Put a version in force, for all its phones or a share of them; 0 restores the built-in one", errors: clash}, a.activate)
	route(a, operation{method: http.MethodGet, path: "/custom-templates/export", permission: access.TemplatesRead,
		summary: "All own templates with their versions as one zip file", errors: []int{http.StatusNotFound},
		responses: map[string]*huma.Response{"200": {Description: "The file.", Content: map[string]*huma.MediaType{
			"application/zip": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		}}}}, a.exportTemplates)
	route(a, operation{method: http.MethodPost, path: "/custom-templates/import", permission: access.TemplatesWrite, maxBody: maxBundle,
		summary: "Take templates from such a file; nothing of it is in force afterwards"}, a.importTemplates)
}
