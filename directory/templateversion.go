package directory

import (
	"cmp"
	"iter"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// TemplateVersion is one text of a template. It never changes once written.
type TemplateVersion struct {
	ID           ID
	Revision     uint64
	Organization ID // the template's
	Template     ID
	Number       int    // from 1, one more than the version before
	Text         string // 1 byte to MaxTemplateText
	Comment      string
	By           string
	At           time.Time
	Tests        []TemplateTest
}

// TemplateTest is one condition that a version has to meet when it is saved.
type TemplateTest struct {
	Model  string
	Line   string // a line the model's file must hold
	Absent bool   // it must not
}

const (
	// MaxTemplateText bounds a template's text, in bytes.
	MaxTemplateText  = 256 << 10
	maxTemplateTests = 100
	maxTestLine      = 1024
	maxComment       = 1000
)

func (v *TemplateVersion) table() table                         { return tTemplateVersion }
func (v *TemplateVersion) head() (ID, uint64)                   { return v.ID, v.Revision }
func (v *TemplateVersion) setHead(id ID, rev uint64)            { v.ID, v.Revision = id, rev }
func (v *TemplateVersion) organization() ID                     { return v.Organization }
func (v *TemplateVersion) encode(*Keys) ([]byte, error)         { return encodePlain(v) }
func (v *TemplateVersion) decode(_ *Keys, _ ID, b []byte) error { return decodePlain(b, v) }

func (v *TemplateVersion) sortKey() string { return string(v.Template) + "/" + padded(v.Number) }

// padded writes a number so that texts sort as the numbers do.
func padded(n int) string {
	s := strconv.Itoa(n)
	return "000000000"[:max(0, 9-len(s))] + s
}

func (v *TemplateVersion) uniques() []unique {
	return []unique{{uTemplateVersion, versionKey(v.Template, v.Number)}}
}

func versionKey(template ID, number int) string { return string(template) + "/" + strconv.Itoa(number) }

func (v *TemplateVersion) refs() []ref {
	r := []ref{{to: v.Template, t: tTemplate, as: refTemplate}}
	if v.Organization != "" {
		r = append(r, ref{to: v.Organization, t: tOrganization, as: refOrganization})
	}
	return r
}

func (v *TemplateVersion) clone() record {
	c := *v
	c.Tests = slices.Clone(v.Tests)
	return &c
}

func (v *TemplateVersion) check() error {
	switch {
	case v.Number < 1:
		return invalid("version %d of a template is less than 1", v.Number)
	case v.Text == "" || len(v.Text) > MaxTemplateText:
		return invalid("text of version %d has %d bytes, not 1 to %d", v.Number, len(v.Text), MaxTemplateText)
	case !utf8.ValidString(v.Text):
		return invalid("text of version %d is not valid UTF-8", v.Number)
	case len(v.Tests) > maxTemplateTests:
		return invalid("version %d has %d tests, more than %d", v.Number, len(v.Tests), maxTemplateTests)
	}
	for _, t := range v.Tests {
		if err := firstError(checkName("model of a test", t.Model), checkBounded("line of a test", t.Line, maxTestLine)); err != nil {
			return err
		}
		if t.Line == "" {
			return invalid("a test of version %d has no line", v.Number)
		}
	}
	return firstError(checkBounded("comment", v.Comment, maxComment), checkText("author", v.By, false))
}

// TemplateVersion gives one version of a template by its number.
func (s *Snapshot) TemplateVersion(template ID, number int) *TemplateVersion {
	return lookup[*TemplateVersion](s, tTemplateVersion, s.uniq[uTemplateVersion].value(versionKey(template, number)))
}

// TemplateVersions walks the versions of a template, the oldest first.
func (s *Snapshot) TemplateVersions(template ID) iter.Seq[*TemplateVersion] {
	var all []*TemplateVersion
	for r := range s.referring(template, refTemplate) {
		if v := lookup[*TemplateVersion](s, tTemplateVersion, r.from); v != nil {
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b *TemplateVersion) int { return cmp.Compare(a.Number, b.Number) })
	return slices.Values(all)
}

// AddTemplateVersion writes a new version of its template and gives it the next
// number, its organization, author and time. It is not in force yet.
func (tx *Tx) AddTemplateVersion(v *TemplateVersion) error {
	old := tx.work.Template(v.Template)
	if old == nil {
		return notFound("template", string(v.Template))
	}
	if v.ID != "" {
		return invalid("version %d of template %q never changes", v.Number, old.Name)
	}
	n := *v
	n.Organization, n.Number = old.Organization, old.Latest+1
	if n.At.IsZero() {
		n.At = tx.now
	}
	if n.By == "" {
		n.By = tx.by.Name
	}
	if err := tx.put(&n); err != nil {
		return err
	}
	t := *old
	t.Latest = n.Number
	if err := tx.put(&t); err != nil {
		return tx.breaks(err)
	}
	tx.remember(v)
	*v = n
	return nil
}
