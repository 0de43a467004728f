package ui

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"cradle/directory"
	"cradle/registrar/trace"
	"cradle/ui/live"
)

// fakeSight keeps traces of nobody's messages.
type fakeSight struct {
	mu   sync.Mutex
	list map[string]live.Trace
}

func (f *fakeSight) Past(string) live.Past {
	return live.Past{Flapping: true, RoundTrip: 12500 * time.Microsecond, Steps: []live.PastStep{{At: time.Unix(1, 0), Kind: "registered", Source: "127.0.0.5:5060", Transport: "udp"}}}
}

func (f *fakeSight) StartTrace(s live.TraceSubject, by string, d time.Duration) (live.Trace, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.list) > 0 {
		return live.Trace{}, trace.ErrTooMany
	}
	t := live.Trace{ID: "t1", Organization: s.Organization, Name: s.Name, By: by, Started: time.Now(), Ends: time.Now().Add(d), Running: true, Messages: len(s.Accounts)}
	f.list = map[string]live.Trace{t.ID: t}
	return t, nil
}

func (f *fakeSight) Traces() (out []live.Trace) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range f.list {
		out = append(out, t)
	}
	return out
}

func (f *fakeSight) Trace(id string) (live.Trace, []live.TraceMessage, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	t, ok := f.list[id]
	a := netip.MustParseAddrPort("127.0.0.5:5060")
	return t, []live.TraceMessage{{At: t.Started, In: true, Local: a, Remote: a, Transport: "udp", Text: "OPTIONS sip:x SIP/2.0"}}, ok
}

func (f *fakeSight) StopTrace(id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.list[id]
	t.Running = false
	f.list[id] = t
	return true
}

func (f *fakeSight) DeleteTrace(id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.list, id)
	return true
}

func (f *fakeSight) Ladder(string) string  { return "a ladder\n" }
func (f *fakeSight) Capture(string) []byte { return []byte{0xd4, 0xc3, 0xb2, 0xa1} }
func (f *fakeSight) Load() live.SIPLoad    { return live.SIPLoad{Subscriptions: 7, NotifiesTaken: 3} }

func (h *house) firstDevice() *directory.Device {
	h.t.Helper()
	for d := range h.d.Snapshot().Devices("") {
		return d
	}
	h.t.Fatal("no device")
	return nil
}

func TestRegistrationsAndTraces(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	d := h.firstDevice()
	h.registrar.register(d.Lines[0].Account.User)
	all := c.get("/api/v1/registrations").want(http.StatusOK)
	one := all.item("device", string(d.ID))
	if one["source"] != "127.0.0.5:5060" || one["transport"] != "udp" || one["round_trip_ms"] != 12.5 || one["flapping"] != true || strings.Contains(string(all.body), d.Lines[0].Account.User) {
		t.Errorf("%v", one)
	}
	if n := len(c.get("/api/v1/registrations?filter=test+1.0").want(http.StatusOK).json()["items"].([]any)); n != 1 {
		t.Errorf("%d fit the User-Agent", n)
	}
	if n := len(c.get("/api/v1/registrations?filter=nobody").want(http.StatusOK).json()["items"].([]any)); n != 0 {
		t.Errorf("%d fit nothing", n)
	}
	if lines := c.get("/api/v1/devices/" + string(d.ID) + "/registrations").want(http.StatusOK).json()["lines"].([]any); len(lines) != len(d.Lines) {
		t.Errorf("%v", lines)
	}
	c.post("/api/v1/traces", map[string]any{}).want(http.StatusUnprocessableEntity).problem()
	c.post("/api/v1/traces", map[string]any{"device": "none"}).want(http.StatusNotFound).problem()
	c.post("/api/v1/traces", map[string]any{"call": "none"}).want(http.StatusNotFound).problem()
	c.post("/api/v1/traces", map[string]any{"device": d.ID, "minutes": 1441}).want(http.StatusUnprocessableEntity).problem()
	c.post("/api/v1/traces", map[string]any{"device": d.ID, "minutes": 5}).want(http.StatusCreated)
	c.post("/api/v1/traces", map[string]any{"device": d.ID}).want(http.StatusConflict).problem()
	c.get("/api/v1/traces").want(http.StatusOK).item("id", "t1")
	if list := c.get("/api/v1/traces/t1").want(http.StatusOK).json()["messages"].([]any); len(list) != 1 {
		t.Errorf("%v", list)
	}
	if got := c.get("/api/v1/traces/t1/ladder").want(http.StatusOK); string(got.body) != "a ladder\n" {
		t.Errorf("%s", got.body)
	}
	if got := c.get("/api/v1/traces/t1/pcap").want(http.StatusOK); len(got.body) != 4 {
		t.Errorf("% x", got.body)
	}
	if c.post("/api/v1/traces/t1/stop", nil).want(http.StatusOK).json()["running"] != false {
		t.Error("still running")
	}
	c.delete("/api/v1/traces/t1").want(http.StatusNoContent)
	c.get("/api/v1/traces/t1").want(http.StatusNotFound).problem()
	audit := string(c.get("/api/v1/audit").want(http.StatusOK).body)
	for _, action := range []string{"begun", "downloaded", "ended", "forgotten"} {
		if !strings.Contains(audit, `"Action":"`+action+`"`) {
			t.Errorf("%s is not in the audit", action)
		}
	}
	if err := h.d.VerifyAudit(t.Context()); err != nil {
		t.Error(err)
	}
}
