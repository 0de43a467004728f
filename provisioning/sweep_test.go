package provisioning_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/onboard"
)

// swept is how many addresses of one vendor's prefix are tried.
const swept = 100000

// standing puts a phone on every step into the range that is swept.
func standing(t *testing.T, k *kit) (macs []string) {
	t.Helper()
	for i, step := range []directory.Step{directory.StepSeen, directory.StepLobby, directory.StepApproved, directory.StepToken, directory.StepCertificate, directory.StepApproved} {
		mac := fmt.Sprintf("805ec0%06x", i*1000)
		k.importPhone(t, mac, "yealink-t46u", false)
		k.change(t, mac, func(d *directory.Device) { d.Step, d.Disabled, d.Seen = step, i == 5, k.clock() })
		macs = append(macs, mac)
	}
	return macs
}

// tokens waits until every phone that gets a token by itself has one, so that
// nothing changes during the sweep.
func tokens(t *testing.T, k *kit, macs []string) {
	t.Helper()
	for _, mac := range macs {
		if k.device(mac).Step.Approved() {
			eventually(t, "a token for "+mac, func() bool { return k.device(mac).Token != "" })
		}
	}
}

// A sweep from outside learns nothing: every answer is the same, whether there is
// such a phone or not, on whatever step, by one source or by many.
func TestSweepFromOutside(t *testing.T) {
	for name, from := range map[string]func(int) string{
		"one source":   func(int) string { return outside },
		"many sources": func(i int) string { return fmt.Sprintf("127.%d.%d.%d", 100+i>>16, i>>8&255, i&255) },
	} {
		k := newKit(t, kitOptions{})
		macs := standing(t, k)
		tokens(t, k, macs)
		revision := k.dir.Snapshot().Revision()
		first := k.get(from(0), "/p/805ec0ffffff.cfg")
		if first.Status != 404 {
			t.Fatal(first.Status)
		}
		tries := swept
		if name == "many sources" {
			tries /= 5 // each is a book of its own
		}
		for i := range tries {
			if r := k.get(from(i), fmt.Sprintf("/p/805ec0%06x.cfg", i)); !reflect.DeepEqual(r, first) {
				t.Fatalf("%s: %06x got another answer: %+v", name, i, r)
			}
		}
		if now := k.dir.Snapshot().Revision(); now != revision {
			t.Errorf("%s: the directory was changed: %d, %d", name, revision, now)
		}
		if name == "many sources" {
			k.one(t, onboard.AlarmSweep)
		} else {
			k.one(t, onboard.AlarmIgnored)
		}
	}
}

// A sweep from inside meets the caps, and whoever is already there and has
// registered is not given away.
func TestSweepFromInside(t *testing.T) {
	k := newKit(t, kitOptions{})
	macs := standing(t, k)
	tokens(t, k, macs)
	for _, mac := range macs {
		k.register(k.device(mac), inside2)
	}
	k.later(25 * time.Hour)
	var refused provisioning.Response
	served, minutes := 0, 0
	for i := range swept {
		r := k.get(inside, fmt.Sprintf("/p/805ec0%06x.cfg", i))
		switch {
		case r.Status == 200:
			served++
			if mac := fmt.Sprintf("805ec0%06x", i); slices.Contains(macs[2:], mac) {
				t.Errorf("%s, on step %s, was served", mac, k.device(mac).Step)
			}
		case refused.Status == 0:
			refused = r
		case !reflect.DeepEqual(r, refused):
			t.Fatalf("%06x got another refusal: %+v", i, r)
		}
		if i%2000 == 1999 {
			minutes++
			k.later(time.Minute)
		}
	}
	unapproved := k.dir.Snapshot().Unapproved(k.site.ID)
	if unapproved != 500 || served > 500 {
		t.Errorf("%d phones are waiting and %d were served after %d minutes", unapproved, served, minutes)
	}
	for _, kind := range []onboard.Alarm{onboard.AlarmAdoption, onboard.AlarmMisses, onboard.AlarmSweep} {
		if len(k.alarms(kind)) == 0 {
			t.Errorf("no alarm %q", kind)
		}
	}
	if n := len(k.p.Alarms().List()); n > 20 {
		t.Errorf("%d alarms of one sweep", n)
	}
}
