package directory

import (
	"testing"

	"cradle/directory/kv"
	"cradle/directory/kv/boltkv"
)

// TestUDPThatNobodyChose: the step to form 2 takes it out of devices that were
// made with it, and leaves it where somebody gave it to a device; the rest of a
// record stays, secrets too. Once more it changes nothing.
func TestUDPThatNobodyChose(t *testing.T) {
	s := open(t)
	o := s.office()
	var made, given, tls *Device
	s.do(func(tx *Tx) (err error) {
		for i, d := range []**Device{&made, &given, &tls} {
			if *d, err = tx.NewDevice(o.org, o.site, MAC("00156500aa0"+string(rune('1'+i))), "", StepApproved); err != nil {
				return err
			}
		}
		return nil
	})
	set := func(d *Device, transport string) {
		s.do(func(tx *Tx) error {
			mine := *tx.Snapshot().Device(d.ID)
			mine.SIP.Transport, mine.SIP.Ping = transport, 20
			return tx.PutDevice(&mine)
		})
	}
	set(given, "udp")
	set(tls, "tls")
	secret := made.Lines[0].Account.Secret.Reveal()
	s.Close()
	e, err := boltkv.Open(s.path(), boltkv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	// As an earlier program left it: made with udp, in the first form.
	key := recordKey(tDevice, made.ID)
	_, err = e.Update(t.Context(), func(w kv.Writer) error {
		row, err := w.Get(key)
		if err != nil {
			return err
		}
		var d Device
		if err := d.decode(s.keys, made.ID, row); err != nil {
			return err
		}
		d.SIP.Transport, d.SIP.Ping = "udp", 30
		if row, err = d.encode(s.keys); err != nil {
			return err
		}
		if err := w.Put(key, row); err != nil {
			return err
		}
		return putVersion(w, 1)
	})
	if err != nil {
		t.Fatal(err)
	}
	for round := range 2 {
		if err := migrate(t.Context(), e, migrations, schemaVersion, nil); err != nil {
			t.Fatal(err)
		}
		if round == 0 { // run again, as after a kill between step and number
			if _, err := e.Update(t.Context(), func(w kv.Writer) error { return putVersion(w, 1) }); err != nil {
				t.Fatal(err)
			}
		}
	}
	d, err := Open(t.Context(), Options{Engine: e, Keys: s.keys})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	snap := d.Snapshot()
	for id, want := range map[ID]DeviceSIP{made.ID: {Ping: 30}, given.ID: {Transport: "udp", Ping: 20}, tls.ID: {Transport: "tls", Ping: 20}} {
		if got := snap.Device(id).SIP; got.Transport != want.Transport || got.Ping != want.Ping {
			t.Errorf("%s: %+v, want %+v", snap.Device(id).MAC, got, want)
		}
	}
	if snap.Device(made.ID).Lines[0].Account.Secret.Reveal() != secret {
		t.Error("its secret is another")
	}
	if found := d.Found(); len(found) > 0 {
		t.Errorf("%v", found)
	}
}
