package directory

import (
	"iter"
	"strings"
)

// Profile is a role of phones, such as a reception's: settings of the scope
// {profile, ID} and a layout of keys.
type Profile struct {
	ID           ID
	Revision     uint64
	Organization ID
	Name         string // unique in the organization
	Layout       ID     // empty: none
}

func (p *Profile) table() table                         { return tProfile }
func (p *Profile) head() (ID, uint64)                   { return p.ID, p.Revision }
func (p *Profile) setHead(id ID, rev uint64)            { p.ID, p.Revision = id, rev }
func (p *Profile) organization() ID                     { return p.Organization }
func (p *Profile) encode(*Keys) ([]byte, error)         { return encodePlain(p) }
func (p *Profile) decode(_ *Keys, _ ID, b []byte) error { return decodePlain(b, p) }
func (p *Profile) sortKey() string                      { return strings.ToLower(p.Name) }
func (p *Profile) uniques() []unique {
	return []unique{{uProfileName, inOrganization(p.Organization, p.Name)}}
}
func (p *Profile) check() error { return checkText("name", p.Name, true) }

func (p *Profile) refs() []ref {
	r := []ref{{to: p.Organization, t: tOrganization, as: refOrganization}}
	if p.Layout != "" {
		r = append(r, ref{to: p.Layout, t: tLayout, as: refLayout})
	}
	return r
}

func (p *Profile) clone() record {
	c := *p
	return &c
}

// Profile gives a profile.
func (s *Snapshot) Profile(id ID) *Profile { return lookup[*Profile](s, tProfile, id) }

// ProfileByName finds a profile of an organization, in whatever letter case.
func (s *Snapshot) ProfileByName(org ID, name string) *Profile {
	return s.Profile(s.uniq[uProfileName].value(inOrganization(org, name)))
}

// Profiles walks the profiles of an organization (empty: of all) by name.
func (s *Snapshot) Profiles(org ID) iter.Seq[*Profile] { return list[*Profile](s, tProfile, org) }

// LayoutOf gives the layout of a phone: its own, else its profile's; nil: none.
func (s *Snapshot) LayoutOf(d *Device) *Layout {
	if l := s.Layout(d.Layout); l != nil {
		return l
	}
	if p := s.Profile(d.Profile); p != nil {
		return s.Layout(p.Layout)
	}
	return nil
}

// PutProfile creates or changes a profile.
func (tx *Tx) PutProfile(p *Profile) error { return tx.put(p) }

// DeleteProfile deletes a profile with its settings; ErrInUse while phones have it.
func (tx *Tx) DeleteProfile(id ID) error { return tx.remove(tProfile, id) }
