package ui

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"cradle/directory"
	"cradle/ui/live"
)

// listener reads a stream as a browser would.
type listener struct {
	t      *testing.T
	events chan sse
	cancel context.CancelFunc
	status int
}

type sse struct {
	name, id string
	data     map[string]any
}

func (c *client) listen(query string) *listener {
	c.h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.h.web.URL+"/api/v1/stream"+query, nil)
	must(c.h.t, err)
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := (&http.Client{Jar: c.http.Jar}).Do(req)
	must(c.h.t, err)
	l := &listener{t: c.h.t, events: make(chan sse, 1000), cancel: cancel, status: res.StatusCode}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(l.events)
		defer res.Body.Close()
		l.read(bufio.NewScanner(res.Body))
	}()
	c.h.t.Cleanup(func() { cancel(); <-done })
	return l
}

func (l *listener) read(s *bufio.Scanner) {
	var e sse
	for s.Scan() {
		key, value, _ := strings.Cut(s.Text(), ": ")
		switch key {
		case "event":
			e.name = value
		case "id":
			e.id = value
		case "data":
			_ = json.Unmarshal([]byte(value), &e.data)
		case "":
			if e.name != "" {
				l.events <- e
			}
			e = sse{}
		}
	}
}

// next event, which must come within 2 s: the product's promise.
func (l *listener) next() sse {
	l.t.Helper()
	select {
	case e, ok := <-l.events:
		if !ok {
			l.t.Fatal("the stream ended")
		}
		return e
	case <-time.After(2 * time.Second):
		l.t.Fatal("nothing came in 2 s")
	}
	return sse{}
}

// about gives the next event about one phone or of another kind: those of the
// set-up may still be on their way.
func (l *listener) about(mac string) sse {
	l.t.Helper()
	for {
		if e := l.next(); e.name != "device" || e.data["mac"] == mac {
			return e
		}
	}
}

// ends says whether the stream ends within a while.
func (l *listener) ends() bool {
	late := time.After(5 * time.Second)
	for {
		select {
		case _, ok := <-l.events:
			if !ok {
				return true
			}
		case <-late:
			return false
		}
	}
}

func TestStreamShowsPhonesAndCalls(t *testing.T) {
	h := newHouse(t)
	h.setUp()
	admin := h.logIn("admin@acme.example")
	l := admin.listen("")
	if e := l.next(); e.name != "hello" || e.data["revision"] == nil || e.id == "" {
		t.Fatalf("hello: %+v", e)
	}
	org := h.d.Snapshot().OrganizationByName("Acme Ltd").ID
	var met directory.Device
	must(t, h.d.Update(t.Context(), directory.Actor{Kind: "phone", Name: "test"}, func(tx *directory.Tx) error {
		d, err := tx.NewDevice(org, tx.Snapshot().SiteByName(org, "London").ID, "001565000001", "acme-one", directory.StepLobby)
		if err == nil {
			met = *d
		}
		return err
	}))
	if e := l.about("00:15:65:00:00:01"); e.name != "device" || e.data["mac"] != "00:15:65:00:00:01" || e.data["registered"] != false {
		t.Fatalf("met: %+v", e)
	}
	h.provisioning.step(live.Step{At: time.Now(), MAC: met.MAC, Door: "tftp", File: "x.cfg", Status: 200})
	if e := l.about("00:15:65:00:00:01"); e.name != "device" || e.data["last_step"].(map[string]any)["door"] != "tftp" {
		t.Fatalf("step: %+v", e)
	}
	h.registrar.register(met.Lines[0].Account.User)
	if e := l.about("00:15:65:00:00:01"); e.name != "device" || e.data["registered"] != true {
		t.Fatalf("registered: %+v", e)
	}
	h.calls.begin(live.Call{ID: "c1", Organization: org, State: "ringing"})
	if e := l.about("00:15:65:00:00:01"); e.name != "call" || e.data["id"] != "c1" {
		t.Fatalf("call: %+v", e)
	}
	h.calls.feed.say(live.CallNews{Call: live.Call{ID: "c1", Organization: org}, Ended: true})
	if e := l.about("00:15:65:00:00:01"); e.name != "call_ended" {
		t.Fatalf("call ended: %+v", e)
	}
	admin.delete("/api/v1/devices/" + string(met.ID)).want(http.StatusNoContent)
	if e := l.about("00:15:65:00:00:01"); e.name != "device_removed" || e.data["id"] != string(met.ID) {
		t.Fatalf("removed: %+v", e)
	}
}

func TestStreamShowsWhoSitsWhere(t *testing.T) {
	h := newHouse(t)
	owner := h.bearer(h.setUp())
	hot := h.d.Snapshot().DeviceByMAC("c074ad001122")
	h.registrar.register(hot.Lines[0].Account.User)
	l := owner.listen("")
	l.next()
	owner.post("/api/v1/seats", map[string]any{"extension": "101", "phone_id": hot.PhoneID}).want(http.StatusCreated)
	seen := map[string]map[string]any{}
	for range 2 { // the phone that was taken, and the home phone that is vacated
		e := l.next()
		seen[e.data["mac"].(string)] = e.data["sitting"].([]any)[0].(map[string]any)
	}
	if s := seen["c0:74:ad:00:11:22"]; s["extension"] != "101" || s["kind"] != "login" {
		t.Errorf("hot desk: %v", s)
	}
	if s := seen["80:5e:c0:12:34:56"]; s["vacated"] != true {
		t.Errorf("home: %v", s)
	}
}

func TestStreamGathersABurst(t *testing.T) {
	h := newHouse(t)
	l := h.bearer(h.setUp()).listen("")
	l.next()
	mac := h.d.Snapshot().DeviceByMAC("c074ad001122").MAC
	for i := range 60 {
		h.provisioning.step(live.Step{At: time.Now(), MAC: mac, Door: "http", File: "x", Status: 200 + i})
	}
	// The last state arrives; what was in between came in far fewer events.
	events := 0
	for last := 0.0; last != 259; events++ {
		e := l.next()
		// Events of the setup may still come, of phones without a step.
		step, _ := e.data["last_step"].(map[string]any)
		last, _ = step["status"].(float64)
	}
	if events > 10 {
		t.Errorf("60 steps within a moment made %d events", events)
	}
}

func TestStreamIsForThoseWhoMaySeePhones(t *testing.T) {
	h := newHouse(t)
	h.setUp()
	h.browser().get("/api/v1/stream").want(http.StatusUnauthorized)
	h.logIn("user@acme.example").get("/api/v1/stream").want(http.StatusForbidden)
}

func TestStreamEndsWithTheSession(t *testing.T) {
	h := newHouse(t)
	h.setUp()
	b := h.logIn("operator@acme.example")
	l := b.listen("")
	l.next()
	b.delete("/api/v1/session").want(http.StatusNoContent)
	if !l.ends() {
		t.Error("the stream outlived its session")
	}
}

func TestStreamKeepsOrganizationsApart(t *testing.T) {
	h := newHouse(t)
	owner := h.bearer(h.setUp())
	owner.post("/api/v1/apply", []byte(`{"organization":{"name":"Second Ltd","domain":"second.example"},
		"users":[{"email":"boss@second.example","role":"owner","portal":true,"password":"`+password+`"}],
		"sites":[{"name":"Paris","networks":["10.0.0.0/8"]}],
		"devices":[{"mac":"00:11:22:33:44:55","site":"Paris","name":"Theirs"}]}`)).want(http.StatusOK)
	theirs := h.logIn("boss@second.example").listen("")
	theirs.next()
	s := h.d.Snapshot()
	h.registrar.register(s.DeviceByMAC("c074ad001122").Lines[0].Account.User)
	h.registrar.register(s.DeviceByMAC("001122334455").Lines[0].Account.User)
	if e := theirs.next(); e.data["mac"] != "00:11:22:33:44:55" {
		t.Errorf("they heard of %v", e.data["mac"])
	}
}

func TestLostNewsMakesClientsComeBack(t *testing.T) {
	h := newHouse(t)
	l := h.bearer(h.setUp()).listen("")
	l.next()
	h.registrar.feed.say([]string{""})
	if !l.ends() {
		t.Error("a client was left with what it cannot know is old")
	}
}

func TestStreamEndsAtClose(t *testing.T) {
	h := newHouse(t)
	l := h.bearer(h.setUp()).listen("")
	l.next()
	h.ui.Close()
	if !l.ends() {
		t.Error("the stream outlived the portal")
	}
}
