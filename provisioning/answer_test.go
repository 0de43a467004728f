package provisioning_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"cradle/directory"
	"cradle/provisioning"
)

const (
	yMAC   = "805ec0123456"
	yFile  = "/p/805ec0123456.cfg"
	yAgent = "Yealink SIP-T46U 108.86.0.90 80:5e:c0:12:34:56"
	sMAC   = "000413aabb01"
	sFile  = "/p/snomD785-000413AABB01.htm"
)

func lineSecret(d *directory.Device) string { return d.Lines[0].Account.Secret.Reveal() }

func TestUnknownPhoneIsAdoptedIntoTheLobby(t *testing.T) {
	k := newKit(t, kitOptions{})
	resp := k.p.Answer(context.Background(), request(provisioning.DoorHTTP, inside, yFile, yAgent))
	d := k.device(yMAC)
	if resp.Status != 200 || d == nil {
		t.Fatalf("%d, %v: %s", resp.Status, d, k.lastRule(yMAC))
	}
	if d.Step != directory.StepLobby || d.Model != "yealink-t46u" || d.Firmware != "108.86.0.90" || d.Vendor != "Yealink" || d.Site != k.site.ID || d.Token == "" {
		t.Errorf("adopted as %+v", d)
	}
	for _, want := range []string{"ID " + d.PhoneID, lineSecret(d), "http://127.0.0.1:8080/p/~" + k.token(yMAC) + "/"} {
		if !contains(resp.Body, want) {
			t.Errorf("the file lacks %q", want)
		}
	}
	if contains(resp.Body, d.AdminPassword.Reveal()) {
		t.Error("the file of the lobby holds the administrator's password")
	}
	if !resp.NoStore || resp.ETag == "" || resp.ContentType != "text/plain" {
		t.Errorf("%+v", resp)
	}
}

func TestSiteThatApprovesGivesNoSecret(t *testing.T) {
	k := newKit(t, kitOptions{site: func(s *directory.Site) { s.Adoption = directory.AdoptApprove }})
	resp := k.get(inside, sFile)
	d := k.device(sMAC)
	if resp.Status != 200 || d == nil || d.Step != directory.StepSeen {
		t.Fatalf("%d %+v", resp.Status, d)
	}
	for _, secret := range []string{lineSecret(d), d.Lines[0].Account.User, d.AdminPassword.Reveal(), d.UserPassword.Reveal()} {
		if contains(resp.Body, secret) {
			t.Errorf("the file of a seen phone holds %s", secret)
		}
	}
	if !contains(resp.Body, "ID "+d.PhoneID) || !contains(resp.Body, "~"+k.token(sMAC)) {
		t.Error("the file lacks Phone ID or URL")
	}
}

func TestSiteThatComesToAdoptIntoTheLobby(t *testing.T) {
	k := newKit(t, kitOptions{site: func(s *directory.Site) { s.Adoption = directory.AdoptApprove }})
	k.get(inside, yFile)
	k.site.Adoption = directory.AdoptLobby
	k.update(t, func(tx *directory.Tx) error { return tx.PutSite(&k.site) })
	eventually(t, "the seen phone is in the lobby", func() bool {
		r := k.get(inside, yFile)
		return r.Status == 200 && contains(r.Body, lineSecret(k.device(yMAC)))
	})
}

func TestEverythingRefusedIsTheSameAnswer(t *testing.T) {
	k := newKit(t, kitOptions{site: func(s *directory.Site) { s.Adoption = directory.AdoptClosed }})
	k.importPhone(t, yMAC, "yealink-t46u", false)
	k.importPhone(t, "805ec0000001", "yealink-t46u", false)
	k.change(t, "805ec0000001", func(d *directory.Device) { d.Disabled = true })
	wrong := "/p/~" + strings.Repeat("a", 26)
	first := k.get(inside, "/p/805ec0999999.cfg")
	if first.Status != 404 {
		t.Fatal(first.Status)
	}
	for name, resp := range map[string]provisioning.Response{
		"wrong token":              k.get(inside, wrong+"/805ec0123456.cfg"),
		"wrong token, no file":     k.get(inside, wrong),
		"disabled":                 k.get(inside, "/p/805ec0000001.cfg"),
		"known, from outside":      k.get(outside, yFile),
		"unknown, from outside":    k.get(outside, "/p/805ec0999998.cfg"),
		"common, from outside":     k.get(outside, "/p/y000000000108.cfg"),
		"nonsense":                 k.get(inside, "/p/../../etc/passwd"),
		"empty":                    k.get(inside, "/p/"),
		"nothing":                  k.get(inside, ""),
		"not asked by this vendor": k.get(inside, "/p/cfg805ec0123456.xml"),
		"a file that need not be":  k.get(inside, "/p/805ec0123456.boot"),
		"zero MAC":                 k.get(inside, "/p/000000000001.cfg"),
		"MACs do not agree":        k.p.Answer(context.Background(), request(provisioning.DoorHTTP, inside, yFile, "Yealink SIP-T46U 108.86.0.90 80:5e:c0:00:00:09")),
		"upload of a stranger":     k.put(inside, "/p/805ec0777777-local.cfg"),
		"over TFTP, unknown":       k.tftp(inside, "805ec0999997.cfg"),
	} {
		if !reflect.DeepEqual(resp, first) {
			t.Errorf("%s: %+v", name, resp)
		}
	}
}

func (k *kit) put(from, path string) provisioning.Response {
	r := request(provisioning.DoorHTTP, from, path, "")
	r.Method = "PUT"
	return k.p.Answer(context.Background(), r)
}

func TestSecondAskerGetsNothingAndIsAConflict(t *testing.T) {
	k := newKit(t, kitOptions{})
	if r := k.get(inside, yFile); r.Status != 200 {
		t.Fatal(r.Status)
	}
	before := *k.device(yMAC)
	if r := k.get(inside2, yFile); r.Status != 404 {
		t.Errorf("the second asker got %d", r.Status)
	}
	eventually(t, "the conflict is shown", func() bool { return k.device(yMAC).Conflict })
	after := k.device(yMAC)
	if after.PhoneID != before.PhoneID || after.Token != before.Token {
		t.Error("a second asker changed the pair")
	}
	if r := k.get(inside, yFile); r.Status != 200 {
		t.Errorf("the first asker is refused: %s", k.lastRule(yMAC))
	}
	if r := k.get(inside2, "/p/~"+k.token(yMAC)+"/805ec0123456.cfg"); r.Status != 200 {
		t.Errorf("the token is refused from another address: %s", k.lastRule(yMAC))
	}
}

func TestFirstAskerIsKnownAfterARestart(t *testing.T) {
	k := newKit(t, kitOptions{})
	k.get(inside, yFile)
	again, err := provisioning.New(provisioning.Config{Directory: k.dir, Catalog: k.p.Catalog(), Now: k.clock, Servers: provisioning.Servers{HTTPPort: 8080}})
	must(t, err)
	defer again.Close() //nolint:errcheck // nothing can fail
	if r := again.Answer(context.Background(), request(provisioning.DoorHTTP, inside, yFile, "")); r.Status != 200 {
		t.Errorf("the first asker: %d", r.Status)
	}
	if r := again.Answer(context.Background(), request(provisioning.DoorHTTP, inside2, yFile, "")); r.Status != 404 {
		t.Errorf("another: %d", r.Status)
	}
}

func TestApprovalRotatesWhatTheLobbyLearnt(t *testing.T) {
	k := newKit(t, kitOptions{})
	lobby := k.get(inside, yFile)
	old := lineSecret(k.device(yMAC))
	k.update(t, func(tx *directory.Tx) error { return tx.Approve(k.device(yMAC).ID) })
	full := k.get(inside, "/p/~"+k.token(yMAC)+"/805ec0123456.cfg")
	d := k.device(yMAC)
	if !contains(lobby.Body, old) || contains(full.Body, old) || !contains(full.Body, lineSecret(d)) || !contains(full.Body, d.AdminPassword.Reveal()) {
		t.Errorf("status %d, old secret still served: %v", full.Status, contains(full.Body, old))
	}
}

// TestLifeOfAnImportedPhone walks from import to the token's step and beyond.
func TestLifeOfAnImportedPhone(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	full := k.get(inside, yFile)
	if full.Status != 200 || !contains(full.Body, "Ada Lovelace") || !contains(full.Body, lineSecret(d)) {
		t.Fatalf("%d: %s", full.Status, k.lastRule(yMAC))
	}
	eventually(t, "first contact is noted", func() bool { return !k.device(yMAC).Seen.IsZero() })
	k.later(time.Minute)
	k.register(k.device(yMAC), inside)
	// The clerk sees the registration within its tick; then the grace runs.
	eventually(t, "the grace begins", func() bool { return k.get(inside2, yFile).Status == 200 })
	k.later(11 * time.Minute)
	if r := k.get(inside2, yFile); r.Status != 404 {
		t.Errorf("after the grace another address got %d", r.Status)
	}
	if r := k.get(inside, yFile); r.Status != 200 {
		t.Errorf("the registered address got %d: %s", r.Status, k.lastRule(yMAC))
	}
	if k.device(yMAC).Step != directory.StepApproved {
		t.Fatal("on the token's step without its token")
	}
	url := "/p/~" + k.token(yMAC) + "/805ec0123456.cfg"
	if r := k.get(inside, url); r.Status != 200 {
		t.Fatal(k.lastRule(yMAC))
	}
	eventually(t, "the token's step", func() bool { return k.device(yMAC).Step == directory.StepToken })
	if r := k.get(outside, url); r.Status != 200 {
		t.Errorf("with its token from outside: %d", r.Status)
	}
	k.update(t, func(tx *directory.Tx) error { return tx.Rearm(d.ID) })
	if r := k.get(inside, url); r.Status != 404 {
		t.Errorf("the old token after re-arming: %d", r.Status)
	}
	if r := k.get(inside2, yFile); r.Status != 200 || contains(r.Body, lineSecret(d)) {
		t.Errorf("the new window: %d: %s", r.Status, k.lastRule(yMAC))
	}
}

func TestWindowAfterApproval(t *testing.T) {
	k := newKit(t, kitOptions{})
	k.importPhone(t, yMAC, "yealink-t46u", false)
	k.later(24 * time.Hour)
	if r := k.get(inside, yFile); r.Status != 404 {
		t.Errorf("after the window: %d", r.Status)
	}
	k.update(t, func(tx *directory.Tx) error { return tx.SetLimit("token_window_hours", 48) })
	if r := k.get(inside, yFile); r.Status != 200 {
		t.Errorf("in the longer window: %d: %s", r.Status, k.lastRule(yMAC))
	}
}

func TestSomebodyLogsIn(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", false)
	idle := k.get(inside, yFile)
	eventually(t, "an answer that is not rendered again, once the clerk has written down the first", func() bool {
		one, two := k.get(inside, yFile), k.get(inside, yFile)
		return one.ETag == idle.ETag && &one.Body[0] == &two.Body[0]
	})
	k.update(t, func(tx *directory.Tx) error {
		_, err := tx.Sit(directory.SitRequest{Extension: k.ada.ID, At: directory.LineRef{Device: d.ID, Line: 1}, By: "test", How: "portal"})
		return err
	})
	sitting := k.get(inside, yFile)
	if !contains(idle.Body, "label = ID "+d.PhoneID) || !contains(sitting.Body, "display_name = Ada Lovelace") || idle.ETag == sitting.ETag {
		t.Error("the settings did not follow the seat")
	}
	k.update(t, func(tx *directory.Tx) error { _, err := tx.Leave(k.ada.ID); return err })
	if back := k.get(inside, yFile); back.ETag != idle.ETag {
		t.Error("not as before after leaving")
	}
	k.update(t, func(tx *directory.Tx) error {
		return tx.SetSetting(directory.Scope{Kind: "site", ID: string(k.site.ID)}, "time.server", "ntp.example")
	})
	if r := k.get(inside, yFile); !contains(r.Body, "ntp_server1 = ntp.example") {
		t.Error("a setting of the site is not seen")
	}
}

func TestHostileNamesStayNames(t *testing.T) {
	k := newKit(t, kitOptions{})
	k.importPhone(t, yMAC, "yealink-t46u", true)
	k.importPhone(t, sMAC, "snom-d785", true)
	for _, name := range []string{"</user_realname><x>", `a" b="c`, "x & y", "%NULL%", "= 1"} {
		k.ada.Name = name
		k.update(t, func(tx *directory.Tx) error { return tx.PutExtension(&k.ada) })
		for path, of := range map[string][2]string{yFile: {"yealink-t46u", "{mac}.cfg"}, sFile: {"snom-d785", "snom{model}-{MAC}.htm"}} {
			r := k.get(inside, path)
			if err := k.p.Catalog().Model(of[0]).Family.Named(of[1]).Check(r.Body); r.Status != 200 || err != nil {
				t.Errorf("%q: %d %v", name, r.Status, err)
			}
		}
	}
}

func TestUploadsAreTakenQuietly(t *testing.T) {
	k := newKit(t, kitOptions{})
	k.importPhone(t, yMAC, "yealink-t46u", true)
	if r := k.put(inside, "/p/805ec0123456-local.cfg"); r.Status != 200 {
		t.Errorf("an upload: %d", r.Status)
	}
	if r := k.put(inside, yFile); r.Status != 404 {
		t.Errorf("an upload over its settings: %d", r.Status)
	}
	if k.put(inside, "/p/805ec0777777-local.cfg"); k.device("805ec0777777") != nil {
		t.Error("an upload adopted a phone")
	}
}

func TestRenderingIsBounded(t *testing.T) {
	k := newKit(t, kitOptions{})
	k.importPhone(t, yMAC, "yealink-t46u", true)
	k.update(t, func(tx *directory.Tx) error { return tx.SetLimit("render_parallel", 1) })
	k.get(inside, yFile)
	eventually(t, "first contact is noted", func() bool { return !k.device(yMAC).Seen.IsZero() })
	k.get(inside, yFile)
	release := provisioning.HoldRendering(k.p)
	if r := k.get(inside, yFile); r.Status != 200 {
		t.Errorf("from the cache: %d", r.Status)
	}
	k.ada.Name = "Countess"
	k.update(t, func(tx *directory.Tx) error { return tx.PutExtension(&k.ada) })
	if r := k.get(inside, yFile); r.Status != 503 || r.RetryAfter < 1 || r.RetryAfter > 5 {
		t.Errorf("above the bound: %+v", r)
	}
	release()
	if r := k.get(inside, yFile); r.Status != 200 {
		t.Errorf("afterwards: %d", r.Status)
	}
}

func TestNotSetUpYet(t *testing.T) {
	k := newKit(t, kitOptions{noOwner: true})
	if r := k.get(inside, yFile); r.Status != 404 || k.device(yMAC) != nil {
		t.Errorf("before the wizard: %d", r.Status)
	}
}

func TestRenderForThePortalMasksSecrets(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	k.get(inside, yFile)
	r, err := k.p.Render(d.ID, "{mac}.cfg")
	must(t, err)
	d = k.device(yMAC)
	for _, secret := range []string{lineSecret(d), d.AdminPassword.Reveal(), k.token(yMAC)} {
		if contains(r.Body, secret) {
			t.Errorf("the portal's view holds %s", secret)
		}
	}
	if !contains(r.Body, "password = ***") || r.Settings["time.zone"].Layer != "site" || r.Settings["sip.dtmf"].Text == "" {
		t.Errorf("%s %+v", r.Body, r.Settings)
	}
	if _, err := k.p.Render("nobody", "x"); err == nil {
		t.Error("a device that is not there")
	}
	if _, err := k.p.Render(d.ID, "snomD785.htm"); err == nil {
		t.Error("a file its model does not ask for")
	}
}
