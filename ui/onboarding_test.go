package ui

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/clientcert"
	"cradle/provisioning/dhcp"
	"cradle/provisioning/onboard"
	"cradle/provisioning/settings"
	"cradle/ui/live"
)

// fakeOnboarding knows what the test says of how phones come in.
type fakeOnboarding struct {
	mu        sync.Mutex
	feed      feed[provisioning.Alarm]
	alarms    []provisioning.Alarm
	old       []provisioning.OldTLS
	tftp      map[directory.ID][]provisioning.OverTFTP // by organization
	met       feed[onboard.Stranger]
	strangers []onboard.Stranger
	asked     map[directory.ID]provisioning.WhyNot
	file      provisioning.ExplainedFile
	host      string // under which phones outside reach us
	left      []provisioning.LeftOut
}

// Holds refuses names with a hash sign.
func (f *fakeOnboarding) Holds(scope directory.Scope, key, _ string) error {
	if strings.Contains(key, "#") {
		return fmt.Errorf("%w: %s: no hash sign", provisioning.ErrByHand, scope.Kind)
	}
	return nil
}

func (f *fakeOnboarding) JudgeSetting(s *directory.Snapshot, scope directory.Scope, key, value string) error {
	if err := settings.Check(key, value); err != nil {
		return err
	}
	if scope.Kind == "device" {
		scope = directory.Scope{Kind: "model", ID: s.Device(directory.ID(scope.ID)).Model}
	}
	return f.Holds(scope, key, value)
}

func (f *fakeOnboarding) WhyNot(id directory.ID) (provisioning.WhyNot, error) {
	w, is := f.asked[id]
	if !is {
		return w, provisioning.ErrNeverAsked
	}
	return w, nil
}

func (f *fakeOnboarding) Explain(directory.ID) (provisioning.Explained, error) {
	if f.file.Lines == nil {
		return provisioning.Explained{}, provisioning.ErrNoFile
	}
	e := provisioning.Explained{Keys: []settings.Placed{{Key: directory.Key{Position: 1, Type: "line"}, From: settings.FromDefault},
		{Key: directory.Key{Position: 2, Type: "blf", Value: "102"}, From: settings.FromProfile}}}
	for i := range e.Settings {
		e.Settings[i].Layer = settings.FromDefault
	}
	e.Settings[settings.Language] = settings.Value{Text: "de", Layer: settings.FromSite}
	e.LeftOut = f.left
	return e, nil
}

func (f *fakeOnboarding) ExplainFile(_ directory.ID, name string, secrets bool) (provisioning.ExplainedFile, error) {
	if name != "{mac}.cfg" {
		return provisioning.ExplainedFile{}, provisioning.ErrNoFile
	}
	file := f.file
	if secrets {
		file.Lines = append(slices.Clone(file.Lines), provisioning.ExplainedLine{Text: "password = open"})
	}
	return file, nil
}

func (f *fakeOnboarding) RemoteURL(_ directory.ID, token string) string {
	if f.host == "" {
		return ""
	}
	return "https://" + f.host + "/p/~" + token + "/"
}

func (f *fakeOnboarding) DHCP(site directory.ID, server dhcp.Server, host netip.Addr) (dhcp.Snippet, error) {
	if !host.IsValid() {
		return dhcp.Snippet{}, fmt.Errorf("%w: nothing", dhcp.ErrURL)
	}
	return dhcp.Snippet{Text: fmt.Sprintf("%s %s %s", server, site, host), Note: "note"}, nil
}

func (f *fakeOnboarding) Strangers() []onboard.Stranger {
	return append([]onboard.Stranger{}, f.strangers...)
}

func (f *fakeOnboarding) WatchStrangers() live.Feed[onboard.Stranger] { return f.met.watch() }

func (f *fakeOnboarding) OldTLS() []provisioning.OldTLS {
	return append([]provisioning.OldTLS{}, f.old...)
}

func (f *fakeOnboarding) OverTFTP(org directory.ID) []provisioning.OverTFTP { return f.tftp[org] }

func (f *fakeOnboarding) AlarmList() []provisioning.Alarm {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]provisioning.Alarm{}, f.alarms...)
}

func (f *fakeOnboarding) WatchAlarms() live.Feed[provisioning.Alarm] { return f.feed.watch() }

func (f *fakeOnboarding) raise(a provisioning.Alarm) {
	f.mu.Lock()
	f.alarms = append([]provisioning.Alarm{a}, f.alarms...)
	f.mu.Unlock()
	f.feed.say(a)
}

// fakeAuthorities takes what begins like a certificate.
type fakeAuthorities struct{ list []clientcert.Authority }

func (f *fakeAuthorities) Authorities() []clientcert.Authority { return f.list }

func (f *fakeAuthorities) Add(vendor string, text []byte) (clientcert.Authority, error) {
	if block, _ := pem.Decode(text); block == nil {
		return clientcert.Authority{}, fmt.Errorf("%w: no certificate", clientcert.ErrPEM)
	}
	if vendor == clientcert.Own {
		return clientcert.Authority{}, fmt.Errorf("%w: %q", clientcert.ErrVendor, vendor)
	}
	one := clientcert.Authority{ID: vendor + ".1", Vendor: vendor, Subjects: []string{"Acme Root"}}
	f.list = append(f.list, one)
	return one, nil
}

func (f *fakeAuthorities) Remove(id string) error {
	for i, one := range f.list {
		if one.ID == id {
			f.list = append(f.list[:i], f.list[i+1:]...)
			return nil
		}
	}
	return fmt.Errorf("%w: %q", clientcert.ErrNone, id)
}

func TestReplaceOverTheAPI(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	old := c.get("/api/v1/devices").item("name", "Ada's desk")
	one := "/api/v1/devices/" + old["id"].(string)
	for mac, want := range map[string]int{"nonsense": 422, "80:5e:c0:12:34:56": 422, "C0-74-AD-00-11-22": 409} {
		c.post(one+"/replace", map[string]any{"mac": mac}).want(want).problem()
	}
	if a := c.post(one+"/replace", map[string]any{"mac": "c074ad001122"}); !strings.Contains(string(a.body), "Hot desk 1") {
		t.Errorf("it does not name the phone that has it: %s", a.body)
	}
	c.post(one+"/replace", map[string]any{"mac": "805ec0aaaaaa", "model": "acme-none"}).want(http.StatusUnprocessableEntity)
	got := c.post(one+"/replace", map[string]any{"mac": "80:5E:C0:AA:AA:AA", "model": "acme-two"}).want(http.StatusOK).json()
	if got["mac"] != "80:5e:c0:aa:aa:aa" || got["name"] != "Ada's desk" || got["line"] != "101" || got["model"] != "acme-two" || got["phone_id"] == old["phone_id"] {
		t.Errorf("replaced: %v", got)
	}
	c.post("/api/v1/devices/none/replace", map[string]any{"mac": "805ec0aaaaab"}).want(http.StatusNotFound)
	got = c.post(one+"/retire", nil).want(http.StatusOK).json()
	if got["line"] != "" || got["retired_at"] == nil {
		t.Errorf("retired: %v", got)
	}
	c.post("/api/v1/devices/none/retire", nil).want(http.StatusNotFound)
	other := "/api/v1/devices/" + c.get("/api/v1/devices").item("name", "Hot desk 1")["id"].(string)
	for what, a := range map[string]*answer{
		"approve":    c.post(one+"/approve", nil),
		"re-arm":     c.post(one+"/rearm", nil),
		"replace":    c.post(one+"/replace", map[string]any{"mac": "805ec0aaaabb"}),
		"replace by": c.post(other+"/replace", map[string]any{"mac": got["mac"]}),
		"remote":     c.post(one+"/remote", nil),
		"sit":        c.post("/api/v1/seats", map[string]any{"extension": "101", "phone_id": got["phone_id"], "force": true}),
		"home":       c.patch(one, map[string]any{"line": "101"}),
		"again":      c.post("/api/v1/devices", map[string]any{"mac": got["mac"]}),
	} {
		if a.status != http.StatusConflict || what != "remote" && !strings.Contains(string(a.body), "out of service") {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
	}
	if free := c.get("/api/v1/devices?free=true").items(); slices.ContainsFunc(free, func(d map[string]any) bool { return d["id"] == got["id"] }) {
		t.Error("it is offered to guests")
	}
}

func TestOneTimeAddressOfARemotePhone(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	one := "/api/v1/devices/" + c.get("/api/v1/devices").item("name", "Ada's desk")["id"].(string)
	c.post(one+"/remote", nil).want(http.StatusConflict).problem() // no model
	c.patch(one, map[string]any{"model": "acme-one"}).want(http.StatusOK)
	c.post(one+"/remote", nil).want(http.StatusConflict).problem() // no name
	if d := c.get(one).json(); d["outside"] != false || d["remote_until"] != nil {
		t.Errorf("a refusal changed the phone: %v", d)
	}
	h.onboarding.host = "phones.acme.example"
	got := c.post(one+"/remote", nil).want(http.StatusOK).json()
	url := got["url"].(string)
	token := strings.TrimSuffix(strings.TrimPrefix(url, "https://phones.acme.example/p/~"), "/")
	if d := h.d.Snapshot().DeviceByRemote(directory.HashToken(token)); d == nil || !d.Outside {
		t.Errorf("%q leads to %v", url, d)
	}
	if svg := got["svg"].(string); !strings.HasPrefix(svg, "<svg ") || !strings.HasSuffix(svg, "</svg>") || strings.Count(svg, "M") < 100 {
		t.Errorf("the picture is %.200s", svg)
	}
	if until, err := time.Parse(time.RFC3339, got["until"].(string)); err != nil || until.Sub(h.now.Now()).Round(time.Hour) != provisioning.RemoteWindow {
		t.Errorf("until %v", got["until"])
	}
	if strings.Contains(string(c.get(one).body)+h.logs.String()+string(c.get("/api/v1/audit").body), token) {
		t.Error("the address is shown a second time")
	}
}

func TestWhyNot(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	id := c.get("/api/v1/devices").item("name", "Ada's desk")["id"].(string)
	one := "/api/v1/devices/" + id + "/whynot"
	if got := c.get(one).want(http.StatusOK).json(); got["request"] != nil || !strings.Contains(got["verdict"].(string), "not asked") {
		t.Errorf("never asked: %v", got)
	}
	h.onboarding.asked = map[directory.ID]provisioning.WhyNot{directory.ID(id): {
		Step:    provisioning.Step{At: time.Now(), Door: "http", File: "/p/~hidethis/x.cfg", Source: netip.MustParseAddr("192.0.2.1"), UserAgent: "Acme"},
		Checks:  []provisioning.Check{{Rule: "set up", OK: true, Text: "fine"}, {Rule: "site network", Text: "outside"}},
		Verdict: "outside",
	}}
	a := c.get(one).want(http.StatusOK)
	got := a.json()
	steps := got["steps"].([]any)
	if len(steps) != 2 || steps[1].(map[string]any)["ok"] != false || got["verdict"] != "outside" || got["request"].(map[string]any)["source"] != "192.0.2.1" {
		t.Errorf("%v", got)
	}
	if strings.Contains(string(a.body), "hidethis") {
		t.Error("the token is shown")
	}
	c.get("/api/v1/devices/none/whynot").want(http.StatusNotFound)
}

// Alarms are told to the organization of their site, and those of no site to
// whoever runs the appliance; on the stream too.
func TestAlarmsAreTheOrganizations(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	c.post("/api/v1/apply", []byte(`{"organization":{"name":"Second Ltd"},
		"users":[{"email":"boss@second.example","role":"owner","portal":true,"password":"`+password+`"}],
		"sites":[{"name":"Paris","networks":["10.0.0.0/8"]}]}`)).want(http.StatusOK)
	boss := h.logIn("boss@second.example")
	london := directory.ID(c.get("/api/v1/sites").item("name", "London")["id"].(string))
	paris := directory.ID(boss.get("/api/v1/sites").item("name", "Paris")["id"].(string))
	ours, theirs := h.logIn("admin@acme.example").listen(""), boss.listen("")
	ours.next()
	theirs.next()
	now := time.Now()
	for i, a := range []provisioning.Alarm{
		{Kind: onboard.AlarmToken, Text: "in Paris", Site: paris},
		{Kind: onboard.AlarmSweep, Text: "nowhere"},
		{Kind: onboard.AlarmToken, Text: "in London", Site: london, MAC: "805ec0123456", Source: netip.MustParseAddr("127.0.0.9")},
	} {
		a.At, a.First, a.Count = now.Add(time.Duration(i)*time.Second), now, 1
		h.onboarding.raise(a)
	}
	for _, want := range []string{"nowhere", "in London"} {
		if e := ours.next(); e.name != "alarm" || e.data["text"] != want {
			t.Errorf("the stream says %s %v, not %s", e.name, e.data, want)
		}
	}
	if e := theirs.next(); e.name != "alarm" || e.data["text"] != "in Paris" {
		t.Errorf("their stream says %s %v", e.name, e.data)
	}
	list := c.get("/api/v1/alarms").want(http.StatusOK).items()
	if len(list) != 2 || list[0]["text"] != "in London" || list[0]["mac"] != "80:5e:c0:12:34:56" || list[0]["device"] == nil || list[0]["source"] != "127.0.0.9" {
		t.Errorf("alarms: %v", list)
	}
	if list := boss.get("/api/v1/alarms").want(http.StatusOK).items(); len(list) != 1 || list[0]["text"] != "in Paris" || list[0]["means"] == list[0]["kind"] {
		t.Errorf("their alarms: %v", list)
	}
	first := c.get("/api/v1/alarms?limit=1").want(http.StatusOK)
	if next := c.get("/api/v1/alarms?limit=1&cursor=" + first.text("next")).want(http.StatusOK).items(); len(next) != 1 || next[0]["text"] != "nowhere" {
		t.Errorf("the second page: %v", next)
	}
}

func TestOldTLSOverTheAPI(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	id := c.get("/api/v1/devices").item("name", "Ada's desk")["id"].(string)
	h.onboarding.old = []provisioning.OldTLS{
		{Device: directory.ID(id), MAC: "805ec0123456", At: time.Now(), Version: "TLS 1.0", Suite: "X"},
		{Device: "gone", MAC: "805ec0123457", At: time.Now(), Version: "TLS 1.0", Suite: "X"},
	}
	if list := c.get("/api/v1/old-tls").want(http.StatusOK).items(); len(list) != 1 || list[0]["device"] != id || list[0]["version"] != "TLS 1.0" {
		t.Errorf("%v", list)
	}
}

func TestPhonesThatGetEverythingOverTFTP(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	d := c.get("/api/v1/devices").item("name", "Ada's desk")
	id := directory.ID(d["id"].(string))
	record := h.d.Snapshot().Device(id)
	site := record.Site
	h.onboarding.tftp = map[directory.ID][]provisioning.OverTFTP{
		record.Organization: {{Device: id, MAC: "805ec0123456", Site: site}, {Device: "2", MAC: "805ec0123457", Site: site, OnlyTFTP: true}},
	}
	first := c.get("/api/v1/over-tftp?limit=1").want(http.StatusOK)
	if list := first.items(); len(list) != 1 || list[0]["device"] != string(id) || list[0]["mac"] != "80:5e:c0:12:34:56" || list[0]["site"] != string(site) || list[0]["only_tftp"] != false {
		t.Errorf("%v", list)
	}
	if list := c.get("/api/v1/over-tftp?cursor=" + first.text("next")).want(http.StatusOK).items(); len(list) != 1 || list[0]["only_tftp"] != true {
		t.Errorf("the second page: %v", list)
	}
}

func TestAuthoritiesAreTheAppliances(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	good := map[string]any{"vendor": "acme", "pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}
	c.post("/api/v1/authorities", map[string]any{"vendor": "acme", "pem": "x"}).want(http.StatusUnprocessableEntity).problem()
	c.post("/api/v1/authorities", map[string]any{"vendor": clientcert.Own, "pem": good["pem"]}).want(http.StatusUnprocessableEntity).problem()
	c.post("/api/v1/authorities", good).want(http.StatusCreated)
	c.get("/api/v1/authorities").want(http.StatusOK).item("vendor", "acme")
	c.post("/api/v1/apply", []byte(`{"organization":{"name":"Second Ltd"},
		"users":[{"email":"boss@second.example","role":"owner","portal":true,"password":"`+password+`"}]}`)).want(http.StatusOK)
	boss := h.logIn("boss@second.example")
	boss.post("/api/v1/authorities", good).want(http.StatusForbidden)
	boss.delete("/api/v1/authorities/acme.1").want(http.StatusForbidden)
	c.delete("/api/v1/authorities/acme.1").want(http.StatusNoContent)
	c.delete("/api/v1/authorities/acme.1").want(http.StatusNotFound)
}

func TestDHCPLinesOfASite(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	site := c.get("/api/v1/sites").item("name", "London")["id"].(string)
	if got := c.get("/api/v1/sites/" + site + "/dhcp?server=kea").want(http.StatusOK).text("text"); got != "kea "+site+" 127.0.0.1" {
		t.Errorf("%q", got)
	}
	c.get("/api/v1/sites/" + site + "/dhcp?server=bind").want(http.StatusUnprocessableEntity)
	c.get("/api/v1/sites/none/dhcp").want(http.StatusNotFound)
	leeds := c.post("/api/v1/sites", map[string]any{"name": "Leeds", "networks": []any{"10.0.0.0/8"}}).want(http.StatusCreated).text("id")
	c.get("/api/v1/sites/" + leeds + "/dhcp").want(http.StatusConflict).problem() // it cannot come to a loopback address
}

func TestSettingsAndFilesAreExplained(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	one := "/api/v1/devices/" + c.get("/api/v1/devices").item("name", "Ada's desk")["id"].(string)
	if got := c.get(one + "/settings").want(http.StatusOK).json(); len(got["settings"].([]any)) != 0 {
		t.Errorf("of a phone without a model: %v", got)
	}
	h.onboarding.file = provisioning.ExplainedFile{
		ContentType: "text/plain", Known: true, Diff: "-a\n+b\n", Fetched: provisioning.Fetched{At: time.Now(), Text: []byte("a")},
		Lines: []provisioning.ExplainedLine{{Text: "b", From: []provisioning.Origin{{Layer: settings.FromSite, Name: "language.tag"}}}, {Text: "c"}},
	}
	got := c.get(one + "/settings").want(http.StatusOK).json()
	said := got["settings"].([]any)[settings.Language].(map[string]any)
	if said["name"] != "language" || said["value"] != "de" || said["of"] != "London" || said["doc"] == "" {
		t.Errorf("%v", said)
	}
	keys := got["keys"].([]any)
	if first, second := keys[0].(map[string]any), keys[1].(map[string]any); first["source"] != "line" || first["label"] != "Ada Lovelace" ||
		second["source"] != "layout" || second["label"] != "Grace Hopper" {
		t.Errorf("%v", keys)
	}
	file := c.get(one + "/files?name=%7Bmac%7D.cfg").want(http.StatusOK).json()
	lines, fetched := file["lines"].([]any), file["fetched"].(map[string]any)
	if lines[0].(map[string]any)["layers"].([]any)[0].(map[string]any)["layer"] != "site" || fetched["same"] != false || fetched["text"] != "a" || file["diff"] == "" {
		t.Errorf("%v", file)
	}
	c.get(one + "/files?name=other.cfg").want(http.StatusNotFound)
	c.get("/api/v1/devices/none/files?name=x").want(http.StatusNotFound)
	c.get("/api/v1/devices/none/settings").want(http.StatusNotFound)
}

func TestStrangersOfOnesOwnSites(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	london := directory.ID(c.get("/api/v1/sites").item("name", "London")["id"].(string))
	one := onboard.Stranger{MAC: "021122334455", Source: netip.MustParseAddr("127.0.0.9"), UserAgent: "Nobody", Files: []string{"/p/x"}, First: time.Now(), Last: time.Now(), Count: 1, Site: london}
	h.onboarding.strangers = []onboard.Stranger{one, {Source: one.Source, Site: "gone"}}
	l := h.logIn("admin@acme.example").listen("")
	l.next()
	h.onboarding.met.say(onboard.Stranger{Source: one.Source, Site: "gone"})
	h.onboarding.met.say(one)
	if e := l.next(); e.name != "stranger" || e.data["mac"] != "02:11:22:33:44:55" || e.data["site"] != "London" {
		t.Errorf("the stream says %s %v", e.name, e.data)
	}
	if list := c.get("/api/v1/strangers").want(http.StatusOK).items(); len(list) != 1 || list[0]["user_agent"] != "Nobody" || list[0]["site"] != "London" {
		t.Errorf("%v", list)
	}
}

// TestApplyRefusesASettingThatNoFileHolds: with its place, and only what is new.
func TestApplyRefusesASettingThatNoFileHolds(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	org := c.get("/api/v1/organizations").items()[0]["name"].(string)
	document := func(scope, name, value string) string {
		return fmt.Sprintf(`{"organization": {"name": %q},
 "devices": [{"mac": "805ec0aabb01", "site": "London", "model": "acme-one"}],
 "settings": [
  {"scope": "organization", "key": "language", "value": "de"},
  {"scope": %s, "key": %q, "value": %q}]}`, org, scope, name, value)
	}
	for scope, kind := range map[string]string{`"site", "of": "London"`: "site", `"device", "of": "805ec0aabb01"`: "model"} {
		a := c.post("/api/v1/apply?name=my.yaml", []byte(document(scope, "raw.acme.P#2", "x"))).want(http.StatusUnprocessableEntity)
		if told := string(a.body); !strings.Contains(told, "my.yaml:5: settings[1].key: ") || !strings.Contains(told, kind+": no hash sign") {
			t.Errorf("%s", told)
		}
		if _, there := h.d.Snapshot().Setting(directory.Scope{Kind: "site", ID: c.get("/api/v1/sites").item("name", "London")["id"].(string)}, "raw.acme.P#2"); there {
			t.Error("it was kept")
		}
	}
	c.post("/api/v1/apply", []byte(document(`"site", "of": "London"`, "raw.acme.P2", "x"))).want(http.StatusOK)
}

// TestASettingWithSlashes: a vendor's name with slashes goes there and back.
func TestASettingWithSlashes(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	site := c.get("/api/v1/sites").item("name", "London")["id"].(string)
	layer := "/api/v1/settings/site/" + site
	one := layer + "/raw.audiocodes.voip%2Fline%2F0%2Fid"
	c.put(one, map[string]any{"value": "7"}).want(http.StatusOK)
	if got := c.get(one).want(http.StatusOK).text("value"); got != "7" {
		t.Errorf("it says %q", got)
	}
	c.get(layer).want(http.StatusOK).item("key", "raw.audiocodes.voip/line/0/id")
	c.put(layer+"/raw.audiocodes.%2Fid", map[string]any{"value": "7"}).want(http.StatusUnprocessableEntity)
	c.get("/api/v1/settings/model/..%2Fx/language").want(http.StatusNotFound)
	c.delete(one).want(http.StatusNoContent)
	c.get(one).want(http.StatusNotFound)
}

// TestASettingThatNoFileHoldsIsRefused: what no file of the phones concerned can
// hold is refused where it is entered, and what is there already is told of the
// phone that does not get it.
func TestASettingThatNoFileHoldsIsRefused(t *testing.T) {
	h := newHouse(t)
	h.onboarding.file.Lines = []provisioning.ExplainedLine{{Text: "a"}}
	h.onboarding.left = []provisioning.LeftOut{{Name: "P#2", Layer: settings.FromSite, File: "cfg.xml", Why: "because"}}
	c := h.bearer(h.setUp())
	one := c.get("/api/v1/devices").item("name", "Ada's desk")["id"].(string)
	layer := "/api/v1/settings/device/" + one + "/"
	c.put(layer+"raw.grandstream.P2", map[string]any{"value": "x"}).want(http.StatusOK)
	a := c.put(layer+"raw.grandstream.P%232", map[string]any{"value": "x"}).want(http.StatusUnprocessableEntity)
	a.problem()
	if !strings.Contains(string(a.body), "no hash sign") || !strings.Contains(string(a.body), "path.key") {
		t.Errorf("it does not say why: %s", a.body)
	}
	c.get(layer + "raw.grandstream.P%232").want(http.StatusNotFound)
	told := string(c.get("/api/v1/devices/" + one + "/settings").want(http.StatusOK).body)
	if !strings.Contains(told, `"left_out":[{"name":"P#2","layer":"site","file":"cfg.xml","why":"because"}]`) {
		t.Errorf("it does not tell what is left out: %s", told)
	}
}
