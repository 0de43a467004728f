package ui

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cradle/directory"
	"cradle/ui/live"
)

// TestCanaries plants secrets and looks for them in every answer, every event,
// every log line and every metric.
func TestCanaries(t *testing.T) {
	h := newHouse(t)
	owner := h.bearer(h.setUp())
	must(t, raiseLoginLimit(h))
	const chosen, wrongWord = "canary-of-a-password", "canary-wrong-password"
	admin := h.logIn("admin@acme.example")
	l := admin.listen("")
	l.next()
	var all strings.Builder
	seen := func(a *answer) *answer { all.Write(a.body); return a }

	seen(h.browser().post("/api/v1/session", map[string]any{"email": "admin@acme.example", "password": wrongWord}))
	seen(h.browser().post("/api/v1/session", map[string]any{"email": "admin@acme.example", "password": []string{wrongWord}}))
	seen(h.browser().post("/api/v1/session", []byte(`{"email":"x","password":"`+wrongWord+`","password2":"`+wrongWord+`"`)))
	seen(admin.post("/api/v1/session/password", map[string]any{"current": wrongWord, "new": chosen}))
	made := seen(admin.post("/api/v1/users", map[string]any{"email": "c@acme.example", "password": chosen, "role": "user"})).want(http.StatusCreated)
	seen(admin.patch("/api/v1/users/"+made.text("id"), map[string]any{"password": "canary-sh"}))
	seen(admin.patch("/api/v1/users/"+made.text("id"), map[string]any{"password": 7, "secret": chosen}))
	ext := admin.get("/api/v1/extensions").item("number", "102")["id"].(string)
	seen(admin.patch("/api/v1/extensions/"+ext, map[string]any{"default_pin": "4a9d7c", "virtualization": map[string]any{"secret": "48x51623"}}))
	seen(admin.patch("/api/v1/extensions/"+ext, map[string]any{"virtualization": map[string]any{"secret": "11111111"}}))
	seen(admin.patch("/api/v1/extensions/"+ext, map[string]any{"default_pin": "8402751", "virtualization": map[string]any{"secret": "48251623"}})).want(http.StatusOK)
	seen(admin.post("/api/v1/apply", []byte("organization: {name: Acme Ltd}\nusers: [{email: d@acme.example, password: "+chosen+"}]\nextensions: [{number: \"102\", default_pin: \"4x11y\"}]\n")))
	seen(admin.post("/api/v1/apply", []byte("organization: {name: Acme Ltd}\nusers: [{email: d@acme.example, password: {"+chosen+": 1}}]\n")))

	h.provisioning.step(live.Step{At: time.Now(), MAC: "c074ad001122", Door: "http", File: "/p/~tokentokentoken/x.cfg", Status: 200})
	for _, r := range h.ui.engine.Routes() {
		if r.Method == http.MethodGet && !strings.Contains(r.Path, ":") && !strings.HasSuffix(r.Path, "/stream") {
			seen(admin.get(r.Path + "?limit=500"))
		}
	}
	for _, d := range admin.get("/api/v1/devices").items() {
		one := "/api/v1/devices/" + d["id"].(string)
		seen(admin.get(one))
		seen(admin.get(one + "/journal"))
		seen(admin.post(one+"/approve", nil))
	}
	seen(owner.get("/api/v1/tokens"))
	rec := httptest.NewRecorder()
	h.ui.Metrics().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	all.WriteString(rec.Body.String())
	all.WriteString(h.logs.String())
	l.cancel()
	for e := range l.events {
		all.WriteString(string(mustJSON(t, e.data)))
	}

	text := all.String()
	for name, secret := range canaries(h, owner.token, admin.cookie(), chosen, wrongWord) {
		if secret == "" {
			t.Errorf("canary %s is empty", name)
			continue
		}
		if i := strings.Index(text, secret); i >= 0 {
			t.Errorf("%s is shown: ...%s...", name, text[max(0, i-120):min(len(text), i+len(secret)+20)])
		}
	}
}

// canaries are all secrets of the house.
func canaries(h *house, bearer, session, chosen, wrongWord string) map[string]string {
	c := map[string]string{
		"bearer token": bearer, "session": session, "setup token": token, "password": password, "chosen password": chosen,
		"wrong password": wrongWord, "short password": "canary-sh", "default PIN": "480217", "new default PIN": "8402751",
		"bad PIN": "4a9d7c", "bad PIN of a file": "4x11y", "secret code": "73915286", "new secret code": "48251623", "bad secret code": "48x51623",
		"easy secret code": "11111111", "provisioning token": "tokentokentoken",
	}
	s := h.d.Snapshot()
	for d := range s.Devices("") {
		c["SIP secret of "+d.Name] = d.Lines[0].Account.Secret.Reveal()
		c["admin password of "+d.Name] = d.AdminPassword.Reveal()
	}
	for u := range s.Users("") {
		if u.PasswordHash != "" {
			c["hash of "+u.Email] = string(u.PasswordHash)
		}
	}
	for e := range s.Extensions("") {
		if e.Virtualization.Secret != directory.Hash("") {
			c["hash of the secret code of "+e.Number] = string(e.Virtualization.Secret)
		}
	}
	return c
}

func TestMetrics(t *testing.T) {
	h := newHouse(t)
	owner := h.bearer(h.setUp())
	h.registrar.register("a")
	h.calls.begin(live.Call{ID: "c", From: live.Party{Number: "101"}, Heard: []live.Heard{{MOS: 4.2}, {Silent: true}}})
	h.provisioning.step(live.Step{MAC: "c074ad001122", Door: "tftp", Status: 404})
	h.provisioning.step(live.Step{MAC: "c074ad001122", Door: "nonsense", Status: 9})
	owner.get("/api/v1/devices/some-id-that-is-no-label")
	owner.do("BREW", "/coffee-pot", nil)
	read := func() string {
		rec := httptest.NewRecorder()
		h.ui.Metrics().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		return rec.Body.String()
	}
	eventually(t, "the steps are counted", func() bool { return strings.Contains(read(), `door="other"`) })
	text := read()
	for _, want := range []string{
		"cradle_registrations 1", "cradle_calls 1", `cradle_provisioning_requests_total{class="4xx",door="tftp"} 1`,
		"cradle_media_packets_relayed_total 6", "cradle_media_packets_dropped_total 1", "cradle_media_sessions 2", "cradle_media_free_port_pairs 9", "cradle_directory_revision 1",
		`cradle_call_legs_total{quality="high"} 7`, `cradle_call_legs_total{quality="poor"} 1`, "cradle_calls_one_way 1", "cradle_calls_one_way_total 2", "cradle_phone_quality_reports_total 3",
		"go_goroutines", "process_open_fds", `route="/api/v1/devices/:id"`, `method="other",route="pages"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	for _, never := range []string{"some-id-that", "101", "c074ad001122", "BREW", "coffee"} {
		for line := range strings.Lines(text) {
			if name, _, _ := strings.Cut(line, "} "); strings.Contains(name, "{") && strings.Contains(name, never) {
				t.Errorf("a label holds %q: %s", never, line)
			}
		}
	}
}
