package route_test

import (
	"slices"
	"strings"
	"testing"

	"cradle/calls/calltest"
	"cradle/calls/route"
	"cradle/directory"
)

// office has 101 to 105 at home, 102 also at a second phone, 103 sitting as a
// guest at the phone of 104, and a hot-desk phone without anybody.
func office(t *testing.T) (*calltest.Office, *directory.Device) {
	t.Helper()
	o := calltest.NewOffice(t, 5)
	o.AddDevice(t, o.Extensions[1].ID)
	free := o.AddDevice(t, "")
	o.Update(t, func(tx *directory.Tx) error {
		if _, err := tx.Sit(directory.SitRequest{Extension: o.Extensions[2].ID, At: o.Devices[3].At(1), How: directory.HowPortal, Force: true}); err != nil {
			return err
		}
		for digits, argument := range map[string]bool{"*3": true, "*99": false} {
			if err := tx.PutCode(&directory.Code{Organization: o.Organization.ID, Digits: digits, Feature: "other" + digits, Argument: argument}); err != nil {
				return err
			}
		}
		return tx.PutNumber(&directory.Number{Organization: o.Organization.ID, Site: o.Site.ID, E164: "+493055501", Status: directory.NumberActive, Extension: o.Extensions[1].ID})
	})
	return o, free
}

func TestDecide(t *testing.T) {
	o, free := office(t)
	alone := o.AddDevice(t, "")
	o.Update(t, func(tx *directory.Tx) error {
		d := *tx.Snapshot().Device(alone.ID)
		d.NeverShared = true
		return tx.PutDevice(&d)
	})
	alone = o.Directory.Snapshot().Device(alone.ID)
	cases := []struct {
		name    string
		from    *directory.Device
		lobby   bool
		dialled string
		status  int    // refusal
		rings   []int  // indexes of phones
		feature string // and its argument after a blank
		as      string // the caller's number
	}{
		{name: "another extension", from: o.Devices[0], dialled: "105", rings: []int{4}, as: "101"},
		{name: "an extension with two phones", from: o.Devices[0], dialled: "102", rings: []int{1, 5}},
		{name: "the own number rings the other phone", from: o.Devices[1], dialled: "102", rings: []int{5}},
		{name: "the own number with one phone", from: o.Devices[0], dialled: "101", status: 486},
		{name: "a guest rings where he sits", from: o.Devices[0], dialled: "103", rings: []int{3}},
		{name: "a base extension with a guest", from: o.Devices[0], dialled: "104", status: 486},
		{name: "a guest calls as himself", from: o.Devices[3], dialled: "105", rings: []int{4}, as: "103"},
		{name: "a vacated phone", from: o.Devices[2], dialled: "101", status: 403},
		{name: "a vacated phone dials a code", from: o.Devices[2], dialled: "*30", feature: "seat "},
		{name: "a phone nobody sits at", from: free, dialled: "101", feature: "pick "},
		{name: "a phone nobody sits at and nobody may", from: alone, dialled: "101", status: 403},
		{name: "a phone nobody sits at dials a code", from: free, dialled: "*30101#", feature: "seat 101"},
		{name: "a vacated phone dials a code that is not of seats", from: o.Devices[2], dialled: "*99", status: 403},
		{name: "a phone in the lobby dials a code that is not of seats", from: o.Devices[0], lobby: true, dialled: "*99", status: 403},
		{name: "a phone nobody sits at dials a code that is not of seats", from: free, dialled: "*99", feature: "pick "},
		{name: "a phone in the lobby", from: o.Devices[0], lobby: true, dialled: "102", status: 403},
		{name: "a phone in the lobby dials a code", from: o.Devices[0], lobby: true, dialled: "*30101", feature: "seat 101"},
		{name: "the longest code wins", from: o.Devices[0], dialled: "*31", feature: "other*3 1"},
		{name: "a code without argument takes none", from: o.Devices[0], dialled: "*991", status: 404},
		{name: "a code without argument", from: o.Devices[0], dialled: "*99", feature: "other*99 "},
		{name: "unknown", from: o.Devices[0], dialled: "999", status: 404},
		{name: "nothing", from: o.Devices[0], dialled: "", status: 484},
		{name: "an outside number of ours", from: o.Devices[0], dialled: "+49 (30) 555-01", rings: []int{1, 5}},
		{name: "emergency", from: o.Devices[1], dialled: "911", rings: []int{0}},
		{name: "emergency from a phone nobody sits at", from: free, dialled: "911", rings: []int{0}},
		{name: "emergency from the lobby", from: o.Devices[1], lobby: true, dialled: "911", rings: []int{0}},
		{name: "emergency from the only phone it would ring", from: o.Devices[0], dialled: "911", status: 503},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := route.Decide(o.Directory.Snapshot(), route.Caller{Device: c.from, Line: 1, Lobby: c.lobby}, c.dialled)
			if p.Status != c.status {
				t.Errorf("status %d, want %d; %v", p.Status, c.status, p.Why)
			}
			var rings []directory.ID
			for _, target := range p.Targets {
				rings = append(rings, target.Line.Device)
				if target.Account != o.Directory.Snapshot().Device(target.Line.Device).Lines[0].Account.User {
					t.Errorf("rings the account %q", target.Account)
				}
			}
			var want []directory.ID
			for _, i := range c.rings {
				want = append(want, o.Devices[i].ID)
			}
			slices.Sort(rings)
			slices.Sort(want)
			if !slices.Equal(rings, want) {
				t.Errorf("rings %v, want %v", rings, want)
			}
			if feature, argument, _ := strings.Cut(c.feature, " "); p.Feature != feature || p.Argument != argument {
				t.Errorf("feature %q of %q, want %q", p.Feature, p.Argument, c.feature)
			}
			if c.as != "" && p.From.Number != c.as {
				t.Errorf("calls as %q, want %q", p.From.Number, c.as)
			}
			if len(p.Why) == 0 {
				t.Error("no reason given")
			}
			if p.Emergency != strings.HasPrefix(c.name, "emergency") || (p.Emergency && !strings.Contains(p.Location, "Head office")) {
				t.Errorf("emergency %v at %q", p.Emergency, p.Location)
			}
			if (p.Alarm != "") != (c.status == 503) {
				t.Errorf("alarm: %q", p.Alarm)
			}
		})
	}
}

// Whose department counts is decided by the seat, not by the desk.
func TestDepartmentIsThePersons(t *testing.T) {
	o, free := office(t)
	o.Update(t, func(tx *directory.Tx) error {
		for i, e := range o.Extensions {
			c := *tx.Snapshot().Extension(e.ID)
			c.Department = "department of " + o.Extensions[i].Number
			if err := tx.PutExtension(&c); err != nil {
				return err
			}
		}
		return nil
	})
	of := func(d *directory.Device) string {
		return route.Decide(o.Directory.Snapshot(), route.Caller{Device: d, Line: 1}, "105").From.Department
	}
	for _, c := range []struct {
		at   *directory.Device
		want string
	}{{o.Devices[0], "department of 101"}, {o.Devices[3], "department of 103"}, {o.Devices[2], ""}, {free, ""}} {
		if got := of(c.at); got != c.want {
			t.Errorf("at phone %s: %q, want %q", c.at.PhoneID, got, c.want)
		}
	}
	o.Update(t, func(tx *directory.Tx) error { _, err := tx.Leave(o.Extensions[2].ID); return err })
	if got := of(o.Devices[3]); got != "department of 104" {
		t.Errorf("the guest has left: %q", got)
	}
}

// TestGuestCallsForHelpFromTheDesk: whoever sits at a phone, an emergency call says
// where the phone stands, and the numbers of its own site are those that count.
func TestGuestCallsForHelpFromTheDesk(t *testing.T) {
	o, free := office(t)
	guest := o.Extensions[4]
	at := *o.Directory.Snapshot().Device(free.ID)
	o.Update(t, func(tx *directory.Tx) error {
		away := &directory.Site{Organization: o.Organization.ID, Name: "Branch", Adoption: directory.AdoptClosed, TFTP: directory.TFTPOff, Emergency: []string{"119"}, EmergencyRoute: "101"}
		if err := tx.PutSite(away); err != nil {
			return err
		}
		e := *tx.Snapshot().Extension(guest.ID)
		e.Site = away.ID
		at.Room, at.Name = "Room 7", "Window"
		if err := tx.PutDevice(&at); err != nil {
			return err
		}
		return tx.PutExtension(&e)
	})
	call := func(dialled string) *route.Plan {
		s := o.Directory.Snapshot()
		p := route.Decide(s, route.Caller{Device: s.Device(at.ID), Line: 1}, dialled)
		return &p
	}
	before := call("911")
	o.Update(t, func(tx *directory.Tx) error {
		_, err := tx.Sit(directory.SitRequest{Extension: guest.ID, At: at.At(1), How: directory.HowCode})
		return err
	})
	p, want := call("911"), "Head office, Room 7, Window, phone "+at.MAC.Colons()
	if !p.Emergency || p.Location != want || before.Location != want || p.From.Number != guest.Number {
		t.Errorf("before %q, with a guest %q of %q, want %q", before.Location, p.Location, p.From.Number, want)
	}
	if p := call("119"); p.Emergency {
		t.Error("the emergency number of the guest's site counts here")
	}
}

// TestOtherOrganization: what belongs to another organization does not exist.
func TestOtherOrganization(t *testing.T) {
	o, _ := office(t)
	var stranger *directory.Device
	o.Update(t, func(tx *directory.Tx) error {
		org := &directory.Organization{Name: "Other"}
		if err := tx.PutOrganization(org); err != nil {
			return err
		}
		site := &directory.Site{Organization: org.ID, Name: "Theirs", Adoption: directory.AdoptClosed, TFTP: directory.TFTPOff}
		if err := tx.PutSite(site); err != nil {
			return err
		}
		e := &directory.Extension{Organization: org.ID, Site: site.ID, Number: "201", Name: "Somebody"}
		if err := tx.PutExtension(e); err != nil {
			return err
		}
		stranger = &directory.Device{Organization: org.ID, Site: site.ID, MAC: "020000ffffff", Step: directory.StepApproved, Lines: []directory.Line{{Home: e.ID}}}
		return tx.PutDevice(stranger)
	})
	for _, dialled := range []string{"101", "+493055501", "*30101", "911"} {
		p := route.Decide(o.Directory.Snapshot(), route.Caller{Device: stranger, Line: 1}, dialled)
		if p.Status != 404 {
			t.Errorf("%s from another organization: %d %v", dialled, p.Status, p.Why)
		}
	}
	if p := route.Decide(o.Directory.Snapshot(), route.Caller{Device: o.Devices[0], Line: 1}, "201"); p.Status != 404 {
		t.Errorf("another organization is reached: %+v", p)
	}
}

func TestDigits(t *testing.T) {
	for in, want := range map[string]string{"101": "101", "*30101%23": "*30101", "*30101#": "*30101", "%2A30": "*30", "+49-30.555(01) 2": "+4930555012",
		"101;phone-context=x": "101", "%zz": "%zz", "#": "", "": "", "anna": "anna"} {
		if got := route.Digits(in); got != want {
			t.Errorf("Digits(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzDigits(f *testing.F) {
	for _, s := range []string{"101", "*30101%23", "%", "%2", "%2a%", "101;x=y", "+49 (30)", strings.Repeat("1", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := route.Digits(s)
		if len(got) > 64 || strings.ContainsAny(got, "-.() ;") {
			t.Errorf("Digits(%q) = %q", s, got)
		}
	})
}
