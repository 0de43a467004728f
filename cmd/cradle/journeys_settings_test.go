package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// phoneState is what a simulated phone tells of itself.
type phoneState struct {
	Boots, Rereads int
	Registered     bool
	Screen         string
	Account        struct {
		Server, Transport, Name, Label string
		Port, Expires                  int
	}
}

// State asks a phone how it is.
func (p *phone) State(t *testing.T) phoneState { t.Helper(); return p.Ask(t, "state") }

// Ask lets a phone do one thing and returns how it is then.
func (p *phone) Ask(t *testing.T, do string) phoneState {
	t.Helper()
	conn, err := net.Dial("unix", p.Control)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var told struct {
		OK    bool
		Error string
		State phoneState
	}
	if _, err = fmt.Fprintf(conn, "{\"do\":%q}\n", do); err == nil {
		err = json.NewDecoder(conn).Decode(&told)
	}
	if err != nil || !told.OK {
		t.Fatalf("%s: %v %s", do, err, told.Error)
	}
	return told.State
}

// named is the ID of a record of a list by one of its fields.
func (a *machine) named(list, field, value string) string {
	a.t.Helper()
	var all struct{ Items []map[string]any }
	if s := a.API("GET", "/api/v1/"+list+"?limit=500", nil, &all); s != http.StatusOK {
		a.t.Fatalf("%s: status %d", list, s)
	}
	for _, one := range all.Items {
		if one[field] == value {
			return one["id"].(string)
		}
	}
	a.t.Fatalf("no one of %s has the %s %q", list, field, value)
	return ""
}

// must does a request that has to succeed and returns the new record's ID, if any.
func (a *machine) must(method, path string, body any) string {
	a.t.Helper()
	var made struct{ ID string }
	if s := a.API(method, path, body, &made); s >= 300 {
		a.t.Fatalf("%s %s: status %d", method, path, s)
	}
	return made.ID
}

const (
	adaFile   = "/p/805ec0123456.cfg"
	graceFile = "/p/snomD785-000413AABB01.htm"
	frontFile = "/p/cfgc074ad001122.xml"
)

// ownFile is a phone's file as the phone itself asks for it once it has booted:
// without its token nobody else gets it any more.
func (a *machine) ownFile(mac, file string) string {
	a.t.Helper()
	return a.fetched("/p/~" + a.Devices()[mac].Token + "/" + strings.TrimPrefix(file, "/p/"))
}

// TestAnEditReachesThePhone: whatever is edited, the phone that it concerns is
// asked to read its settings again, reads them and has the new ones; a phone that
// it does not concern is left in peace.
func TestAnEditReachesThePhone(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	ada := bootPhone(t, "yealink-t46u", "80:5e:c0:12:34:56", "http://"+a.HTTP+"/p/")
	grace := bootPhone(t, "snom-d785", "00:04:13:aa:bb:01", "http://"+a.HTTP+"/p/")
	london, desk := a.named("sites", "name", "London"), a.named("devices", "mac", "80:5e:c0:12:34:56")
	keys := func(label string) any {
		return map[string]any{"name": "Floor", "keys": []any{map[string]any{"type": "blf", "position": 3, "value": "103", "label": label}}}
	}
	layout := a.must("POST", "/api/v1/layouts", keys("Door"))
	profile := a.must("POST", "/api/v1/profiles", map[string]any{"name": "Quiet", "layout": "Floor"})
	ada.Ask(t, "registered")
	grace.Ask(t, "registered")
	a.settled()
	for _, c := range []struct {
		what, method, path string
		body               any
		in                 string // what ada's file has after it
		both               bool   // grace's phone is concerned too
	}{
		{"a profile", "PATCH", "devices/" + desk, map[string]any{"profile": "Quiet"}, "linekey.3.value = 103\nlinekey.3.label = Door\n", false},
		{"its layout", "PATCH", "layouts/" + layout, keys("Gate"), "linekey.3.label = Gate\n", false},
		{"a setting of the profile", "PUT", "settings/profile/" + profile + "/calls.dial_timeout", map[string]any{"value": "9"}, "phone_setting.inter_digit_time = 9\n", false},
		{"a setting of the model", "PUT", "settings/model/yealink-t46u/sip.expires", map[string]any{"value": "1200"}, " = 1200\n", false},
		{"a setting of the site", "PUT", "settings/site/" + london + "/network.vlan", map[string]any{"value": "77"}, "network.vlan.internet_port_vid = 77\n", true},
		{"the person's name", "PATCH", "extensions/" + a.named("extensions", "number", "101"), map[string]any{"name": "Countess"}, "Countess", false},
	} {
		before, beside := ada.State(t), grace.State(t)
		began := time.Now()
		a.must(c.method, "/api/v1/"+c.path, c.body)
		waitFor(t, 15*time.Second, c.what+" reached the phone", func() bool {
			now := ada.State(t)
			return now.Rereads+now.Boots > before.Rereads+before.Boots && now.Registered
		})
		t.Logf("%s reached the phone after %v", c.what, time.Since(began).Round(time.Millisecond))
		if text := a.ownFile("80:5e:c0:12:34:56", adaFile); !strings.Contains(text, c.in) {
			t.Errorf("%s: the file lacks %q:\n%s", c.what, c.in, text)
		}
		a.settled()
		if now := grace.State(t); (now.Rereads+now.Boots > beside.Rereads+beside.Boots) != c.both {
			t.Errorf("%s: the other phone read its settings again: %v, want %v", c.what, !c.both, c.both)
		}
	}
	if now := ada.State(t); now.Account.Expires != 1200 || now.Account.Name != "Countess" {
		t.Errorf("the phone itself has %+v", now.Account)
	}
}

// settled waits until no phone is asked for anything any more.
func (a *machine) settled() {
	a.t.Helper()
	waitFor(a.t, 20*time.Second, "the phones have all there is", func() bool {
		var list struct{ Items []struct{ Resync string } }
		a.API("GET", "/api/v1/devices", nil, &list)
		for _, d := range list.Items {
			if d.Resync == "pending" {
				return false
			}
		}
		return true
	})
}

// TestLocalServerOfAnExtension: the phone where an extension is at home registers
// with the server that the extension names, and no other phone does; what is no
// address is refused.
func TestLocalServerOfAnExtension(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	_, port, err := net.SplitHostPort(a.SIP)
	if err != nil {
		t.Fatal(err)
	}
	local, err := net.ListenPacket("udp", "127.0.0.77:"+port)
	if err != nil {
		t.Fatal(err)
	}
	defer local.Close()
	ada := bootPhone(t, "yealink-t46u", "80:5e:c0:12:34:56", "http://"+a.HTTP+"/p/")
	others := a.fetched(graceFile) + a.fetched(frontFile)
	one := "/api/v1/extensions/" + a.named("extensions", "number", "101")
	for _, wrong := range []string{"127.0.0.300", "10.1.1", "no host", "10.0.0.1:5060", "http://10.0.0.1", "sip:10.0.0.1", "1.2.3.4\nx = y"} {
		if s := a.API("PATCH", one, map[string]any{"server": wrong}, nil); s != http.StatusUnprocessableEntity {
			t.Errorf("the server %q: status %d", wrong, s)
		}
	}
	a.must("PATCH", one, map[string]any{"server": "127.0.0.77"})
	user := a.Devices()["80:5e:c0:12:34:56"].SIP.User
	if err := local.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	var refuse func()
	for buf := make([]byte, 4096); ; {
		n, from, err := local.ReadFrom(buf)
		if err != nil {
			t.Fatalf("the phone never came to the local server: %v, it is %+v", err, ada.State(t))
		}
		if text := string(buf[:n]); strings.HasPrefix(text, "REGISTER ") && strings.Contains(text, user) {
			refuse = func() { local.WriteTo([]byte(refused(text)), from) }
			break
		}
	}
	if a.fetched(graceFile)+a.fetched(frontFile) != others {
		t.Error("the files of other phones changed")
	}
	a.must("PATCH", one, map[string]any{"server": ""})
	refuse()
	waitFor(t, 20*time.Second, "the phone is back with us", func() bool {
		now := ada.State(t)
		return now.Registered && now.Account.Server == "127.0.0.1"
	})
}

// refused is a SIP answer that ends a transaction.
func refused(request string) string {
	answer := "SIP/2.0 403 Forbidden\r\n"
	for line := range strings.SplitSeq(request, "\r\n") {
		switch name, _, _ := strings.Cut(line, ":"); name {
		case "Via", "From", "To", "Call-ID", "CSeq":
			answer += line + "\r\n"
		}
	}
	return answer + "Content-Length: 0\r\n\r\n"
}

// TestTwoPartLabel: both parts of a number's display are in the phone's file.
func TestTwoPartLabel(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile + "numbers:\n  - {number: \"+442079460101\", site: London, extension: \"101\"}\n  - {number: \"+442079460102\", site: London, extension: \"102\"}\n")
	for number, file := range map[string]string{"+442079460101": adaFile, "+442079460102": graceFile} {
		if text := a.fetched(file); strings.Contains(text, "Countess") {
			t.Fatal("it is there before it was said")
		}
		a.must("PATCH", "/api/v1/numbers/"+a.named("numbers", "number", number), map[string]any{"display": []string{"Countess", "Room 7"}})
		if text := a.fetched(file); !strings.Contains(text, "Countess") || !strings.Contains(text, "Room 7") {
			t.Errorf("%s lacks a part of the label:\n%s", file, text)
		}
	}
}

// TestSettingsAreTheSameBytes: phones compare what they fetch with what they
// have, so nothing but a change makes another file: no other fetch, no other way
// in, no restart.
func TestSettingsAreTheSameBytes(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	files := []string{adaFile, graceFile, frontFile, "/p/64167f000001.cfg", "/p/y000000000108.cfg"}
	first := map[string]string{}
	for _, f := range files {
		a.fetched(f) // the first makes the phone's token, which the settings name from then on
	}
	for _, f := range files {
		first[f] = a.fetched(f)
		if len(first[f]) == 0 {
			t.Errorf("%s is empty", f)
		}
	}
	compare := func(when string) {
		t.Helper()
		for _, f := range files {
			if again := a.fetched(f); again != first[f] {
				t.Errorf("%s %s is another:\n%s", when, f, firstDifference(first[f], again))
			}
		}
	}
	compare("a second time")
	a.Stop()
	a.Restart()
	compare("after a restart")
	a.Kill()
	a.Restart()
	compare("after a power cut")
	a.must("PATCH", "/api/v1/extensions/"+a.named("extensions", "number", "101"), map[string]any{"name": "Countess"})
	if a.fetched(adaFile) == first[adaFile] {
		t.Error("a change makes no other file")
	}
	a.must("PATCH", "/api/v1/extensions/"+a.named("extensions", "number", "101"), map[string]any{"name": "Ada Lovelace"})
	compare("changed back")
}

func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return fmt.Sprintf("line %d\n-%s\n+%s", i+1, as[i], bs[i])
		}
	}
	return fmt.Sprintf("%d lines, %d lines", len(as), len(bs))
}
