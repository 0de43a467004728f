package feature_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"cradle/calls/calltest"
	"cradle/calls/feature"
	"cradle/directory"
	"cradle/directory/seating"
)

// change edits the i-th extension.
func change(t *testing.T, o *calltest.Office, i int, edit func(*directory.Extension)) {
	t.Helper()
	o.Update(t, func(tx *directory.Tx) error {
		e := *tx.Snapshot().Extension(o.Extensions[i].ID)
		edit(&e)
		return tx.PutExtension(&e)
	})
}

// reasons are those of the refusals in a history, the newest first.
func reasons(t *testing.T, o *calltest.Office, subject directory.ID) string {
	t.Helper()
	list, _, err := o.Directory.SeatHistory(subject, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range list {
		if e.What == directory.SeatRefused {
			all = append(all, e.Why)
		}
	}
	return strings.Join(all, ", ")
}

// Who was refused hears what every stranger hears; the histories of phone and
// person have the reason.
func TestTrueReasonsAreInTheHistory(t *testing.T) {
	for _, c := range []struct {
		name   string
		edit   func(*testing.T, *calltest.Office)
		number string
		why    string
		mine   bool // also in the history of 102
	}{
		{"wrong", nil, "102", "wrong", true},
		{"no such extension", nil, "999", "there is no such extension", false},
		{"no secret code", func(t *testing.T, o *calltest.Office) {
			o.Update(t, func(tx *directory.Tx) error { return tx.SetVirtualizationSecret(o.Extensions[1].ID, "") })
		}, "102", "no secret code is set", true},
		{"never hot-desked", func(t *testing.T, o *calltest.Office) {
			change(t, o, 1, func(e *directory.Extension) { e.HotDesk = false })
		}, "102", "the extension sits nowhere but at home", true},
		{"locked", func(t *testing.T, o *calltest.Office) {
			for range 3 {
				o.Directory.Try(context.Background(), directory.Attempt{Kind: directory.SecretCode, Extension: o.Extensions[1].ID, Digits: directory.NewSecret("0")})
			}
		}, "102", "the secret is locked", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := office(t)
			if c.edit != nil {
				c.edit(t, o)
			}
			if said := dial(t, o, 0, c.number, "0000"); said != asksCode+" | "+again+asksCode {
				t.Errorf("said %q", said)
			}
			if got := reasons(t, o, o.Devices[0].ID); got != c.why {
				t.Errorf("the phone's history: %q", got)
			}
			if got := reasons(t, o, o.Extensions[1].ID); (got == c.why) != c.mine {
				t.Errorf("the person's history: %q", got)
			}
		})
	}
}

// Where the organization says so, who has no secret code enters the PIN in its place;
// its counter and lock are the PIN's, and who has a code needs that.
func TestPINWhereNoCodeIsSet(t *testing.T) {
	o := office(t)
	o.Update(t, func(tx *directory.Tx) error { return tx.SetVirtualizationSecret(o.Extensions[2].ID, "") })
	refused := strings.Join([]string{asksCode, again + asksCode, again + asksCode, "refused goodbye"}, " | ")
	if said := dial(t, o, 0, "103", "246803", "246803", "246803"); said != refused {
		t.Errorf("not switched on: %q", said)
	}
	o.Update(t, func(tx *directory.Tx) error {
		org := *tx.Snapshot().Organization(o.Organization.ID)
		org.PINForCode = true
		return tx.PutOrganization(&org)
	})
	for _, e := range o.Extensions {
		if err := o.Directory.Unlock(t.Context(), e.ID); err != nil {
			t.Fatal(err)
		}
	}
	if said := dial(t, o, 0, "103", "246803"); said != asksCode+" | extension 1 0 3 is-here-now" {
		t.Errorf("switched on: %q", said)
	}
	if said := dial(t, o, 0, "102", "246802", "246802", "246802"); said != refused {
		t.Errorf("one who has a code, with the PIN: %q", said)
	}
	dial(t, o, 0, "")
	if said := dial(t, o, 1, "103", "1", "2", "3"); said != refused {
		t.Errorf("a wrong PIN: %q", said)
	}
	if locks := o.Directory.Locked(o.Extensions[2].ID); len(locks) != 1 || locks[0].Kind != directory.SecretPIN {
		t.Errorf("locked: %+v", locks)
	}
}

func TestPhonesThatAreNotShared(t *testing.T) {
	o := office(t)
	if said := dial(t, o, 2, "102"); said != "not-allowed-here" || reasons(t, o, o.Devices[2].ID) == "" {
		t.Errorf("a phone whose extension does not allow it: %q", said)
	}
	for _, phone := range []int{0, 4} {
		o.Update(t, func(tx *directory.Tx) error {
			d := *tx.Snapshot().Device(o.Devices[phone].ID)
			d.NeverShared = true
			return tx.PutDevice(&d)
		})
		if said := dial(t, o, phone, "102"); said != "never-shared" || reasons(t, o, o.Devices[phone].ID) != "the phone is never shared" {
			t.Errorf("a phone that is never shared: %q", said)
		}
	}
}

// Who may only speak encrypted is told so, once the secret was right.
func TestDemandThatThePhoneDoesNotMeet(t *testing.T) {
	o := office(t)
	o.Directory.JudgeSeats(func(_ *directory.Snapshot, d *directory.Device, e *directory.Extension) string {
		if d.ID == o.Devices[4].ID && e.Number == "102" {
			return "it cannot"
		}
		return ""
	})
	if said := dial(t, o, 4, "102", "000000", "246802"); said != asksPIN+" | "+again+asksPIN+" | not-encrypted goodbye" {
		t.Errorf("said %q", said)
	}
	if got := where(o); got != "101:0 102:1 103:2 104:3" {
		t.Error(got)
	}
	if got := reasons(t, o, o.Extensions[1].ID); !strings.Contains(got, "it cannot") {
		t.Errorf("the history: %q", got)
	}
	if said := dial(t, o, 4, "103", "246803"); said != asksPIN+" | logged-in" {
		t.Errorf("another: %q", said)
	}
}

// Locks and bars are told; what one phone is refused fills no disk.
func TestLocksAreTold(t *testing.T) {
	o := office(t)
	var told []string
	rules := seating.New(seating.Config{Directory: o.Directory, Even: time.Microsecond, Now: func() time.Time { return time.Unix(1e9, 0) }, Tell: func(n seating.Notice) {
		who := "phone"
		if n.Extension != nil {
			who = n.Extension.Number
		}
		told = append(told, fmt.Sprint(who, " ", n.Secret))
	}})
	f := feature.All(feature.Config{Seats: rules})["seat"]
	for _, number := range []string{"102", "103", "102"} {
		f(context.Background(), &person{at: o.Devices[4].At(1), enters: []string{"0000", "0000", "0000"}}, number)
	}
	if got := strings.Join(told, ", "); got != "102 pin, 103 pin, phone pin" {
		t.Errorf("told of %s", got)
	}
	for range 12 {
		f(context.Background(), &person{at: o.Devices[4].At(1), enters: []string{"0000", "0000", "0000"}}, "999")
	}
	if got := strings.Count(reasons(t, o, o.Devices[4].ID), ","); got != 29 {
		t.Errorf("%d refusals of a minute are kept", got+1)
	}
}
