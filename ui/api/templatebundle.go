package api

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"cradle/directory"
	"cradle/ui/access"
)

// Bounds of a file of templates, in bytes and entries.
const (
	maxBundle   = 8 << 20
	maxUnpacked = 64 << 20
	maxEntries  = 2000
)

// bundled is one template in the manifest of such a file.
type bundled struct {
	Scope    scopeView        `json:"scope"`
	Model    string           `json:"model"`
	File     string           `json:"file"`
	Name     string           `json:"name"`
	Versions []bundledVersion `json:"versions"`

	fresh []directory.TemplateVersion // those to be taken in
	fault error                       // why it is not
}

type bundledVersion struct {
	Text    string     `json:"text"` // name of the entry that holds it
	Comment string     `json:"comment,omitempty"`
	Tests   []testView `json:"tests,omitempty"`
}

// manifest is the entry that names the others.
const manifest = "templates.json"

type bundleOutput struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition"`
	Body               []byte
}

func (a *API) exportTemplates(_ context.Context, c *access.Caller, in *pageInput) (*bundleOutput, error) {
	org, err := in.organization(c)
	if err != nil {
		return nil, err
	}
	snap := a.Directory.Snapshot()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	all := []bundled{}
	for t := range ownTemplates(snap, org) {
		b := bundled{Scope: scopeView{Kind: t.Scope.Kind, ID: t.Scope.ID, Name: scopeName(snap, t.Scope)}, Model: t.Model, File: t.File, Name: t.Name}
		if t.Scope.Kind == "organization" {
			b.Scope.ID = "" // whoever takes it in
		}
		for v := range snap.TemplateVersions(t.ID) {
			one := bundledVersion{Text: fmt.Sprintf("%s/%s.%d.%s", t.Model, t.ID, v.Number, t.File), Comment: v.Comment}
			for _, test := range v.Tests {
				one.Tests = append(one.Tests, testView(test))
			}
			b.Versions = append(b.Versions, one)
			if err := pack(z, one.Text, []byte(v.Text)); err != nil {
				return nil, err
			}
		}
		all = append(all, b)
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return nil, err
	}
	if err := errors.Join(pack(z, manifest, text), z.Close()); err != nil {
		return nil, err
	}
	return &bundleOutput{ContentType: "application/zip", ContentDisposition: `attachment; filename="templates.zip"`, Body: out.Bytes()}, nil
}

func pack(z *zip.Writer, name string, body []byte) error {
	w, err := z.Create(name)
	if err != nil {
		return err
	}
	_, err = w.Write(body)
	return err
}

type importInput struct {
	Organization directory.ID `query:"organization" maxLength:"64"`
	DryRun       bool         `query:"dry_run" doc:"Say only what would be done."`
	RawBody      []byte       `contentType:"application/zip"`
}

// imported says what became of each template of a file.
type imported struct {
	Created int           `json:"created"`
	Changed int           `json:"changed" doc:"Templates that were there and got new versions."`
	Refused []refusedName `json:"refused" nullable:"false"`
}

type refusedName struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

func (a *API) importTemplates(ctx context.Context, c *access.Caller, in *importInput) (*viewOutput[imported], error) {
	org, err := (&pageInput{Organization: in.Organization}).organization(c)
	if err != nil {
		return nil, err
	}
	all, texts, err := unpack(in.RawBody)
	if err != nil {
		return nil, wrong("body", err.Error())
	}
	for i := range all { // judged first: nobody else can write meanwhile
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		all[i].fresh, all[i].fault = a.fresh(c, org, &all[i], texts)
	}
	out := imported{Refused: []refusedName{}}
	err = a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
		out = imported{Refused: []refusedName{}}
		for i := range all {
			if err := a.takeIn(tx, c, org, &all[i], &out); err != nil {
				return wrong("body", all[i].Name+": "+err.Error())
			}
		}
		if in.DryRun {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, err
	}
	return &viewOutput[imported]{Body: out}, nil
}

// scope is for whom a template is at whoever takes it in.
func (b *bundled) scope(org directory.ID) directory.Scope {
	if b.Scope.Kind == "organization" {
		return directory.Scope{Kind: b.Scope.Kind, ID: string(org)}
	}
	return directory.Scope{Kind: b.Scope.Kind, ID: b.Scope.ID}
}

// fresh are the versions that a template does not have yet; the error is what is
// wrong with the first that is not good.
func (a *API) fresh(c *access.Caller, org directory.ID, b *bundled, texts map[string]string) (fresh []directory.TemplateVersion, err error) {
	snap := a.Directory.Snapshot()
	t := &directory.Template{Organization: org, Model: b.Model, File: b.File, Name: b.Name}
	known := map[string]bool{}
	if old := snap.TemplateFor(b.scope(org), b.Model, b.File); old != nil {
		if t, err = a.customTemplates().changeable(snap, c, old.ID); err != nil {
			return nil, err
		}
		for v := range snap.TemplateVersions(t.ID) {
			known[v.Text] = true
		}
	}
	for _, one := range b.Versions {
		v := directory.TemplateVersion{Text: texts[one.Text], Comment: one.Comment}
		for _, test := range one.Tests {
			v.Tests = append(v.Tests, directory.TemplateTest(test))
		}
		if known[v.Text] {
			continue
		}
		if _, err := a.judge(c, t, &v); err != nil {
			return nil, err
		}
		fresh = append(fresh, v)
	}
	return fresh, nil
}

// takeIn adds the fresh versions of one template. An error is one that came when
// something was written already.
func (a *API) takeIn(tx *directory.Tx, c *access.Caller, org directory.ID, b *bundled, out *imported) error {
	t, err := tx.Snapshot().TemplateFor(b.scope(org), b.Model, b.File), b.fault
	switch {
	case err != nil:
	case t == nil:
		var id directory.ID
		if id, err = a.createCustomTemplate(tx, c, org, &customTemplateCreate{Scope: b.Scope, Model: b.Model, File: b.File, Name: b.Name}); err == nil {
			t = tx.Snapshot().Template(id)
			out.Created++
		}
	default:
		if _, err = a.customTemplates().changeable(tx.Snapshot(), c, t.ID); err == nil {
			out.Changed++
		}
	}
	if err != nil {
		out.Refused = append(out.Refused, refusedName{b.Name, err.Error()})
		return nil //nolint:nilerr // it is told in what was refused
	}
	for _, v := range b.fresh {
		v.Template = t.ID
		if err := tx.AddTemplateVersion(&v); err != nil {
			return err
		}
	}
	return nil
}

// unpack reads such a file within its bounds.
func unpack(file []byte) (all []bundled, texts map[string]string, err error) {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return nil, nil, fmt.Errorf("not a zip file: %w", err)
	}
	if len(z.File) > maxEntries {
		return nil, nil, fmt.Errorf("more than %d entries", maxEntries)
	}
	texts, left := map[string]string{}, int64(maxUnpacked)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		body, err := io.ReadAll(io.LimitReader(r, left+1))
		r.Close()
		if left -= int64(len(body)); err != nil || left < 0 {
			return nil, nil, fmt.Errorf("%s: damaged, or more than %d bytes in all", f.Name, maxUnpacked)
		}
		texts[f.Name] = string(body)
	}
	if err := json.Unmarshal([]byte(texts[manifest]), &all); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", manifest, err)
	}
	versions := 0
	for _, b := range all {
		versions += 1 + len(b.Versions)
	}
	if versions > maxEntries {
		return nil, nil, fmt.Errorf("%s: more than %d templates and versions", manifest, maxEntries)
	}
	return all, texts, nil
}
