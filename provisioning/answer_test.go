package provisioning_test

import (
	"context"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"sync"
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

func TestTFTPPolicies(t *testing.T) {
	for policy, want := range map[directory.TFTPPolicy]struct {
		status int
		secret bool
	}{directory.TFTPBootstrap: {200, false}, directory.TFTPFull: {200, true}, directory.TFTPOff: {404, false}} {
		k := newKit(t, kitOptions{site: func(s *directory.Site) { s.TFTP = policy }})
		d := k.importPhone(t, yMAC, "yealink-t46u", true)
		resp := k.tftp(inside, "805EC0123456.CFG")
		if resp.Status != want.status || contains(resp.Body, lineSecret(d)) != want.secret || contains(resp.Body, d.AdminPassword.Reveal()) != want.secret {
			t.Errorf("%s: %d, secret %v, want %+v", policy, resp.Status, contains(resp.Body, lineSecret(d)), want)
		}
		if policy == directory.TFTPBootstrap && (!contains(resp.Body, "/p/~"+k.token(yMAC)+"/") || contains(resp.Body, "account.1")) {
			t.Errorf("the bootstrap lacks the URL or clears the account:\n%s", resp.Body)
		}
		if r := k.tftp(outside, "805ec0123456.cfg"); r.Status != 404 {
			t.Errorf("%s from outside: %d", policy, r.Status)
		}
	}
}

func TestAdoptionCaps(t *testing.T) {
	k := newKit(t, kitOptions{})
	k.update(t, func(tx *directory.Tx) error {
		if err := tx.SetLimit("adoption_per_minute", 3); err != nil {
			return err
		}
		return tx.SetLimit("adoption_unapproved_per_site", 5)
	})
	got := func(from int) (n int) {
		for i := range 6 {
			if k.get(inside, fmt.Sprintf("/p/805ec000%02x%02x.cfg", from, i)).Status == 200 {
				n++
			}
		}
		return n
	}
	if n := got(1); n != 3 {
		t.Errorf("%d in one minute", n)
	}
	k.later(time.Minute)
	if n := got(2); n != 2 {
		t.Errorf("%d more up to the site's cap", n)
	}
}

func TestOnlyOneOfManyAdopts(t *testing.T) {
	k := newKit(t, kitOptions{})
	var all sync.WaitGroup
	var mu sync.Mutex
	ids := map[string]int{}
	for range 16 {
		all.Go(func() {
			r := k.get(inside, yFile)
			mu.Lock()
			ids[r.ETag]++
			mu.Unlock()
		})
	}
	all.Wait()
	if len(ids) != 1 || ids[""] != 0 {
		t.Errorf("%v: not the same settings for the same phone", ids)
	}
}

func TestMissesFromOutsideAreIgnored(t *testing.T) {
	k := newKit(t, kitOptions{})
	k.importPhone(t, yMAC, "yealink-t46u", true)
	if r := k.get(inside, yFile); r.Status != 200 {
		t.Fatal(r.Status)
	}
	url := "/p/~" + k.token(yMAC) + "/805ec0123456.cfg"
	for i := range 10 {
		if r := k.get(outside, url); r.Status != 200 {
			t.Fatalf("ignored after %d misses", i)
		}
		k.get(outside, fmt.Sprintf("/p/805ec00000%02x.cfg", i))
	}
	if r := k.get(outside, url); r.Status != 404 || !strings.Contains(k.lastRule(yMAC), "ignored") {
		t.Errorf("%d: %s", r.Status, k.lastRule(yMAC))
	}
	k.later(time.Hour)
	if r := k.get(outside, url); r.Status != 200 {
		t.Errorf("still ignored after an hour: %s", k.lastRule(yMAC))
	}
}

func TestPlugAndPlay(t *testing.T) {
	k := newKit(t, kitOptions{})
	r := request(provisioning.DoorPnP, inside, "MAC:000413AABB01", "")
	r.Event = map[string]string{"profile-type": "device", "vendor": "OEM", "model": "OEM", "version": "1"}
	resp := k.p.Answer(context.Background(), r)
	if resp.Status != 200 || resp.URL != "http://127.0.0.1:8080/p/" {
		t.Fatalf("%+v: %s", resp, k.lastRule(sMAC))
	}
	if d := k.device(sMAC); d == nil || d.Vendor != "Snom" || d.Model != "" {
		t.Errorf("adopted as %+v", d)
	}
	if resp := k.get(inside, sFile); resp.Status != 200 {
		t.Errorf("the same asker by HTTP: %d, %s", resp.Status, k.lastRule(sMAC))
	}
	eventually(t, "the model is noted", func() bool { return k.device(sMAC).Model == "snom-d785" })
	r.Source = netip.AddrPortFrom(netip.MustParseAddr(outside), 5060)
	if resp := k.p.Answer(context.Background(), r); resp.Status != 404 || resp.URL != "" {
		t.Errorf("from outside: %+v", resp)
	}
	r = request(provisioning.DoorPnP, inside, "MAC%3a805ec0123456", "")
	r.Event = map[string]string{"vendor": "Yealink", "model": "T46U", "version": "108.86.0.90"}
	if k.p.Answer(context.Background(), r); k.device(yMAC) == nil || k.device(yMAC).Model != "yealink-t46u" {
		t.Errorf("an event that may be believed: %+v", k.device(yMAC))
	}
}

func TestHostOfTheSettings(t *testing.T) {
	for _, c := range []struct{ advertise, siteSays, from, want string }{
		{"", "", inside, "http://127.0.0.1:8080/"},
		{"pbx.example", "", inside, "http://127.0.0.1:8080/"},
		{"pbx.example", "", outside, "http://pbx.example:8080/"},
		{"pbx.example", "10.1.1.1", inside, "http://10.1.1.1:8080/"},
		{"", "fd00::1", inside, "http://[fd00::1]:8080/"},
	} {
		k := newKit(t, kitOptions{config: func(o *provisioning.Config) { o.Servers.Advertise = c.advertise }, site: func(s *directory.Site) { s.Advertise = c.siteSays }})
		k.importPhone(t, yMAC, "yealink-t46u", true)
		k.get(inside, yFile)
		resp := k.get(c.from, "/p/~"+k.token(yMAC)+"/805ec0123456.cfg")
		if !contains(resp.Body, "server.url = "+c.want+"p/~") {
			t.Errorf("%+v: %d %s", c, resp.Status, firstLines(resp.Body))
		}
	}
}

func firstLines(b []byte) string {
	return strings.Join(strings.SplitN(string(b), "\n", 4)[:min(3, strings.Count(string(b), "\n"))], "|")
}

func TestHTTPSOnlyForThoseWhoHaveOurAuthority(t *testing.T) {
	k := newKit(t, kitOptions{config: func(c *provisioning.Config) { c.CA = []byte("-----BEGIN CERTIFICATE-----\n") }})
	k.importPhone(t, yMAC, "yealink-t46u", true)
	first := k.get(inside, yFile)
	if !contains(first.Body, "server.url = http://") {
		t.Fatal("https before it had our authority")
	}
	base := "/p/~" + k.token(yMAC) + "/"
	if ca := k.get(inside, base+"authority.pem"); ca.Status != 200 || !contains(ca.Body, "BEGIN CERTIFICATE") {
		t.Fatalf("%d", ca.Status)
	}
	eventually(t, "https is used", func() bool {
		return contains(k.get(inside, base+"805ec0123456.cfg").Body, "server.url = https://127.0.0.1:8443/p/~")
	})
	k.importPhone(t, sMAC, "snom-d785", true)
	k.get(inside, sFile)
	if r := k.get(inside, "/p/~"+k.token(sMAC)+"/snomD785-000413AABB01.htm"); r.Status != 200 || !contains(r.Body, "http://") || contains(r.Body, "https://") {
		t.Error("https for a model that does not check our authority")
	}
}

func TestPathsAsPhonesWriteThem(t *testing.T) {
	k := newKit(t, kitOptions{})
	k.importPhone(t, yMAC, "yealink-t46u", true)
	for _, path := range []string{"/p/805ec0123456.cfg", "/805ec0123456.cfg", "805ec0123456.cfg", "//p//805EC0123456.CFG", "/P/805ec0123456.cfg?x=1", `\p\805ec0123456.cfg`, "/p/phones/805ec0123456.cfg"} {
		if r := k.get(inside, path); r.Status != 200 {
			t.Errorf("%s: %d", path, r.Status)
		}
	}
	for path, want := range map[string]bool{"/p/x": true, "/805ec0123456.cfg": true, "/y000000000108.cfg": true, "//cfggrp2614.xml": true, "/snomD785.htm": true,
		"/": false, "/index.html": false, "/api/v1/devices": false, "/setup": false, "/assets/app.js": false, "/phones": false} {
		if k.p.Claims(path) != want {
			t.Errorf("Claims(%q) is %v", path, !want)
		}
	}
}

func TestCommonFilesForSiteNetworks(t *testing.T) {
	k := newKit(t, kitOptions{site: func(s *directory.Site) { s.Adoption = directory.AdoptClosed }})
	for _, path := range []string{"/p/y000000000108.cfg", "/p/snomD785.htm", "/p/cfggrp2614.xml", "/p/000000000000.cfg"} {
		if r := k.get(inside, path); r.Status != 200 || len(r.Body) == 0 {
			t.Errorf("%s: %d", path, r.Status)
		}
	}
	if r := k.tftp(inside, "y000000000108.cfg"); r.Status != 200 {
		t.Errorf("over TFTP: %d", r.Status)
	}
}

func TestSomebodyLogsIn(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", false)
	idle := k.get(inside, yFile)
	if again := k.get(inside, yFile); again.ETag != idle.ETag || &again.Body[0] != &idle.Body[0] {
		t.Error("the second answer was rendered again")
	}
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
		for path, vendor := range map[string]string{yFile: "yealink", sFile: "snom"} {
			r := k.get(inside, path)
			if err := k.p.Catalog().Vendor(vendor).Format.Check(r.Body); r.Status != 200 || err != nil {
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
