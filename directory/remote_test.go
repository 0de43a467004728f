package directory

import (
	"errors"
	"testing"
	"time"
)

func TestRearmClosesARemoteURLAndForgetsTheCertificate(t *testing.T) {
	s := open(t)
	o := s.office()
	hash := HashToken("one time")
	s.do(func(tx *Tx) error {
		d := *tx.Snapshot().Device(o.hot.Device)
		d.Remote, d.RemoteUntil, d.Outside = hash, time.Now().Add(time.Hour), true
		d.Step, d.Certificate, d.Modules, d.Equipment = StepCertificate, "acme: 001565aabbcc", MaxModules, "by the door"
		return tx.PutDevice(&d)
	})
	s.reopen()
	d := s.Snapshot().DeviceByRemote(hash)
	if d == nil || d.ID != o.hot.Device || d.Certificate == "" || d.Modules != MaxModules || d.Equipment != "by the door" || !d.Outside {
		t.Fatalf("phone is %+v", d)
	}
	s.do(func(tx *Tx) error { return tx.Approve(d.ID) })
	if step := s.Snapshot().Device(d.ID).Step; step != StepCertificate {
		t.Errorf("approval took it down to %s", step)
	}
	s.do(func(tx *Tx) error { return tx.Rearm(d.ID) })
	d = s.Snapshot().Device(d.ID)
	if d.Remote != "" || !d.RemoteUntil.IsZero() || d.Certificate != "" || d.Step != StepApproved {
		t.Errorf("after re-arming it is %+v", d)
	}
	if s.Snapshot().DeviceByRemote(hash) != nil || s.Snapshot().DeviceByRemote("") != nil {
		t.Error("the URL still leads to it")
	}
	s.sound()
}

func TestNewFieldsOutOfBoundsAreRefused(t *testing.T) {
	s := open(t)
	o := s.office()
	snap := s.Snapshot()
	for what, try := range map[string]func(*Tx) error{
		"modules": func(tx *Tx) error {
			d := *snap.Device(o.hot.Device)
			d.Modules = MaxModules + 1
			return tx.PutDevice(&d)
		},
		"half of the hours": func(tx *Tx) error {
			v := *snap.Site(o.site)
			v.ResyncFrom = "22:00"
			return tx.PutSite(&v)
		},
		"hours": func(tx *Tx) error {
			v := *snap.Site(o.site)
			v.ResyncFrom, v.ResyncUntil = "22:00", "24:00"
			return tx.PutSite(&v)
		},
		"server": func(tx *Tx) error {
			e := *snap.Extension(o.ext["101"])
			e.Server = "no host"
			return tx.PutExtension(&e)
		},
		"keys": func(tx *Tx) error {
			e := *snap.Extension(o.ext["101"])
			e.Keys = []Key{{Type: "unknown"}}
			return tx.PutExtension(&e)
		},
	} {
		if err := s.try(try); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
