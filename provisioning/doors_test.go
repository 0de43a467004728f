package provisioning_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cradle/directory"
	"cradle/provisioning"
)

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

// TestPhonesInFullOverTFTP: those are listed that get their secrets by it, no others.
func TestPhonesInFullOverTFTP(t *testing.T) {
	const only = "002699aabb01" // a model of Cisco's that knows no other door
	for policy, want := range map[directory.TFTPPolicy][]directory.MAC{
		directory.TFTPBootstrap: {only}, directory.TFTPFull: {only, yMAC}, directory.TFTPOff: {only},
	} {
		k := newKit(t, kitOptions{site: func(s *directory.Site) { s.TFTP = policy }})
		k.importPhone(t, yMAC, "yealink-t46u", true)
		k.importPhone(t, only, "cisco-7960", true)
		gone := k.importPhone(t, "805ec0123457", "yealink-t46u", true)
		k.update(t, func(tx *directory.Tx) error {
			d := *tx.Snapshot().Device(gone.ID)
			d.Disabled = true
			return tx.PutDevice(&d)
		})
		var got []directory.MAC
		for _, one := range k.p.OverTFTP(k.org.ID) {
			if got = append(got, one.MAC); one.OnlyTFTP != (one.MAC == only) || one.Site != k.site.ID {
				t.Errorf("%s: %+v", policy, one)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", policy, got, want)
		}
		if other := k.p.OverTFTP("another"); len(other) > 0 {
			t.Errorf("another organization's: %v", other)
		}
	}
}

// TestAFileNamesItsFamily: over TFTP no phone says its model, so where its
// vendor's phones differ, the file's name tells what it reads.
func TestAFileNamesItsFamily(t *testing.T) {
	k := newKit(t, kitOptions{})
	for name, want := range map[string]string{
		"SEP002699AABB01.cnf.xml": "<deviceProtocol>SIP",
		"SIP002699AABB02.cnf":     "sntp_server:",
		"002699aabb03.xml":        "<Profile_Rule>",
		"SIPDefault.cnf":          "proxy_register:",
		"XMLDefault.cnf.xml":      "<callManagerGroup>",
	} {
		if resp := k.tftp(inside, name); resp.Status != 200 || !contains(resp.Body, want) {
			t.Errorf("%s: %d, without %s:\n%s", name, resp.Status, want, resp.Body)
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
	// The phone in its place has no authority of ours yet, nor has one that was reset.
	id := k.device(yMAC).ID
	k.update(t, func(tx *directory.Tx) error { return tx.Replace(id, newMAC, "") })
	if r := k.get(inside, "/p/"+newMAC+".cfg"); r.Status != 200 || contains(r.Body, "server.url = https") {
		t.Errorf("%d: https for the new phone: %s", r.Status, k.lastRule(newMAC))
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

// TestRefusalsTakeTheSameTime compares medians of interleaved tries. The bound
// is the 50 us that refusals may differ by; one refusal takes a few.
func TestRefusalsTakeTheSameTime(t *testing.T) {
	k := newKit(t, kitOptions{site: func(s *directory.Site) { s.Adoption = directory.AdoptClosed }})
	k.importPhone(t, yMAC, "yealink-t46u", true)
	k.change(t, yMAC, func(d *directory.Device) { d.Disabled = true })
	k.importPhone(t, "805ec0000002", "yealink-t46u", true)
	eventually(t, "its token", func() bool { return k.device("805ec0000002").Token != "" })
	tries := []struct{ from, path string }{
		{inside, "/p/805ec0999999.cfg"}, {inside, "/p/~" + strings.Repeat("a", 26) + "/805ec0999999.cfg"}, {inside, yFile},
		{outside, "/p/805ec0999999.cfg"}, {outside, "/p/~" + strings.Repeat("a", 26) + "/805ec0999999.cfg"}, {outside, yFile}, {outside, "/p/805ec0000002.cfg"},
	}
	took := make([][]time.Duration, len(tries))
	for range 1000 {
		for i, try := range tries {
			began := time.Now()
			k.get(try.from, try.path)
			took[i] = append(took[i], time.Since(began))
		}
	}
	least, most := time.Hour, time.Duration(0)
	for i := range took {
		slices.Sort(took[i])
		median := took[i][len(took[i])/2]
		least, most = min(least, median), max(most, median)
	}
	if most-least > 50*time.Microsecond && float64(most) > 1.05*float64(least) {
		t.Errorf("medians from %v to %v", least, most)
	}
}

// TestAnotherOrganizationsNetwork: a phone is a stranger in others' networks.
func TestAnotherOrganizationsNetwork(t *testing.T) {
	k := newKit(t, kitOptions{})
	k.importPhone(t, yMAC, "yealink-t46u", true)
	k.update(t, func(tx *directory.Tx) error {
		other := directory.Organization{Name: "Other", Domain: "other.example"}
		if err := tx.PutOrganization(&other); err != nil {
			return err
		}
		return tx.PutSite(&directory.Site{Organization: other.ID, Name: "There", Adoption: directory.AdoptLobby, TFTP: directory.TFTPFull, Networks: []netip.Prefix{netip.MustParsePrefix("127.99.0.0/16")}})
	})
	pnp := request(provisioning.DoorPnP, outside, "MAC:"+yMAC, "")
	for name, resp := range map[string]provisioning.Response{
		"http": k.get(outside, yFile), "tftp": k.tftp(outside, yFile), "pnp": k.p.Answer(context.Background(), pnp),
	} {
		if resp.Status != 404 || resp.URL != "" {
			t.Errorf("%s: %+v", name, resp)
		}
	}
}
