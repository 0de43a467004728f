package directory

import (
	"iter"
	"strconv"
	"strings"
)

// Template is one template file of a model, changed for a scope. Its texts are
// its versions; version 0 is the built-in one.
type Template struct {
	ID           ID
	Revision     uint64
	Organization ID    // empty: the appliance
	Scope        Scope // of kind appliance, organization, site or device
	Model        string
	File         string // the template's file name, such as "phone.tmpl"
	Name         string
	Active       int // number of the version in force; 0: the built-in one
	Share        int // percent of phones that get Active, 0 to 100; the others get Previous
	Previous     int
	Latest       int // the highest number given out
}

func (t *Template) table() table                         { return tTemplate }
func (t *Template) head() (ID, uint64)                   { return t.ID, t.Revision }
func (t *Template) setHead(id ID, rev uint64)            { t.ID, t.Revision = id, rev }
func (t *Template) organization() ID                     { return t.Organization }
func (t *Template) encode(*Keys) ([]byte, error)         { return encodePlain(t) }
func (t *Template) decode(_ *Keys, _ ID, b []byte) error { return decodePlain(b, t) }
func (t *Template) sortKey() string                      { return t.Model + "/" + t.File + "/" + strings.ToLower(t.Name) }

func (t *Template) uniques() []unique {
	return []unique{{uTemplate, templateKey(t.Scope, t.Model, t.File)}}
}

func templateKey(scope Scope, model, file string) string { return scope.prefix() + model + "/" + file }

func (t *Template) refs() []ref {
	var r []ref
	if t.Organization != "" {
		r = append(r, ref{to: t.Organization, t: tOrganization, as: refOrganization})
	}
	switch t.Scope.Kind {
	case "site":
		r = append(r, ref{to: ID(t.Scope.ID), t: tSite, as: refScope})
	case "device":
		r = append(r, ref{to: ID(t.Scope.ID), t: tDevice, as: refScope})
	}
	return r
}

func (t *Template) clone() record {
	c := *t
	return &c
}

func (t *Template) check() error {
	switch t.Scope.Kind {
	case "appliance":
		if t.Organization != "" || t.Scope.ID != "" {
			return invalid("template %q is of the appliance and of %s at once", t.Name, t.Organization+ID(t.Scope.ID))
		}
	case "organization":
		if t.Organization == "" || t.Scope.ID != string(t.Organization) {
			return invalid("template %q has the scope of organization %q, not its own", t.Name, t.Scope.ID)
		}
	case "site", "device":
		if t.Organization == "" || t.Scope.ID == "" {
			return invalid("template %q names no %s of an organization", t.Name, t.Scope.Kind)
		}
	default:
		return invalid("scope %q of template %q is none of appliance, organization, site, device", t.Scope.Kind, t.Name)
	}
	if t.Share < 0 || t.Share > 100 {
		return invalid("share %d of template %q is not 0 to 100 percent", t.Share, t.Name)
	}
	for _, n := range []int{t.Active, t.Previous} {
		if n < 0 || n > t.Latest {
			return invalid("version %d of template %q is not 0 to %d", n, t.Name, t.Latest)
		}
	}
	return firstError(
		checkText("name", t.Name, true),
		checkName("model", t.Model), checkName("template file", t.File))
}

// checkName judges a name that stands in paths: letters, digits, - . _ only.
func checkName(what, s string) error {
	if !isToken(s) || len(s) > maxText || strings.HasPrefix(s, ".") {
		return invalid("%s %q is not 1 to %d letters, digits, - . _", what, s, maxText)
	}
	return nil
}

// Template gives a changed template.
func (s *Snapshot) Template(id ID) *Template { return lookup[*Template](s, tTemplate, id) }

// TemplateFor finds the changed template of a scope, nil where that scope has none.
func (s *Snapshot) TemplateFor(scope Scope, model, file string) *Template {
	return s.Template(s.uniq[uTemplate].value(templateKey(scope, model, file)))
}

// Templates walks the changed templates of an organization (empty: of all, with
// the appliance's) by model, file and name.
func (s *Snapshot) Templates(org ID) iter.Seq[*Template] { return list[*Template](s, tTemplate, org) }

// PutTemplate creates or changes a template. The versions it names have to exist.
func (tx *Tx) PutTemplate(t *Template) error {
	for _, n := range []int{t.Active, t.Previous, t.Latest} {
		if n != 0 && (t.ID == "" || tx.work.TemplateVersion(t.ID, n) == nil) {
			return notFound("version of template "+t.Name, strconv.Itoa(n))
		}
	}
	return tx.put(t)
}

// DeleteTemplate deletes a template with all its versions: its phones get the
// next wider scope's, or the built-in one. ErrInUse while a roll-out is of it.
func (tx *Tx) DeleteTemplate(id ID) error {
	s := tx.Snapshot()
	if s.Template(id) == nil {
		return notFound("template", string(id))
	}
	for v := range s.TemplateVersions(id) {
		if err := tx.remove(tTemplateVersion, v.ID); err != nil {
			return tx.breaks(err)
		}
	}
	return tx.breaks(tx.remove(tTemplate, id))
}
