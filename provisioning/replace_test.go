package provisioning_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/onboard"
)

const newMAC = "805ec0aaaaaa"

func TestReplaceGivesTheNewPhoneEverything(t *testing.T) {
	k := newKit(t, kitOptions{})
	old := k.importPhone(t, yMAC, "yealink-t46u", true)
	k.change(t, yMAC, func(d *directory.Device) { d.Name = "Ada's desk" })
	k.get(inside, yFile)
	before, token := *k.device(yMAC), k.token(yMAC)
	k.get(inside2, "/p/"+newMAC+".cfg") // the new one was plugged in before
	if k.device(newMAC) == nil {
		t.Fatal(k.lastRule(newMAC))
	}
	k.update(t, func(tx *directory.Tx) error { return tx.Replace(old.ID, directory.MAC(newMAC), "") })
	now := k.device(newMAC)
	if now == nil || now.ID != old.ID || now.Name != "Ada's desk" || now.Lines[0].Home != k.ada.ID || now.Step != directory.StepApproved || k.device(yMAC) != nil {
		t.Fatalf("%+v", now)
	}
	if now.PhoneID == before.PhoneID || now.Lines[0].Account.Secret.Reveal() == lineSecret(&before) || now.AdminPassword.Reveal() == before.AdminPassword.Reveal() {
		t.Error("what the old phone knew goes on")
	}
	if r := k.get(inside, "/p/~"+token+"/805ec0123456.cfg"); r.Status != 404 {
		t.Errorf("the old phone's token: %d", r.Status)
	}
	if r := k.get(inside2, "/p/"+newMAC+".cfg"); r.Status != 200 || !contains(r.Body, lineSecret(k.device(newMAC))) || !contains(r.Body, "Ada Lovelace") {
		t.Errorf("the new phone: %d, %s", r.Status, k.lastRule(newMAC))
	}
	other := k.importPhone(t, sMAC, "snom-d785", false)
	for mac, want := range map[directory.MAC]error{directory.MAC(newMAC): directory.ErrTaken, other.MAC: directory.ErrInvalid} {
		err := k.dir.Update(t.Context(), directory.Actor{Kind: "system"}, func(tx *directory.Tx) error { return tx.Replace(other.ID, mac, "") })
		if !errors.Is(err, want) || errors.Is(want, directory.ErrTaken) && !strings.Contains(err.Error(), "Ada's desk") {
			t.Errorf("%s: %v", mac, err)
		}
	}
}

func TestRetiredPhoneIsEmptied(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	k.get(inside, yFile)
	token := k.token(yMAC)
	secret := lineSecret(d)
	k.update(t, func(tx *directory.Tx) error { return tx.Retire(d.ID) })
	if now := k.device(yMAC); now.Lines[0].Home != "" || lineSecret(now) == secret {
		t.Errorf("%+v", now)
	}
	own := "/p/~" + token + "/805ec0123456.cfg"
	r := k.get(inside, own)
	if r.Status != 200 || !contains(r.Body, "account.1.enable = 0") || !contains(r.Body, "account.1.password = %NULL%") || contains(r.Body, lineSecret(k.device(yMAC))) || contains(r.Body, k.device(yMAC).AdminPassword.Reveal()) {
		t.Errorf("%d, %s:\n%.300s", r.Status, k.lastRule(yMAC), r.Body)
	}
	if r := k.get(inside, yFile); r.Status != 404 {
		t.Errorf("without its token: %d", r.Status)
	}
	k.later(onboard.WipeFor + time.Second)
	if r := k.get(inside, own); r.Status != 404 {
		t.Errorf("a day later: %d", r.Status)
	}
	eventually(t, "the record is gone", func() bool { return k.device(yMAC) == nil })
}

func TestRemotePhoneByOneTimeURL(t *testing.T) {
	k := newKit(t, kitOptions{config: func(c *provisioning.Config) { c.Servers.Advertise = "phones.acme.example" }})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	eventually(t, "its token", func() bool { return k.device(yMAC).Token != "" })
	var once string
	open := func() (url string) {
		k.update(t, func(tx *directory.Tx) (err error) {
			once, err = tx.OpenRemote(d.ID, k.clock().Add(provisioning.RemoteWindow))
			return err
		})
		return "/p/~" + once + "/"
	}
	url := open()
	if full := k.p.RemoteURL(d.ID, once); full != "http://phones.acme.example:8080"+url {
		t.Errorf("the address is %q", full)
	}
	first := k.get(outside, url+"805ec0123456.cfg")
	if first.Status != 200 || !contains(first.Body, lineSecret(d)) || !contains(first.Body, "phones.acme.example") || contains(first.Body, once) || !contains(first.Body, k.token(yMAC)) {
		t.Fatalf("%d: %s\n%.400s", first.Status, k.lastRule(yMAC), first.Body)
	}
	if !contains(first.Body, "account.1.nat.udp_update_enable = 1") {
		t.Error("nothing holds its NAT open")
	}
	if r := k.get(outside, url+"805ec0123456.cfg"); r.Status != 200 {
		t.Errorf("the same boot asks again: %d", r.Status)
	}
	if r := k.get("127.99.0.2", url+"805ec0123456.cfg"); r.Status != 404 {
		t.Errorf("somebody else: %d", r.Status)
	}
	if list := k.p.Alarms().List(); len(list) == 0 || list[0].Kind != onboard.AlarmRemote {
		t.Errorf("alarms: %+v", list)
	}
	k.later(time.Hour)
	if r := k.get(outside, url+"805ec0123456.cfg"); r.Status != 404 {
		t.Errorf("an hour later: %d", r.Status)
	}
	if r := k.get("127.99.0.3", "/p/~"+k.token(yMAC)+"/805ec0123456.cfg"); r.Status != 200 {
		t.Errorf("its own token from anywhere: %d, %s", r.Status, k.lastRule(yMAC))
	}
	late := open()
	k.later(provisioning.RemoteWindow + time.Second)
	if r := k.get(outside, late+"805ec0123456.cfg"); r.Status != 404 {
		t.Errorf("a day later: %d", r.Status)
	}
}

// What revokes a phone's own URL revokes the one-time URL that it came by, also
// in the minutes in which its boot may go on.
func TestOneTimeURLEndsWithThePhone(t *testing.T) {
	for what, revoke := range map[string]func(*directory.Tx, directory.ID) error{
		"re-arm":  func(tx *directory.Tx, id directory.ID) error { return tx.Rearm(id) },
		"replace": func(tx *directory.Tx, id directory.ID) error { return tx.Replace(id, newMAC, "") },
		"retire":  func(tx *directory.Tx, id directory.ID) error { return tx.Retire(id) },
	} {
		k := newKit(t, kitOptions{config: func(c *provisioning.Config) { c.Servers.Advertise = "phones.acme.example" }})
		url, id := k.openRemote(t)
		if r := k.get(outside, url+"805ec0123456.cfg"); r.Status != 200 {
			t.Fatalf("%s: %d, %s", what, r.Status, k.lastRule(yMAC))
		}
		token := k.token(yMAC)
		k.update(t, func(tx *directory.Tx) error { return revoke(tx, id) })
		eventually(t, "the new token", func() bool {
			return what == "retire" || k.dir.Snapshot().Device(id).Token != directory.HashToken(token)
		})
		for _, name := range []string{"805ec0123456.cfg", newMAC + ".cfg", "y000000000108.cfg"} {
			if r := k.get(outside, url+name); r.Status != 404 && (what != "retire" || contains(r.Body, lineSecret(k.dir.Snapshot().Device(id)))) {
				t.Errorf("%s: %s is still served by the one-time address", what, name)
			}
		}
	}
}

// Looking at the address alone does not use it up.
func TestOneTimeURLIsUsedByAFileOnly(t *testing.T) {
	k := newKit(t, kitOptions{config: func(c *provisioning.Config) { c.Servers.Advertise = "phones.acme.example" }})
	url, _ := k.openRemote(t)
	for _, look := range []string{url, strings.TrimSuffix(url, "/"), url + "favicon.ico"} {
		if r := k.get("127.99.0.9", look); r.Status != 404 {
			t.Errorf("%s: %d", look, r.Status)
		}
	}
	k.change(t, yMAC, func(d *directory.Device) { d.Disabled = true })
	if r := k.get(outside, url+"805ec0123456.cfg"); r.Status != 404 {
		t.Errorf("disabled: %d", r.Status)
	}
	k.change(t, yMAC, func(d *directory.Device) { d.Disabled = false })
	if r := k.get(outside, url+"805ec0123456.cfg"); r.Status != 200 {
		t.Errorf("the phone itself: %d, %s", r.Status, k.lastRule(yMAC))
	}
}

func TestNoRemoteURLWithoutAName(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	if url := k.p.RemoteURL(d.ID, "x"); url != "" {
		t.Errorf("%q", url)
	}
	k.site.Advertise = "london.acme.example"
	k.update(t, func(tx *directory.Tx) error { return tx.PutSite(&k.site) })
	if url := k.p.RemoteURL(d.ID, "x"); url != "http://london.acme.example:8080/p/~x/" {
		t.Errorf("the site's name: %q", url)
	}
}

// openRemote imports a phone and opens its one-time URL.
func (k *kit) openRemote(t testing.TB) (url string, id directory.ID) {
	t.Helper()
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	k.update(t, func(tx *directory.Tx) error {
		once, err := tx.OpenRemote(d.ID, k.clock().Add(provisioning.RemoteWindow))
		url = "/p/~" + once + "/"
		return err
	})
	return url, d.ID
}
