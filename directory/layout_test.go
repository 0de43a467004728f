package directory

import (
	"errors"
	"strings"
	"testing"
)

// role puts a layout and a profile that has it.
func (s *store) role(o *office) (*Layout, *Profile) {
	s.t.Helper()
	l := &Layout{Organization: o.org, Name: "Reception", Keys: []Key{{Position: 1, Type: "blf", Value: "102"}}}
	p := &Profile{Organization: o.org, Name: "Front desk"}
	s.do(func(tx *Tx) error {
		if err := tx.PutLayout(l); err != nil {
			return err
		}
		p.Layout = l.ID
		return tx.PutProfile(p)
	})
	return l, p
}

func TestLayoutOfAPhoneIsItsOwnElseItsProfiles(t *testing.T) {
	s := open(t)
	o := s.office()
	l, p := s.role(o)
	own := &Layout{Organization: o.org, Name: "Corner"}
	var d Device
	s.do(func(tx *Tx) error {
		d = *tx.Snapshot().Device(o.hot.Device)
		d.Profile = p.ID
		return errors.Join(tx.PutLayout(own), tx.PutDevice(&d))
	})
	if got := s.Snapshot().LayoutOf(&d); got == nil || got.ID != l.ID {
		t.Fatalf("layout is %v, not the profile's", got)
	}
	s.do(func(tx *Tx) error { d.Layout = own.ID; return tx.PutDevice(&d) })
	s.reopen()
	snap := s.Snapshot()
	if got := snap.LayoutOf(snap.Device(d.ID)); got == nil || got.ID != own.ID {
		t.Fatalf("layout is %v, not the phone's own", got)
	}
	if got := snap.LayoutByName(o.org, "reception"); got == nil || len(got.Keys) != 1 || got.Keys[0].Value != "102" {
		t.Fatalf("layout was not kept: %+v", got)
	}
	for _, err := range []error{
		s.try(func(tx *Tx) error { return tx.DeleteLayout(l.ID) }),
		s.try(func(tx *Tx) error { return tx.DeleteLayout(own.ID) }),
		s.try(func(tx *Tx) error { return tx.DeleteProfile(p.ID) }),
	} {
		if !errors.Is(err, ErrInUse) {
			t.Errorf("deleted while in use: %v", err)
		}
	}
	s.sound()
}

func TestNamesOfLayoutsAndProfilesAreUnique(t *testing.T) {
	s := open(t)
	o := s.office()
	s.role(o)
	for _, err := range []error{
		s.try(func(tx *Tx) error { return tx.PutLayout(&Layout{Organization: o.org, Name: "RECEPTION"}) }),
		s.try(func(tx *Tx) error { return tx.PutProfile(&Profile{Organization: o.org, Name: "front DESK"}) }),
	} {
		if !errors.Is(err, ErrTaken) {
			t.Errorf("a second one of that name: %v", err)
		}
	}
}

func TestSettingsOfAProfileGoWithIt(t *testing.T) {
	s := open(t)
	o := s.office()
	_, p := s.role(o)
	scope := Scope{"profile", string(p.ID)}
	s.do(func(tx *Tx) error { return tx.SetSetting(scope, "ring.volume", "3") })
	if err := s.try(func(tx *Tx) error { return tx.SetSetting(Scope{"profile", "front"}, "ring.volume", "3") }); !errors.Is(err, ErrNotFound) {
		t.Errorf("a setting of no profile: %v", err)
	}
	s.do(func(tx *Tx) error { return tx.DeleteProfile(p.ID) })
	if _, ok := s.Snapshot().Setting(scope, "ring.volume"); ok {
		t.Error("the setting outlived its profile")
	}
	s.sound()
}

func TestKeysOutOfBoundsAreRefused(t *testing.T) {
	good := []Key{
		{Type: "none"}, {Module: MaxModules, Position: maxPosition, Type: "xml", Value: strings.Repeat("x", maxKeyValue), Line: maxLines},
		{Type: "blf", Rule: "everyone"}, {Type: "speed", Rule: "site"},
	}
	if err := checkKeys(good); err != nil {
		t.Error(err)
	}
	if err := checkKeys(make([]Key, MaxKeys+1)); !errors.Is(err, ErrInvalid) {
		t.Errorf("too many keys: %v", err)
	}
	full := make([]Key, MaxKeys)
	for i := range full {
		full[i].Type = "none"
	}
	if err := checkKeys(full); err != nil {
		t.Error(err)
	}
	for _, k := range []Key{
		{}, {Type: "BLF"}, {Type: "blf", Module: -1}, {Type: "blf", Module: MaxModules + 1},
		{Type: "blf", Position: -1}, {Type: "blf", Position: maxPosition + 1}, {Type: "blf", Line: maxLines + 1},
		{Type: "xml", Value: strings.Repeat("x", maxKeyValue+1)}, {Type: "blf", Value: "1\n2"},
		{Type: "blf", Label: strings.Repeat("x", maxText+1)}, {Type: "blf", Rule: "all"}, {Type: "dnd", Rule: "everyone"},
	} {
		if err := checkKeys([]Key{k}); !errors.Is(err, ErrInvalid) {
			t.Errorf("%.80v: %v", k, err)
		}
	}
	twice := []Key{{Type: "blf", Position: 1}, {Type: "dnd", Position: 1}}
	if err := checkKeys(twice); !errors.Is(err, ErrInvalid) {
		t.Errorf("a position twice: %v", err)
	}
}
