package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"cradle/directory/kv"
	"cradle/directory/kv/boltkv"
)

// spoil changes the store behind the directory's back and opens it again.
func (s *store) spoil(fn func(kv.Writer) error) {
	s.t.Helper()
	s.Directory.Close()
	e, err := boltkv.Open(s.path(), boltkv.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := e.Update(context.Background(), fn); err != nil {
		s.t.Fatal(err)
	}
	e.Close()
	s.open()
}

func TestTheAuditTellsEveryChangeAndShowsEveryAlteration(t *testing.T) {
	s := open(t)
	o := s.office()
	s.do(func(tx *Tx) error {
		c := *tx.Snapshot().Extension(o.ext["101"])
		c.Name, c.DefaultPIN = "New", NewSecret("8264")
		return tx.PutExtension(&c)
	})
	s.do(func(tx *Tx) error {
		_, err := tx.Sit(SitRequest{Extension: o.ext["101"], At: o.hot, How: HowCode})
		return err
	})
	all, err := s.Audit(t.Context(), 100, 0)
	if err != nil {
		t.Fatal(err)
	}
	seat, change := all[0], all[1]
	if seat.Kind != KindSeat || seat.Action != "created" || seat.By != tester || seat.Before != nil {
		t.Errorf("%+v", seat)
	}
	var before, after map[string]any
	if err := errors.Join(json.Unmarshal(change.Before, &before), json.Unmarshal(change.After, &after)); err != nil {
		t.Fatal(err)
	}
	if len(before) != 2 || before["Name"] != "Person 101" || after["Name"] != "New" || before["DefaultPIN"] != mask || after["DefaultPIN"] != mask {
		t.Errorf("before %v, after %v", before, after)
	}
	page, err := s.Audit(t.Context(), 3, all[2].Sequence)
	if err != nil || len(page) != 3 || page[0].Sequence != all[3].Sequence {
		t.Errorf("page %+v %v", page, err)
	}
	s.reopen()
	if err := s.VerifyAudit(t.Context()); err != nil {
		t.Fatal(err)
	}
	var last uint64
	for _, c := range []struct {
		what string
		fn   func(kv.Writer) error
	}{
		{"an entry altered", func(w kv.Writer) error {
			v, _ := w.Get(auditKey(3))
			return w.Put(auditKey(3), []byte(strings.Replace(string(v), "ada@", "bob@", 1)))
		}},
		{"an entry taken out", func(w kv.Writer) error { return w.Delete(auditKey(4)) }},
		{"the last one taken out", func(w kv.Writer) error { return w.Delete(auditKey(last)) }},
		{"two changed places", func(w kv.Writer) error {
			a, _ := w.Get(auditKey(2))
			b, _ := w.Get(auditKey(3))
			a, b = slices.Clone(a), slices.Clone(b)
			return errors.Join(w.Put(auditKey(2), b), w.Put(auditKey(3), a))
		}},
		{"one put in at the end", func(w kv.Writer) error {
			v, _ := w.Get(auditKey(last))
			return w.Put(auditKey(last+1), slices.Clone(v))
		}},
	} {
		t.Run(c.what, func(t *testing.T) {
			s := open(t)
			s.office()
			s.do(func(tx *Tx) error { return tx.SetLimit("calls", 11) })
			if err := s.VerifyAudit(t.Context()); err != nil {
				t.Fatal(err)
			}
			last = s.audit.Sequence
			s.spoil(c.fn)
			if err := s.VerifyAudit(t.Context()); !errors.Is(err, ErrDamaged) {
				t.Errorf("verify: %v", err)
			}
			if r, err := s.Check(t.Context()); err != nil || r.OK() {
				t.Errorf("check: %+v %v", r, err)
			}
		})
	}
}

func TestADamagedRecordIsToldByItsKeyAndNotServed(t *testing.T) {
	s := open(t)
	o := s.office()
	key := recordKey(tDevice, o.hot.Device)
	s.Directory.Close()
	db, err := bolt.Open(s.path(), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte("keys"))
		v := slices.Clone(b.Get([]byte(key)))
		v[len(v)/2] ^= 4
		return b.Put([]byte(key), v)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	s.open()
	if s.Snapshot().Device(o.hot.Device) != nil || s.Snapshot().Device(o.desk["101"].Device) == nil {
		t.Error("served, or others are not")
	}
	r, err := s.Check(t.Context())
	if err != nil || !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Key == key && strings.Contains(f.Fault, "checksum") }) {
		t.Errorf("%+v %v", r, err)
	}
	// Its keys stay claimed: nobody takes the number of what cannot be read.
	if err := s.try(func(tx *Tx) error { _, err := tx.NewDevice(o.org, o.site, "80000000000f", "", StepSeen); return err }); !errors.Is(err, ErrTaken) {
		t.Errorf("its MAC: %v", err)
	}
}

func TestCheckFindsWhatDoesNotFit(t *testing.T) {
	for what, fn := range map[string]func(*office) func(kv.Writer) error{
		"a unique key of nobody": func(*office) func(kv.Writer) error {
			return func(w kv.Writer) error { return w.Put(prefixUnique+"email/x@y.example", []byte("nobody")) }
		},
		"a unique key missing": func(*office) func(kv.Writer) error {
			return func(w kv.Writer) error { return w.Delete(prefixUnique + "mac/800000000001") }
		},
		"a unique key of another": func(o *office) func(kv.Writer) error {
			return func(w kv.Writer) error { return w.Put(prefixUnique+"mac/800000000001", []byte(o.hot.Device)) }
		},
		"a record without its site": func(o *office) func(kv.Writer) error {
			return func(w kv.Writer) error { return w.Delete(recordKey(tSite, o.site)) }
		},
		"a seat at its own home": func(o *office) func(kv.Writer) error {
			return func(w kv.Writer) error {
				at := o.desk["101"]
				seat := &Seat{ID: "s", Organization: o.org, Device: at.Device, Line: 1, Extension: o.ext["101"], Kind: SeatVirtual}
				b, _ := seat.encode(nil)
				return errors.Join(w.Put(recordKey(tSeat, "s"), b), w.Put(seat.uniques()[0].engineKey(), []byte("s")), w.Put(seat.uniques()[1].engineKey(), []byte("s")))
			}
		},
		"a limit nobody knows": func(*office) func(kv.Writer) error {
			return func(w kv.Writer) error { return w.Put(prefixLimit+"x", []byte("1")) }
		},
		"a record under another key": func(o *office) func(kv.Writer) error {
			return func(w kv.Writer) error {
				v, _ := w.Get(recordKey(tSite, o.site))
				return w.Put(recordKey(tSite, "other"), slices.Clone(v))
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			s := open(t)
			o := s.office()
			s.sound()
			s.spoil(fn(o))
			if r, err := s.Check(t.Context()); err != nil || r.OK() {
				t.Errorf("nothing found: %v", err)
			} else {
				t.Log(r.Findings)
			}
		})
	}
}

func TestSchemaSteps(t *testing.T) {
	s := open(t)
	s.Close()
	e, err := boltkv.Open(s.path(), boltkv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	const now = schemaVersion
	var ran []int
	step := func(to int, err error) migration {
		return migration{to, fmt.Sprint("step ", to), func(w kv.Writer) error {
			ran = append(ran, to)
			return errors.Join(w.Put(fmt.Sprint("x/m/", to), []byte("y")), err)
		}}
	}
	bad := errors.New("no")
	full := errors.New("no space")
	if err := migrate(t.Context(), e, []migration{step(now+1, nil)}, now+1, func(int) error { return full }); !errors.Is(err, full) || len(ran) != 0 {
		t.Fatalf("no copy could be kept: %v, and %v ran", err, ran)
	}
	kept := 0
	keep := func(form int) error { kept = form; return nil }
	if err := migrate(t.Context(), e, []migration{step(now, nil), step(now+1, nil), step(now+2, bad)}, now+2, keep); !errors.Is(err, bad) || kept != now {
		t.Fatalf("%v, a copy of form %d is kept", err, kept)
	}
	if v, _ := storedVersion(t.Context(), e); v != now+1 || !slices.Equal(ran, []int{now + 1, now + 2}) {
		t.Errorf("version %d after %v", v, ran)
	}
	ran, kept = nil, 0
	for i := range 2 {
		if err := migrate(t.Context(), e, []migration{step(now, nil), step(now+1, nil), step(now+2, nil)}, now+2, keep); err != nil {
			t.Fatal(err)
		}
		if want := []int{now + 1, 0}[i]; kept != want {
			t.Errorf("a copy of form %d is kept, want %d", kept, want)
		}
		kept = 0
	}
	if !slices.Equal(ran, []int{now + 2}) {
		t.Errorf("ran %v", ran)
	}
	if _, err := Open(t.Context(), Options{Engine: e, Keys: s.keys}); !errors.Is(err, ErrNewer) {
		t.Errorf("a newer store: %v", err)
	}
	if v, _ := storedVersion(t.Context(), e); v != now+2 {
		t.Errorf("a refused store was changed to %d", v)
	}
}

func TestAdoptionApprovalAndRearming(t *testing.T) {
	s := open(t)
	o := s.office()
	var d *Device
	s.do(func(tx *Tx) (err error) {
		d, err = tx.NewDevice(o.org, o.site, "00156500abcd", "", StepLobby)
		return err
	})
	secret := d.Lines[0].Account.Secret.Reveal()
	if !validPhoneID(d.PhoneID) || len(secret) < 20 || !isToken(secret) || strings.ContainsAny(secret, "-._") || s.Snapshot().Unapproved(o.site) != 1 {
		t.Fatalf("%s %d %d", d.PhoneID, len(secret), s.Snapshot().Unapproved(o.site))
	}
	var token string
	s.do(func(tx *Tx) (err error) { token, err = tx.IssueToken(d.ID); return err })
	if len(token) != 26 || s.Snapshot().DeviceByToken(HashToken(token)) == nil {
		t.Errorf("token %q", token)
	}
	s.do(func(tx *Tx) error { return tx.Approve(d.ID) })
	a := s.Snapshot().Device(d.ID)
	if a.Step != StepApproved || a.Lines[0].Account.Secret.Reveal() == secret || a.Approved.IsZero() || a.PhoneID != d.PhoneID || s.Snapshot().Unapproved(o.site) != 0 {
		t.Errorf("%+v", a)
	}
	s.do(func(tx *Tx) error { return tx.Approve(d.ID) })
	if b := s.Snapshot().Device(d.ID); !b.Lines[0].Account.Secret.Equal(a.Lines[0].Account.Secret) {
		t.Error("approved twice, the secret changed")
	}
	s.do(func(tx *Tx) error { return tx.Rearm(d.ID) })
	r := s.Snapshot().Device(d.ID)
	if r.PhoneID == d.PhoneID || r.Token != "" || !r.TokenSealed.Empty() || r.Lines[0].Account.Secret.Equal(a.Lines[0].Account.Secret) ||
		s.Snapshot().DeviceByToken(HashToken(token)) != nil || s.Snapshot().DeviceByPhoneID(o.org, d.PhoneID) != nil {
		t.Errorf("%+v", r)
	}
	s.do(func(tx *Tx) error {
		c := *tx.Snapshot().Organization(o.org)
		c.Domain = "new.example"
		return tx.PutOrganization(&c)
	})
	if acc := s.Snapshot().Account(r.Lines[0].Account.User); acc.Realm != "new.example" {
		t.Errorf("realm %s", acc.Realm)
	}
	s.sound()
}

func TestLuhn(t *testing.T) {
	for digits, want := range map[string]int{"7992739871": 3, "00000": 0, "12345": 5} {
		if got := luhn(digits); got != want {
			t.Errorf("%s: %d, want %d", digits, got, want)
		}
	}
	for range 1000 {
		id := newPhoneID()
		if !validPhoneID(id) {
			t.Fatal(id)
		}
		for i := range id { // every single wrong digit is found
			for c := byte('0'); c <= '9'; c++ {
				if bad := id[:i] + string(c) + id[i+1:]; bad != id && validPhoneID(bad) {
					t.Fatalf("%s for %s", bad, id)
				}
			}
		}
	}
}

func TestWhatIsInUseIsNotDeleted(t *testing.T) {
	s := open(t)
	o := s.office()
	for what, fn := range map[string]func(*Tx) error{
		"organization": func(tx *Tx) error { return tx.DeleteOrganization(o.org) },
		"site":         func(tx *Tx) error { return tx.DeleteSite(o.site) },
	} {
		if err := s.try(fn); !errors.Is(err, ErrInUse) {
			t.Errorf("%s: %v", what, err)
		}
	}
	s.do(func(tx *Tx) error {
		return errors.Join(tx.SetSetting(Scope{"device", string(o.hot.Device)}, "a", "b"), tx.DeleteDevice(o.hot.Device))
	})
	if _, ok := s.Snapshot().Setting(Scope{"device", string(o.hot.Device)}, "a"); ok {
		t.Error("a setting outlives its phone")
	}
	if err := s.try(func(tx *Tx) error { return tx.DeleteDevice(o.hot.Device) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("twice: %v", err)
	}
	s.sound()
}
