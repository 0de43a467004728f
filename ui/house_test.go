package ui

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"cradle/directory"
	"cradle/directory/kv/boltkv"
	"cradle/ui/live"
)

// house is an appliance with a portal, and fakes for the rooms beside it.
type house struct {
	t    *testing.T
	dir  string
	keys *directory.Keys
	d    *directory.Directory
	ui   *UI
	web  *httptest.Server
	logs *lines
	now  *clock

	registrar    *fakeRegistrar
	calls        *fakeCalls
	provisioning *fakeProvisioning
	resync       *fakeResync
	onboarding   *fakeOnboarding
	known        *fakeKnown
}

// token opens the wizard in tests.
const token = "setup-token-of-the-tests"

// password of everybody in tests.
const password = "correct horse battery staple"

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{
		t: t, dir: t.TempDir(), keys: directory.NewKeys(), logs: &lines{}, now: &clock{},
		registrar: &fakeRegistrar{}, calls: &fakeCalls{}, provisioning: &fakeProvisioning{}, resync: &fakeResync{}, onboarding: &fakeOnboarding{}, known: &fakeKnown{},
	}
	h.open()
	t.Cleanup(h.close)
	return h
}

func (h *house) open() {
	h.t.Helper()
	log := slog.New(slog.NewJSONHandler(h.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	engine, err := boltkv.Open(filepath.Join(h.dir, "cradle.db"), boltkv.Options{})
	must(h.t, err)
	h.d, err = directory.Open(context.Background(), directory.Options{Engine: engine, Keys: h.keys, Log: log, Now: h.now.Now})
	must(h.t, err)
	h.ui, err = New(Config{
		Directory: h.d, Registrar: h.registrar, Calls: h.calls, Provisioning: h.provisioning, Resync: h.resync,
		Onboarding: h.onboarding, Authorities: &fakeAuthorities{}, Sight: &fakeSight{}, Teaching: &fakeTeaching{d: h.d}, Recognition: h.known,
		Media:      func() live.Media { return live.Media{Sessions: 2, FreePorts: 9, Relayed: 6, Dropped: 1} },
		Doors:      func() live.Doors { return live.Doors{HTTP: 8080, TFTP: 6969} },
		SetupToken: token, Networks: func() []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} },
		Log: log, Now: h.now.Now, Version: "test", Heartbeat: 50 * time.Millisecond,
	})
	must(h.t, err)
	h.web = httptest.NewServer(h.ui.Handler())
}

func (h *house) close() {
	h.ui.Close()
	h.web.Close()
	must(h.t, h.d.Close())
}

// reopen is a restart of the appliance.
func (h *house) reopen() {
	h.t.Helper()
	h.close()
	h.open()
}

// setUp goes through the wizard and gives the owner's bearer token.
func (h *house) setUp() string {
	h.t.Helper()
	a := h.browser().post("/api/v1/setup", map[string]any{"token": token, "document": office()})
	a.want(http.StatusCreated)
	return a.text("token")
}

// office is the document of the tests. Its secrets are canaries.
func office() map[string]any {
	return map[string]any{
		"administrator": map[string]any{"email": "owner@acme.example", "password": password},
		"organization":  map[string]any{"name": "Acme Ltd", "domain": "acme.example"},
		"sites": []any{map[string]any{
			"name": "London", "timezone": "Europe/London", "networks": []any{"127.0.0.0/8"}, "adoption": "lobby", "emergency": []any{"112"},
		}},
		"users": []any{
			map[string]any{"email": "admin@acme.example", "first_name": "Ada", "last_name": "Lovelace", "role": "admin", "portal": true, "password": password},
			map[string]any{"email": "operator@acme.example", "role": "operator", "portal": true, "password": password},
			map[string]any{"email": "user@acme.example", "role": "user", "portal": true, "password": password},
			map[string]any{"email": "off@acme.example", "role": "admin", "portal": false, "password": password},
		},
		"extensions": []any{
			map[string]any{"number": "101", "name": "Ada Lovelace", "site": "London", "user": "admin@acme.example", "default_pin": "480217",
				"virtualization": map[string]any{"allow": true, "secret": "73915286"}},
			map[string]any{"number": "102", "name": "Grace Hopper", "site": "London", "default_pin": "591328"},
		},
		"devices": []any{
			map[string]any{"mac": "80:5e:c0:12:34:56", "site": "London", "name": "Ada's desk", "line": "101"},
			map[string]any{"mac": "c0:74:ad:00:11:22", "site": "London", "name": "Hot desk 1"},
		},
	}
}

// browser is a client with cookies, as a page of ours sends its calls.
func (h *house) browser() *client {
	jar, err := cookiejar.New(nil)
	must(h.t, err)
	c := &client{h: h, http: &http.Client{Jar: jar, Timeout: 20 * time.Second}, origin: h.web.URL}
	c.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return c
}

// bearer is a client with a token and no cookies.
func (h *house) bearer(token string) *client {
	c := h.browser()
	c.http.Jar, c.token, c.origin = nil, token, ""
	return c
}

// logIn gives a browser that is logged in.
func (h *house) logIn(email string) *client {
	h.t.Helper()
	c := h.browser()
	c.post("/api/v1/session", map[string]any{"email": email, "password": password}).want(http.StatusCreated)
	return c
}

type client struct {
	h      *house
	http   *http.Client
	token  string
	origin string
}

// answer is a response with its body read.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
	method string
	path   string
}

func (c *client) get(path string) *answer            { return c.do(http.MethodGet, path, nil) }
func (c *client) delete(path string) *answer         { return c.do(http.MethodDelete, path, nil) }
func (c *client) post(path string, body any) *answer { return c.do(http.MethodPost, path, body) }
func (c *client) put(path string, body any) *answer  { return c.do(http.MethodPut, path, body) }
func (c *client) patch(path string, body any) *answer {
	return c.do(http.MethodPatch, path, body)
}

func (c *client) do(method, path string, body any) *answer {
	c.h.t.Helper()
	var r io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		r = bytes.NewReader(b)
	default:
		data, err := json.Marshal(b)
		must(c.h.t, err)
		r = bytes.NewReader(data)
	}
	req, err := http.NewRequest(method, c.h.web.URL+path, r)
	must(c.h.t, err)
	if r != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return c.send(req)
}

func (c *client) send(req *http.Request) *answer {
	c.h.t.Helper()
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if c.origin != "" && req.Header.Get("Origin") == "" && req.Method != http.MethodGet {
		req.Header.Set("Origin", c.origin)
	}
	res, err := c.http.Do(req)
	must(c.h.t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	must(c.h.t, err)
	a := &answer{t: c.h.t, status: res.StatusCode, header: res.Header, body: data, method: req.Method, path: req.URL.EscapedPath()}
	a.asDocumented(c.h)
	return a
}

func (a *answer) want(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s %s: status %d, want %d: %s", a.method, a.path, a.status, status, a.body)
	}
	return a
}

func (a *answer) json() map[string]any {
	a.t.Helper()
	var v map[string]any
	if err := json.Unmarshal(a.body, &v); err != nil {
		a.t.Fatalf("%s %s: %v: %s", a.method, a.path, err, a.body)
	}
	return v
}

// text of a field of the answer.
func (a *answer) text(field string) string {
	a.t.Helper()
	s, _ := a.json()[field].(string)
	return s
}

// items of a list.
func (a *answer) items() []map[string]any {
	a.t.Helper()
	var out []map[string]any
	list, _ := a.json()["items"].([]any)
	for _, one := range list {
		out = append(out, one.(map[string]any))
	}
	return out
}

// item of a list whose field has a value.
func (a *answer) item(field, value string) map[string]any {
	a.t.Helper()
	for _, one := range a.items() {
		if one[field] == value {
			return one
		}
	}
	a.t.Fatalf("%s has no item with %s %q: %s", a.path, field, value, a.body)
	return nil
}

// problem checks that the answer is a problem document.
func (a *answer) problem() *answer {
	a.t.Helper()
	v := a.json()
	if ct := a.header.Get("Content-Type"); ct != "application/problem+json" {
		a.t.Errorf("%s %s: content type %q is no problem document", a.method, a.path, ct)
	}
	if v["title"] == nil || v["detail"] == nil || v["type"] == nil || v["status"] != float64(a.status) {
		a.t.Errorf("%s %s: incomplete problem document: %s", a.method, a.path, a.body)
	}
	return a
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

// lines collects what is logged.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// clock can be put forward.
type clock struct {
	mu    sync.Mutex
	still time.Time // when it was stopped; zero: it goes
	more  time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.still.IsZero() {
		return c.still.Add(c.more)
	}
	return time.Now().Add(c.more)
}

// stop lets time pass only by forward, however slow the machine is.
func (c *clock) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.still = time.Now()
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.more += d
}

// cookie is the value of the session's cookie, as the browser has it.
func (c *client) cookie() string {
	req, _ := http.NewRequest(http.MethodGet, c.h.web.URL+"/", nil)
	for _, ck := range c.http.Jar.Cookies(req.URL) {
		if strings.HasSuffix(ck.Name, "session") {
			return ck.Value
		}
	}
	return ""
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	must(t, err)
	return b
}
