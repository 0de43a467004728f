package directory

import "strings"

// Code is a dialled feature code of an organization.
type Code struct {
	ID           ID
	Revision     uint64
	Organization ID
	Digits       string // as dialled, e.g. "*30"
	Feature      string // e.g. "seat"
	// Argument says whether more digits follow the code.
	Argument bool
}

// PutDefaultCodes gives a new organization the codes that users expect; like all
// codes they may be changed afterwards.
func (tx *Tx) PutDefaultCodes(org ID) error {
	return tx.PutCode(&Code{Organization: org, Digits: "*30", Feature: "seat", Argument: true})
}

func (c *Code) table() table                         { return tCode }
func (c *Code) head() (ID, uint64)                   { return c.ID, c.Revision }
func (c *Code) setHead(id ID, rev uint64)            { c.ID, c.Revision = id, rev }
func (c *Code) organization() ID                     { return c.Organization }
func (c *Code) sortKey() string                      { return c.Digits }
func (c *Code) encode(*Keys) ([]byte, error)         { return encodePlain(c) }
func (c *Code) decode(_ *Keys, _ ID, b []byte) error { return decodePlain(b, c) }

func (c *Code) uniques() []unique {
	return []unique{{uCode, string(c.Organization) + "/" + c.Digits}}
}

func (c *Code) refs() []ref {
	return []ref{{to: c.Organization, t: tOrganization, as: refOrganization}}
}

func (c *Code) clone() record {
	d := *c
	return &d
}

func (c *Code) check() error {
	if len(c.Digits) < 1 || len(c.Digits) > 12 || strings.Trim(c.Digits, "0123456789*#") != "" {
		return invalid("code %q is not 1 to 12 of 0-9 * #", c.Digits)
	}
	return checkText("feature", c.Feature, true)
}
