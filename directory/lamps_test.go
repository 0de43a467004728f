package directory

import (
	"errors"
	"strings"
	"testing"
)

func numbersOf(list []*Extension) string {
	var out []string
	for _, e := range list {
		out = append(out, e.Number)
	}
	return strings.Join(out, " ")
}

func TestLampsFollowTheKeys(t *testing.T) {
	s := open(t)
	o := s.office()
	layout := &Layout{Organization: o.org, Name: "Reception", Keys: []Key{
		{Position: 2, Type: "blf", Value: "101"}, {Position: 1, Type: "blf", Value: "103"}, {Type: "blf", Value: "999"},
		{Position: 3, Type: "speed", Value: "102"}, {Position: 4, Type: "blf", Value: "102", Line: 2}, {Position: 5, Type: "blf", Value: "101"},
	}}
	s.do(func(tx *Tx) error {
		if err := tx.PutLayout(layout); err != nil {
			return err
		}
		d := *tx.Snapshot().Device(o.desk["102"].Device)
		d.Layout = layout.ID
		return tx.PutDevice(&d)
	})
	if got := numbersOf(s.Snapshot().Lamps(o.desk["102"])); got != "103 101" {
		t.Errorf("lamps of the layout: %q", got)
	}
	s.do(func(tx *Tx) error {
		e := *tx.Snapshot().Extension(o.ext["102"])
		e.Keys = []Key{{Type: "blf", Rule: "everyone"}}
		return tx.PutExtension(&e)
	})
	snap := s.Snapshot()
	if got := numbersOf(snap.Lamps(o.desk["102"])); got != "103 101" {
		t.Errorf("each once: %q", got)
	}
	if got := numbersOf(snap.LampsOf(snap.Extension(o.ext["102"]))); got != "101 103" {
		t.Errorf("a person's own: %q", got)
	}
	if got := numbersOf(snap.Lamps(o.hot)); got != "" {
		t.Errorf("a phone without keys: %q", got)
	}
}

func TestMailboxes(t *testing.T) {
	s := open(t)
	o := s.office()
	m := &Mailbox{Extension: o.ext["101"], New: 2, Old: 1, UrgentNew: 1}
	s.do(func(tx *Tx) error { return tx.PutMailbox(m) })
	s.reopen()
	if got := s.Snapshot().MailboxOf(o.ext["101"]); got == nil || got.New != 2 || got.UrgentNew != 1 || got.Organization != o.org {
		t.Fatalf("%+v", got)
	}
	for what, bad := range map[string]*Mailbox{
		"a second one": {Extension: o.ext["101"]}, "of nobody": {Extension: NewID()}, "below none": {Extension: o.ext["102"], New: -1},
		"too many": {Extension: o.ext["102"], Old: maxMessages + 1}, "more urgent than there are": {Extension: o.ext["102"], New: 1, UrgentNew: 2},
	} {
		if err := s.try(func(tx *Tx) error { return tx.PutMailbox(bad) }); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
	s.do(func(tx *Tx) error { return tx.PutMailbox(&Mailbox{Extension: o.ext["102"], New: maxMessages}) })
	s.do(func(tx *Tx) error { return tx.DeleteExtension(o.ext["101"]) })
	if s.Snapshot().Mailbox(m.ID) != nil {
		t.Error("the mailbox of an extension that is gone is still there")
	}
	s.sound()
}

func TestForwards(t *testing.T) {
	s := open(t)
	o := s.office()
	change := func(f Forward) error {
		return s.try(func(tx *Tx) error {
			e := *tx.Snapshot().Extension(o.ext["101"])
			e.Forward = f
			return tx.PutExtension(&e)
		})
	}
	for _, f := range []Forward{{Always: "102"}, {Busy: "+442071838750"}, {NoAnswer: "*98", NoAnswerAfter: 600}, {Always: strings.Repeat("1", 32)}, {}} {
		if err := change(f); err != nil {
			t.Errorf("%+v: %v", f, err)
		}
	}
	for _, f := range []Forward{{Always: "101"}, {Busy: "1 2"}, {NoAnswer: "sip:102@acme"}, {Always: "+"}, {Always: "1+2"},
		{Always: strings.Repeat("1", 33)}, {NoAnswerAfter: 601}, {NoAnswerAfter: -1}} {
		if err := change(f); !errors.Is(err, ErrInvalid) {
			t.Errorf("%+v: %v", f, err)
		}
	}
}
