package directory

import (
	"context"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cradle/directory/kv/boltkv"
)

// gated opens a directory with extensions 101 (PIN 246810, code 13579) and 102 (default PIN 1111) and a clock of its own.
func gated(t *testing.T, folder string, clock *atomic.Int64) (*Directory, *Extension, *Extension) {
	t.Helper()
	engine, err := boltkv.Open(filepath.Join(folder, "gate.db"), boltkv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := LoadKeys(folder)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Open(t.Context(), Options{Engine: engine, Keys: keys, Now: func() time.Time { return time.Unix(1_800_000_000+clock.Load(), 0) }})
	if err != nil {
		t.Fatal(err)
	}
	var a, b *Extension
	for org := range d.Snapshot().Organizations() {
		a, b = d.Snapshot().ExtensionByNumber(org.ID, "101"), d.Snapshot().ExtensionByNumber(org.ID, "102")
	}
	if a != nil {
		return d, a, b
	}
	err = d.Update(t.Context(), Actor{"system", "test"}, func(tx *Tx) error {
		org := &Organization{Name: "Acme", Domain: "acme.example"}
		if err := tx.PutOrganization(org); err != nil {
			return err
		}
		site := &Site{Organization: org.ID, Name: "Here", Adoption: AdoptLobby, TFTP: TFTPBootstrap}
		if err := tx.PutSite(site); err != nil {
			return err
		}
		a = &Extension{Organization: org.ID, Site: site.ID, Number: "101", HotDesk: true}
		b = &Extension{Organization: org.ID, Site: site.ID, Number: "102", HotDesk: true, DefaultPIN: NewSecret("1111")}
		for _, e := range []*Extension{a, b} {
			if err := tx.PutExtension(e); err != nil {
				return err
			}
		}
		if err := tx.SetPIN(a.ID, "246810"); err != nil {
			return err
		}
		return tx.SetVirtualizationSecret(a.ID, "13579")
	})
	if err != nil {
		t.Fatal(err)
	}
	return d, a, b
}

func try(d *Directory, kind SecretKind, e ID, digits string, phone ID) Verdict {
	return d.Try(context.Background(), Attempt{Kind: kind, Extension: e, Digits: NewSecret(digits), Device: phone})
}

func TestThreeWrongLock(t *testing.T) {
	var clock atomic.Int64
	folder := t.TempDir()
	d, a, b := gated(t, folder, &clock)
	if v := try(d, SecretPIN, b.ID, "1111", "p"); !v.OK || !v.Default {
		t.Errorf("default PIN: %+v", v)
	}
	for i, digits := range []string{"0000", "1234", "13579", "9999", "8888"} { // a right one begins the count anew
		if v := try(d, SecretCode, a.ID, digits, "p"); v.OK != (i == 2) || v.Locked {
			t.Errorf("%d: %+v", i, v)
		}
	}
	if v := try(d, SecretCode, a.ID, "7777", "p"); !v.Locked || v.Barred {
		t.Errorf("the third: %+v", v)
	}
	if v := try(d, SecretCode, a.ID, "13579", "q"); v.OK {
		t.Error("a locked code is taken at another phone")
	}
	if v := try(d, SecretPIN, a.ID, "246810", "q"); !v.OK {
		t.Errorf("the PIN is locked with the code: %+v", v)
	}
	for range 3 {
		try(d, SecretPIN, a.ID, "000000", "")
	}
	if l := d.Locked(a.ID); len(l) != 2 || l[0].Kind != SecretPIN || !l[0].Until.IsZero() {
		t.Errorf("locks: %+v", l)
	}
	if err := d.Close(); err != nil { // locks outlive a restart
		t.Fatal(err)
	}
	d, a, b = gated(t, folder, &clock)
	defer d.Close()
	clock.Add(int64(codeLock/time.Second) - 1)
	if v := try(d, SecretCode, a.ID, "13579", "q"); v.OK {
		t.Error("the code is taken a second too early")
	}
	clock.Add(1)
	if v := try(d, SecretCode, a.ID, "13579", "q"); !v.OK {
		t.Errorf("the code after 15 minutes: %+v", v)
	}
	for range 3 { // a new code is another one
		try(d, SecretCode, a.ID, "0000", "")
	}
	if err := d.Update(t.Context(), Actor{"user", "admin"}, func(tx *Tx) error { return tx.SetVirtualizationSecret(a.ID, "97531") }); err != nil {
		t.Fatal(err)
	}
	if v := try(d, SecretCode, a.ID, "97531", "q"); !v.OK {
		t.Errorf("a new code after a lock: %+v", v)
	}
	clock.Add(1e6)
	if v := try(d, SecretPIN, a.ID, "246810", "q"); v.OK {
		t.Error("a locked PIN is taken some day")
	}
	if err := d.ResetPIN(t.Context(), Actor{"user", "admin"}, a.ID); err != nil {
		t.Fatal(err)
	}
	if l := d.Locked(a.ID); len(l) != 0 {
		t.Errorf("after the reset: %+v", l)
	}
	if v := try(d, SecretPIN, a.ID, "246810", "q"); v.OK {
		t.Error("the PIN from before the reset is taken")
	}
	if v := try(d, SecretPIN, b.ID, "1111", "p"); !v.OK {
		t.Errorf("%+v", v)
	}
}

func TestPhoneIsBarred(t *testing.T) {
	var clock atomic.Int64
	d, a, b := gated(t, t.TempDir(), &clock)
	defer d.Close()
	lock := func(e ID) (v Verdict) {
		for range 3 {
			v = try(d, SecretCode, e, "0000", "p")
		}
		return v
	}
	if v := lock(a.ID); !v.Locked || v.Barred {
		t.Errorf("first: %+v", v)
	}
	clock.Add(3500)
	if v := lock(b.ID); !v.Barred {
		t.Errorf("second: %+v", v)
	}
	if v := try(d, SecretPIN, a.ID, "246810", "p"); v.OK {
		t.Error("a barred phone is let in")
	}
	if v := try(d, SecretPIN, a.ID, "246810", "q"); !v.OK {
		t.Errorf("another phone: %+v", v)
	}
	clock.Add(int64(barFor / time.Second))
	if v := try(d, SecretPIN, a.ID, "246810", "p"); !v.OK {
		t.Errorf("after 15 minutes: %+v", v)
	}
}

// A hundred phones guess at once: together they get three tries.
func TestOneCounterForAll(t *testing.T) {
	var clock atomic.Int64
	d, a, _ := gated(t, t.TempDir(), &clock)
	defer d.Close()
	var tried, locked atomic.Int64
	var wait sync.WaitGroup
	for range 100 {
		wait.Go(func() {
			v := try(d, SecretPIN, a.ID, "1357", NewID())
			if v.Why == "wrong" || v.Locked {
				tried.Add(1)
			}
			if v.Locked {
				locked.Add(1)
			}
		})
	}
	wait.Wait()
	if tried.Load() != 3 || locked.Load() != 1 {
		t.Errorf("%d tries, %d locks", tried.Load(), locked.Load())
	}
	if v := try(d, SecretPIN, "", "246810", "p"); v.OK || v.Locked {
		t.Errorf("nobody: %+v", v)
	}
}
