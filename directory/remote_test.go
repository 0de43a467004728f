package directory

import (
	"errors"
	"strings"
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

func TestRetiredPhonesTakePartInNothing(t *testing.T) {
	s := open(t)
	o := s.office()
	id := o.hot.Device
	mac := s.Snapshot().Device(id).MAC
	var other *Device
	s.do(func(tx *Tx) (err error) {
		if other, err = tx.NewDevice(o.org, o.site, "001565aaaa77", "", StepApproved); err != nil {
			return err
		}
		return tx.Retire(id)
	})
	was := *s.Snapshot().Device(id)
	for what, try := range map[string]func(*Tx) error{
		"approve":    func(tx *Tx) error { return tx.Approve(id) },
		"re-arm":     func(tx *Tx) error { return tx.Rearm(id) },
		"retire":     func(tx *Tx) error { return tx.Retire(id) },
		"replace":    func(tx *Tx) error { return tx.Replace(id, "001565aaaa78", "") },
		"replace by": func(tx *Tx) error { return tx.Replace(other.ID, mac, "") },
		"remote":     func(tx *Tx) error { _, err := tx.OpenRemote(id, time.Now().Add(time.Hour)); return err },
		"sit": func(tx *Tx) error {
			_, err := tx.Sit(SitRequest{Extension: o.ext["101"], At: was.At(1), How: HowImport, Force: true})
			return err
		},
		"home": func(tx *Tx) error {
			d := was
			d.Lines = []Line{{Home: o.ext["101"], Account: was.Lines[0].Account}}
			return tx.PutDevice(&d)
		},
	} {
		err := s.Update(t.Context(), Actor{Kind: "system"}, try)
		if !errors.Is(err, ErrRetired) || !strings.Contains(err.Error(), mac.Colons()) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if now := s.Snapshot().Device(id); now.Revision != was.Revision || !now.Retired.Equal(was.Retired) {
		t.Errorf("a refusal changed it: %+v", now)
	}
	s.do(func(tx *Tx) error { return tx.DeleteDevice(id) })
	s.do(func(tx *Tx) error { return tx.Replace(other.ID, mac, "") })
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
