package directory

import (
	"iter"
	"slices"
	"strings"
)

// Layout is a named set of keys for a role.
type Layout struct {
	ID           ID
	Revision     uint64
	Organization ID
	Name         string // unique in the organization
	Keys         []Key
}

func (l *Layout) table() table                         { return tLayout }
func (l *Layout) head() (ID, uint64)                   { return l.ID, l.Revision }
func (l *Layout) setHead(id ID, rev uint64)            { l.ID, l.Revision = id, rev }
func (l *Layout) organization() ID                     { return l.Organization }
func (l *Layout) encode(*Keys) ([]byte, error)         { return encodePlain(l) }
func (l *Layout) decode(_ *Keys, _ ID, b []byte) error { return decodePlain(b, l) }
func (l *Layout) sortKey() string                      { return strings.ToLower(l.Name) }
func (l *Layout) uniques() []unique {
	return []unique{{uLayoutName, inOrganization(l.Organization, l.Name)}}
}
func (l *Layout) check() error { return firstError(checkText("name", l.Name, true), checkKeys(l.Keys)) }

func (l *Layout) refs() []ref {
	return []ref{{to: l.Organization, t: tOrganization, as: refOrganization}}
}

func (l *Layout) clone() record {
	c := *l
	c.Keys = slices.Clone(l.Keys)
	return &c
}

// inOrganization is a name, in whatever letter case, as a unique key inside an
// organization.
func inOrganization(org ID, name string) string { return string(org) + "/" + strings.ToLower(name) }

// Layout gives a layout of keys.
func (s *Snapshot) Layout(id ID) *Layout { return lookup[*Layout](s, tLayout, id) }

// LayoutByName finds a layout of an organization, in whatever letter case.
func (s *Snapshot) LayoutByName(org ID, name string) *Layout {
	return s.Layout(s.uniq[uLayoutName].value(inOrganization(org, name)))
}

// Layouts walks the layouts of an organization (empty: of all) by name.
func (s *Snapshot) Layouts(org ID) iter.Seq[*Layout] { return list[*Layout](s, tLayout, org) }

// PutLayout creates or changes a layout.
func (tx *Tx) PutLayout(l *Layout) error { return tx.put(l) }

// DeleteLayout deletes a layout; ErrInUse while profiles or phones have it.
func (tx *Tx) DeleteLayout(id ID) error { return tx.remove(tLayout, id) }
