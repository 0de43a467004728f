// Package route decides where a dialled number goes. It is a pure function
// from what exists, who calls and what was dialled to a plan with its reasons,
// so the portal can show why a call went where it went and tests are tables.
package route

import (
	"fmt"

	"cradle/directory"
)

// Directory is what a decision reads; *directory.Snapshot satisfies it.
type Directory interface {
	Organization(directory.ID) *directory.Organization
	Site(directory.ID) *directory.Site
	Extension(directory.ID) *directory.Extension
	ExtensionByNumber(org directory.ID, number string) *directory.Extension
	NumberByE164(string) *directory.Number
	Device(directory.ID) *directory.Device
	Codes(org directory.ID) Codes
	Sitting(directory.LineRef) directory.Sitting
	Rings(directory.ID) []directory.LineRef
	Inactive(directory.ID) bool
}

// Caller is the phone that dials, as the front door has recognised it.
type Caller struct {
	Device *directory.Device
	Line   int  // counts from 1
	Lobby  bool // not approved yet: seat codes and emergency numbers only
}

// Kind is what a plan says to do.
type Kind int

// The kinds of plan.
const (
	Refuse  Kind = iota // give Status and Reason
	Ring                // ring Targets
	Feature             // run the feature named
)

// pick is the feature of a phone at which nobody sits, whatever is dialled there: it
// asks who wants to sit down.
const pick = "pick"

// Target is one line to ring.
type Target struct {
	Line    directory.LineRef
	Account string // the device account it registers with
}

// Plan is the decision.
type Plan struct {
	Kind      Kind
	Status    int    // Refuse: the SIP status
	Reason    string // Refuse: short words for the phone
	Targets   []Target
	Callee    *directory.Extension // who is called; nil: nobody we know
	Feature   string               // name of the feature, and what was dialled after its code
	Argument  string
	Emergency bool   // passes limits, bans and drains
	Location  string // emergency: where the phone stands, in words
	Alarm     string // something an administrator must hear of; mostly empty
	From      Identity
	To        string   // what was dialled, cleaned
	Domain    string   // the organization's
	Why       []string // the steps that led here
}

// Identity is who calls: the callee sees number and name.
type Identity struct {
	Number, Name string
	// Department is the one that counts for what groups may do with each other's
	// calls: of who sits there, whatever desk it is; empty: none.
	Department string
}

// Decide makes the plan. The order is deliberate: an
// emergency call before everything, seat codes before any question of seats.
func Decide(d Directory, from Caller, dialled string) Plan {
	p := &Plan{To: Digits(dialled)}
	sitting := d.Sitting(directory.LineRef{Device: from.Device.ID, Line: from.Line})
	p.From = identity(from, sitting)
	if org := d.Organization(from.Device.Organization); org != nil {
		p.Domain = org.Realm()
	}
	switch {
	case p.To == "":
		p.refuse(484, "Address Incomplete", "nothing was dialled")
	case p.emergency(d, from):
	case p.code(d, from, from.Lobby || sitting.Vacated || sitting.Extension == nil):
	case from.Lobby:
		p.refuse(403, "Phone Not Approved", "phone %s is not approved yet", from.Device.MAC)
	case sitting.Vacated:
		p.refuse(403, "Logged In Elsewhere", "the extension of this phone is logged in elsewhere")
	case sitting.Extension == nil && from.Device.Alone():
		p.refuse(403, "Nobody Logged In", "nobody is logged in at this phone")
	case sitting.Extension == nil:
		p.Kind, p.Feature = Feature, pick
		p.because("nobody is logged in at this phone: it asks who wants to")
	default:
		p.extension(d, from)
	}
	return *p
}

// identity is the person who sits there; the phone where nobody does.
func identity(from Caller, sitting directory.Sitting) Identity {
	if e := sitting.Extension; e != nil && !from.Lobby && !sitting.Vacated {
		return Identity{Number: e.Number, Name: e.Name, Department: e.Department}
	}
	return Identity{Number: from.Device.PhoneID, Name: from.Device.Name}
}

func (p *Plan) refuse(status int, reason, why string, args ...any) {
	p.Kind, p.Status, p.Reason = Refuse, status, reason
	p.because(why, args...)
}

func (p *Plan) because(why string, args ...any) {
	p.Why = append(p.Why, fmt.Sprintf(why, args...))
}
