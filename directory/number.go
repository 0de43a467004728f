package directory

import "slices"

// NumberStatus is where an E.164 number is in its life.
type NumberStatus string

// The states of a number.
const (
	NumberReserved NumberStatus = "reserved" // allocated, not activated
	NumberActive   NumberStatus = "active"
	NumberPending  NumberStatus = "pending" // being changed now; cleared at start
)

// Number is an E.164 number of a site.
type Number struct {
	ID           ID
	Revision     uint64
	Organization ID
	Site         ID
	E164         string // "+" and up to 15 digits
	Status       NumberStatus
	Display      []string // at most two parts
	User         ID
	Extension    ID
}

func (n *Number) table() table                         { return tNumber }
func (n *Number) head() (ID, uint64)                   { return n.ID, n.Revision }
func (n *Number) setHead(id ID, rev uint64)            { n.ID, n.Revision = id, rev }
func (n *Number) organization() ID                     { return n.Organization }
func (n *Number) sortKey() string                      { return n.E164 }
func (n *Number) uniques() []unique                    { return []unique{{uE164, n.E164}} }
func (n *Number) encode(*Keys) ([]byte, error)         { return encodePlain(n) }
func (n *Number) decode(_ *Keys, _ ID, b []byte) error { return decodePlain(b, n) }

func (n *Number) refs() []ref {
	r := []ref{
		{to: n.Organization, t: tOrganization, as: refOrganization},
		{to: n.Site, t: tSite, as: refSite},
	}
	if n.User != "" {
		r = append(r, ref{to: n.User, t: tUser, as: refUser})
	}
	if n.Extension != "" {
		r = append(r, ref{to: n.Extension, t: tExtension, as: refExtension})
	}
	return r
}

func (n *Number) clone() record {
	c := *n
	c.Display = slices.Clone(n.Display)
	return &c
}

func (n *Number) check() error {
	if len(n.Display) > 2 {
		return invalid("display of %s has more than two parts", n.E164)
	}
	for _, d := range n.Display {
		if err := checkText("display", d, false); err != nil {
			return err
		}
	}
	return firstError(checkE164("number", n.E164),
		checkOneOf("status", string(n.Status), string(NumberReserved), string(NumberActive), string(NumberPending)))
}
