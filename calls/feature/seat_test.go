package feature_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"cradle/calls/calltest"
	"cradle/calls/feature"
	"cradle/directory"
	"cradle/directory/seating"
)

// person is a desk with somebody at the phone who enters what is written down.
type person struct {
	at     directory.LineRef
	enters []string
	said   []string
	result int
	gone   error // what the desk says when nothing is left to enter
}

func (p *person) Line() directory.LineRef     { return p.at }
func (p *person) Answer() error               { return nil }
func (p *person) HangUp()                     {}
func (p *person) Result(status int, _ string) { p.result = status }
func (p *person) Refuse(int, string)          { p.said = append(p.said, "REFUSED") }
func (p *person) Say(phrases ...string) error {
	p.said = append(p.said, strings.Join(phrases, " "))
	return nil
}
func (p *person) Ask(most int, phrases ...string) (directory.Secret, error) {
	p.said = append(p.said, strings.Join(phrases, " "))
	if len(p.enters) == 0 {
		return directory.Secret{}, errors.Join(p.gone, errors.New("hung up"))
	}
	next := p.enters[0]
	p.enters = p.enters[1:]
	return directory.NewSecret(next[:min(most, len(next))]), nil
}

// office has 101 to 104 at home at phones 0 to 3, of which 0 and 1 may be shared, and a hot-desk phone 4. All have
// the secret code 1357N and the PIN 24680N; 104 still has its default PIN 1111.
func office(t *testing.T) *calltest.Office {
	t.Helper()
	o := calltest.NewOffice(t, 4)
	o.AddDevice(t, "")
	o.Update(t, func(tx *directory.Tx) error {
		for i, e := range o.Extensions {
			c := *tx.Snapshot().Extension(e.ID)
			c.Virtualization.Allow = i < 2
			if i == 3 {
				c.DefaultPIN = directory.NewSecret("1111")
			}
			if err := tx.PutExtension(&c); err != nil {
				return err
			}
			n := string(rune('1' + i))
			if err := tx.SetVirtualizationSecret(e.ID, "1357"+n); err != nil {
				return err
			}
			if i < 3 {
				if err := tx.SetPIN(e.ID, "24680"+n); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return o
}

// dial runs the code at a phone and gives what was said.
func dial(t *testing.T, o *calltest.Office, phone int, number string, enters ...string) string {
	t.Helper()
	return served(t, o, "seat", phone, number, enters...)
}

// served runs a feature at a phone and gives what was said.
func served(t *testing.T, o *calltest.Office, name string, phone int, number string, enters ...string) string {
	t.Helper()
	p := &person{at: o.Devices[phone].At(1), enters: enters}
	f := feature.All(feature.Config{Seats: seating.New(seating.Config{Directory: o.Directory, Even: time.Millisecond})})[name]
	f(context.Background(), p, number)
	said := strings.Join(p.said, " | ")
	worked := false
	for _, good := range []string{"logged-in", "here-now", "is-home", "logged-out", "already-here"} {
		worked = worked || strings.HasSuffix(said, good)
	}
	if (p.result == 200) != worked {
		t.Errorf("said %q and told the phone %d", said, p.result)
	}
	return said
}

// where tells at which phones each extension rings, as in "101:1 102:".
func where(o *calltest.Office) string {
	var all []string
	for _, e := range o.Extensions {
		at := ""
		for _, l := range o.Directory.Snapshot().Rings(e.ID) {
			for i, d := range o.Devices {
				if d.ID == l.Device {
					at += string(rune('0' + i))
				}
			}
		}
		all = append(all, e.Number+":"+at)
	}
	return strings.Join(all, " ")
}

const (
	asksCode = "ask-code"
	asksPIN  = "ask-pin"
	again    = "refused try-again "
)

// Every row of "Codes" and "Moves" in docs/seats.md, as what is dialled, said and then rings.
func TestSeatCodes(t *testing.T) {
	const home = "101:0 102:1 103:2 104:3"
	type step struct {
		phone  int
		number string
		enters []string
		said   string
		after  string
	}
	enters := func(s ...string) []string { return s }
	for name, steps := range map[string][]step{
		"to another's phone and back": {
			{1, "101", enters("13571"), asksCode + " | extension 1 0 1 is-here-now", "101:1 102: 103:2 104:3"},
			{1, "101", nil, "extension 1 0 1 already-here", "101:1 102: 103:2 104:3"},
			{1, "", nil, "extension 1 0 1 is-home", home},
			{1, "", nil, "nothing-to-undo", home},
		},
		"own base is as the code alone": {
			{1, "101", enters("13571"), asksCode + " | extension 1 0 1 is-here-now", "101:1 102: 103:2 104:3"},
			{0, "101", nil, "extension 1 0 1 is-home", home},
			{0, "101", nil, "nothing-to-undo", home},
		},
		"hot-desk phone": {
			{4, "101", enters("246801"), asksPIN + " | logged-in", "101:4 102:1 103:2 104:3"},
			{4, "103", enters("246803"), asksPIN + " | logged-in", "101:0 102:1 103:4 104:3"},
			{2, "", nil, "extension 1 0 3 is-home", home},
			{4, "", nil, "nothing-to-undo", home},
		},
		"a phone that is not shared": {
			{2, "101", nil, "not-allowed-here", home},
			{2, "999", nil, "not-allowed-here", home},
		},
		"two guests, one phone": {
			{0, "102", enters("13572"), asksCode + " | extension 1 0 2 is-here-now", "101: 102:0 103:2 104:3"},
			{0, "103", enters("13573"), asksCode + " | extension 1 0 3 is-here-now", "101: 102:1 103:0 104:3"},
		},
		"moving on": {
			{0, "103", enters("13573"), asksCode + " | extension 1 0 3 is-here-now", "101: 102:1 103:0 104:3"},
			{1, "103", enters("13573"), asksCode + " | extension 1 0 3 is-here-now", "101:0 102: 103:1 104:3"},
			{4, "103", enters("246803"), asksPIN + " | logged-in", "101:0 102:1 103:4 104:3"},
		},
		"home taken": {
			{4, "102", enters("246802"), asksPIN + " | logged-in", "101:0 102:4 103:2 104:3"},
			{1, "103", enters("13573"), asksCode + " | extension 1 0 3 is-here-now", "101:0 102:4 103:1 104:3"},
			{4, "", nil, "extension 1 0 2 is-home", "101:0 102: 103:1 104:3"},
			{1, "", nil, "extension 1 0 3 is-home", home},
		},
		"guest and host at once": {
			{1, "101", enters("13571"), asksCode + " | extension 1 0 1 is-here-now", "101:1 102: 103:2 104:3"},
			{4, "102", enters("246802"), asksPIN + " | logged-in", "101:1 102:4 103:2 104:3"},
			{1, "", nil, "extension 1 0 1 is-home", "101:0 102:4 103:2 104:3"},
			{1, "", nil, "extension 1 0 2 is-home", home},
		},
		"wrong, then right": {
			{0, "102", enters("0000", "", "13572"), strings.Join([]string{asksCode, again + asksCode, again + asksCode, "extension 1 0 2 is-here-now"}, " | "), "101: 102:0 103:2 104:3"},
		},
		"a default PIN is replaced": {
			{4, "104", enters("1111", "2345", "918273", "918274", "918273", "918273"),
				strings.Join([]string{asksPIN, "ask-new-pin", "pin-too-easy ask-new-pin", "ask-pin-again", "pins-differ ask-new-pin", "ask-pin-again", "logged-in"}, " | "), "101:0 102:1 103:2 104:4"},
			{4, "", nil, "extension 1 0 4 is-home", home},
			{4, "104", enters("1111", "918273"), asksPIN + " | " + again + asksPIN + " | logged-in", "101:0 102:1 103:2 104:4"},
		},
		"no PIN is chosen": {
			{4, "104", enters("1111", "1111", "2222", "3333"), asksPIN + " | ask-new-pin | pin-too-easy ask-new-pin | pin-too-easy ask-new-pin | goodbye", home},
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := office(t)
			for i, s := range steps {
				if said := dial(t, o, s.phone, s.number, s.enters...); said != s.said {
					t.Errorf("step %d: said %q, want %q", i+1, said, s.said)
				}
				if got := where(o); got != s.after {
					t.Errorf("step %d: %s, want %s", i+1, got, s.after)
				}
			}
		})
	}
}

// A phone at which nobody sits asks for the extension, whatever was dialled there, and
// goes on as the code with it.
func TestPickAtAnEmptyPhone(t *testing.T) {
	const home, asks = "101:0 102:1 103:2 104:3", "ask-extension"
	for _, c := range []struct {
		name   string
		enters []string
		said   string
		after  string
	}{
		{"number and PIN", []string{"101", "246801"}, asks + " | " + asksPIN + " | logged-in", "101:4 102:1 103:2 104:3"},
		{"nothing twice", []string{"", "", "101", "246801"}, asks + " | try-again " + asks + " | try-again " + asks + " | " + asksPIN + " | logged-in", "101:4 102:1 103:2 104:3"},
		{"nothing", []string{"", "", ""}, asks + " | try-again " + asks + " | try-again " + asks + " | goodbye", home},
		{"a default PIN", []string{"104", "1111", "918273", "918273"}, asks + " | " + asksPIN + " | ask-new-pin | ask-pin-again | logged-in", "101:0 102:1 103:2 104:4"},
		{"a number that does not exist", []string{"999", "1", "2", "3"}, asks + " | " + asksPIN + " | " + again + asksPIN + " | " + again + asksPIN + " | refused goodbye", home},
		{"hung up at once", nil, asks, home},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := office(t)
			if said := served(t, o, "pick", 4, "", c.enters...); said != c.said {
				t.Errorf("said %q, want %q", said, c.said)
			}
			if got := where(o); got != c.after {
				t.Errorf("%s, want %s", got, c.after)
			}
		})
	}
}

// An activation key stands for number and PIN, once, where nobody is at home or sits;
// a wrong one is as an extension that does not exist.
func TestActivationKeyAtAnEmptyPhone(t *testing.T) {
	const asks = "ask-extension"
	o := office(t)
	var key directory.Secret
	o.Update(t, func(tx *directory.Tx) (err error) { key, _, err = tx.Activate(o.Extensions[0].ID); return err })
	wrong := "10000000"
	if key.Reveal() == wrong {
		wrong = "10000001"
	}
	refused := asks + " | " + asksPIN + " | " + again + asksPIN + " | " + again + asksPIN + " | refused goodbye"
	for _, c := range []struct{ name, enters, said, after string }{
		{"a wrong one", wrong, refused, "101:0"},
		{"the right one", key.Reveal(), asks + " | logged-in", "101:4"},
		{"somebody sits there now", key.Reveal(), refused, "101:4"},
	} {
		if said := served(t, o, "pick", 4, "", c.enters, "1", "2", "3"); said != c.said {
			t.Errorf("%s: said %q, want %q", c.name, said, c.said)
		}
		if got := where(o); !strings.HasPrefix(got, c.after) {
			t.Errorf("%s: %s, want %s", c.name, got, c.after)
		}
	}
	o.Update(t, func(tx *directory.Tx) error { _, err := tx.Leave(o.Extensions[0].ID); return err })
	if said := served(t, o, "pick", 4, "", key.Reveal(), "1", "2", "3"); said != refused {
		t.Errorf("a second time: %q", said)
	}
}

// Whoever is refused learns nothing of the reason: the same words, the same number of times.
func TestRefusalsAreEqual(t *testing.T) {
	o := office(t)
	o.Update(t, func(tx *directory.Tx) error {
		fixed := *tx.Snapshot().Extension(o.Extensions[2].ID)
		fixed.HotDesk = false
		if err := tx.PutExtension(&fixed); err != nil {
			return err
		}
		return tx.SetVirtualizationSecret(o.Extensions[3].ID, "")
	})
	want := strings.Join([]string{asksCode, again + asksCode, again + asksCode, "refused goodbye"}, " | ")
	for _, c := range []struct{ number, why, enter string }{
		{"999", "unknown", "13571"}, {"103", "never hot-desked", "13573"}, {"104", "no code set", "13574"},
		{"102", "wrong code", "98989"}, {"102", "locked", "13572"},
	} {
		if got := dial(t, o, 0, c.number, c.enter, c.enter, c.enter, c.enter); got != want {
			t.Errorf("%s: said %q", c.why, got)
		}
	}
	if len(o.Directory.Locked(o.Extensions[1].ID)) != 1 {
		t.Error("three wrong codes locked nothing")
	}
	if got := where(o); got != "101:0 102:1 103:2 104:3" {
		t.Error(got)
	}
}

// A lock that falls on the first try of a dialogue does not tell that the extension exists.
func TestLockIsNotHeard(t *testing.T) {
	o := office(t)
	for range 2 {
		dial(t, o, 0, "102", "0000")
	}
	want := strings.Join([]string{asksCode, again + asksCode, again + asksCode, "refused goodbye"}, " | ")
	for _, number := range []string{"102", "999"} {
		if got := dial(t, o, 0, number, "0000", "0000", "0000"); got != want {
			t.Errorf("%s: said %q", number, got)
		}
	}
	if len(o.Directory.Locked(o.Extensions[1].ID)) != 1 {
		t.Error("three wrong codes in three calls locked nothing")
	}
}

// A lock ends no seat that was taken, and the code alone still works.
func TestLockEndsNoSeat(t *testing.T) {
	o := office(t)
	dial(t, o, 4, "102", "246802")
	dial(t, o, 0, "102", "0000", "0000", "0000")
	if got := where(o); got != "101:0 102:4 103:2 104:3" {
		t.Errorf("after the lock: %s", got)
	}
	if said := dial(t, o, 4, ""); said != "extension 1 0 2 is-home" {
		t.Errorf("said %q", said)
	}
}

// Who hangs up in the middle changes nothing.
func TestHungUpInTheMiddle(t *testing.T) {
	o := office(t)
	for _, enters := range [][]string{nil, {"0000"}, {"1111"}, {"1111", "918273"}} {
		dial(t, o, 4, "104", enters...)
	}
	if got := where(o); got != "101:0 102:1 103:2 104:3" {
		t.Error(got)
	}
	if ok, isDefault := o.Directory.MatchPIN(o.Extensions[3].ID, "1111"); !ok || !isDefault {
		t.Error("the PIN was changed")
	}
}
