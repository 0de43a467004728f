package office

import (
	"fmt"
	"slices"

	"cradle/directory"
)

func (a *applier) templates() error { return each(a.doc.Templates, "templates", a.template) }

// template makes one template match: first that it is there, then its versions,
// then which of them is in force.
func (a *applier) template(path string, f *Template) error {
	scope, err := a.scopeOf(path, Setting{Scope: f.Scope, Of: f.Of})
	if err != nil {
		return err
	}
	t := directory.Template{Organization: a.org, Scope: scope, Model: f.Model, File: f.File, Name: f.File}
	if f.Scope == "appliance" {
		t.Organization = ""
	}
	before := uint64(0)
	if old := a.tx.Snapshot().TemplateFor(scope, f.Model, f.File); old != nil {
		t, before = *old, old.Revision
	}
	set(&t.Name, f.Name)
	if err := a.tx.PutTemplate(&t); err != nil {
		return a.wrap(path, err)
	}
	for i := range f.Versions {
		if err := a.templateVersion(fmt.Sprintf("%s.versions[%d]", path, i), t.ID, &f.Versions[i]); err != nil {
			return err
		}
	}
	t = *a.tx.Snapshot().Template(t.ID)
	set(&t.Active, f.Active)
	set(&t.Previous, f.Previous)
	if f.Share != nil {
		t.Share = *f.Share
	} else if f.Active != nil && before == 0 {
		t.Share = 100 // a template that is named in force is so for every phone
	}
	if err := a.tx.PutTemplate(&t); err != nil {
		return a.wrap(path, err)
	}
	a.done("template "+t.Name, before, t.Revision)
	return nil
}

// templateVersion adds a version, or finds that it is the one of that number.
func (a *applier) templateVersion(path string, template directory.ID, f *TemplateVersion) error {
	tests := make([]directory.TemplateTest, 0, len(f.Tests))
	for _, t := range f.Tests {
		tests = append(tests, directory.TemplateTest(t))
	}
	snap := a.tx.Snapshot()
	if old := snap.TemplateVersion(template, f.Number); old != nil {
		if old.Text != f.Text || old.Comment != f.Comment || !slices.Equal(old.Tests, tests) {
			return a.doc.fault(path, nil, "version %d is there already and another one; versions never change", f.Number)
		}
		return nil
	}
	if next := snap.Template(template).Latest + 1; f.Number != next {
		return a.doc.fault(path+".number", nil, "the next version is %d, not %d", next, f.Number)
	}
	v := &directory.TemplateVersion{Template: template, Text: f.Text, Comment: f.Comment, Tests: tests}
	return a.wrap(path, a.tx.AddTemplateVersion(v))
}
