package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
	"cradle/provisioning/custom"
	"cradle/ui/access"
)

// versionView is one version of an uploaded template; lists leave its text out.
type versionView struct {
	Number  int        `json:"number"`
	At      time.Time  `json:"at"`
	By      string     `json:"by"`
	Comment string     `json:"comment"`
	Active  bool       `json:"active"`
	Text    string     `json:"text,omitempty"`
	Tests   []testView `json:"tests,omitempty"`
}

// testView is a line that a model's file must hold, or must not.
type testView struct {
	Model  string `json:"model" minLength:"1" maxLength:"100"`
	Line   string `json:"line" minLength:"1" maxLength:"1000"`
	Absent bool   `json:"absent,omitempty"`
}

type versionInput struct {
	ID     directory.ID `path:"id" maxLength:"64"`
	Number int          `path:"number" minimum:"1"`
}

type versionCreate struct {
	ID   directory.ID `path:"id" maxLength:"64"`
	Body struct {
		Text    string     `json:"text" minLength:"1" maxLength:"262144"`
		Comment string     `json:"comment,omitempty" maxLength:"1000"`
		Tests   []testView `json:"tests,omitempty" maxItems:"100"`
	}
}

type savedVersion struct {
	Number   int           `json:"number"`
	Findings []findingView `json:"findings" nullable:"false" doc:"Warnings."`
}

type checkInput struct {
	Body struct {
		Model string `json:"model" minLength:"1" maxLength:"100"`
		File  string `json:"file" minLength:"1" maxLength:"100"`
		Text  string `json:"text" maxLength:"262144"`
	}
}

type findingsView struct {
	Findings []findingView `json:"findings" nullable:"false"`
}

func (a *API) checkTemplate(_ context.Context, c *access.Caller, in *checkInput) (*viewOutput[findingsView], error) {
	if _, _, err := a.part(in.Body.Model, in.Body.File); err != nil {
		return nil, err
	}
	found, err := a.Templates.CheckTemplate(c.User.Organization, in.Body.Model, in.Body.File, in.Body.Text)
	if err != nil {
		return nil, refusedText(err)
	}
	return &viewOutput[findingsView]{Body: findingsView{viewFindings(found)}}, nil
}

func (a *API) listVersions(_ context.Context, c *access.Caller, in *idInput) (*viewOutput[page[versionView]], error) {
	snap := a.Directory.Snapshot()
	t, err := a.customTemplates().visible(snap, c, in.ID)
	if err != nil {
		return nil, err
	}
	out := page[versionView]{Items: []versionView{}}
	for v := range snap.TemplateVersions(t.ID) {
		out.Items = append(out.Items, versionView{Number: v.Number, At: v.At, By: v.By, Comment: v.Comment, Active: t.Active == v.Number})
	}
	slices.Reverse(out.Items)
	return &viewOutput[page[versionView]]{Body: out}, nil
}

func (a *API) oneVersion(_ context.Context, c *access.Caller, in *versionInput) (*viewOutput[versionView], error) {
	snap := a.Directory.Snapshot()
	t, err := a.customTemplates().visible(snap, c, in.ID)
	if err != nil {
		return nil, err
	}
	v := snap.TemplateVersion(t.ID, in.Number)
	if v == nil {
		return nil, notFound("version")
	}
	view := versionView{Number: v.Number, At: v.At, By: v.By, Comment: v.Comment, Active: t.Active == v.Number, Text: v.Text}
	for _, test := range v.Tests {
		view.Tests = append(view.Tests, testView(test))
	}
	return &viewOutput[versionView]{Body: view}, nil
}

// saveVersion keeps a text that has no errors and whose tests hold.
func (a *API) saveVersion(ctx context.Context, c *access.Caller, in *versionCreate) (*viewOutput[savedVersion], error) {
	t, err := a.customTemplates().changeable(a.Directory.Snapshot(), c, in.ID)
	if err != nil {
		return nil, err
	}
	v := &directory.TemplateVersion{Template: t.ID, Text: in.Body.Text, Comment: in.Body.Comment}
	for _, test := range in.Body.Tests {
		v.Tests = append(v.Tests, directory.TemplateTest(test))
	}
	found, err := a.judge(c, t, v)
	if err != nil {
		return nil, err
	}
	err = a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error { return tx.AddTemplateVersion(v) })
	if err != nil {
		return nil, err
	}
	return &viewOutput[savedVersion]{Body: savedVersion{v.Number, viewFindings(found)}}, nil
}

// judge refuses a version with errors, each with its line; warnings are told. A
// template of the whole appliance is judged by the caller's own organization.
func (a *API) judge(c *access.Caller, t *directory.Template, v *directory.TemplateVersion) ([]custom.Finding, error) {
	if _, _, err := a.part(t.Model, t.File); err != nil {
		return nil, err
	}
	org := cmp.Or(t.Organization, c.User.Organization)
	found, err := a.Templates.CheckTemplate(org, t.Model, t.File, v.Text)
	if err != nil {
		return nil, refusedText(err)
	}
	if !custom.Bad(found) {
		failed, err := a.Templates.TestTemplate(org, t.File, v.Text, v.Tests)
		if err != nil {
			return nil, refusedText(err)
		}
		for _, f := range failed {
			found = append(found, custom.Finding{Severity: custom.Error, Text: "test: " + f})
		}
	}
	if !custom.Bad(found) {
		return found, nil
	}
	var details []error
	for _, f := range found {
		if f.Severity == custom.Error {
			details = append(details, &huma.ErrorDetail{Location: fmt.Sprintf("body.text:%d:%d", f.Line, f.Column), Message: f.Text})
		}
	}
	return nil, huma.NewError(http.StatusUnprocessableEntity, "the template has errors and is not saved: "+found[0].Text, details...)
}
