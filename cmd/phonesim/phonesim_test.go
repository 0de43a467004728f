package main

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tell asks a desk over its socket, as soon as there is one.
func (d *desk) tell(t *testing.T, a ask) told {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		r, err := dialControl(ctx, d.socket)
		if err == nil {
			defer r.conn.Close()
			got, err := r.ask(ctx, a)
			if err != nil {
				t.Fatalf("%s: %v\n%s", a.Do, err, d.out)
			}
			return got
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("no control socket: %v\n%s", err, d.out)
		}
	}
}

func program(t *testing.T, args ...string) (int, string) {
	t.Helper()
	out := &output{}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	return run(ctx, args, out, out), out.String()
}

func TestCall(t *testing.T) {
	h := openHouse(t)
	a, b := h.boot("805ec0000101"), h.boot("805ec0000102")
	a.tell(t, ask{Do: "registered"})
	b.tell(t, ask{Do: "registered"})
	status, text := program(t, "--json", "call", "--control", a.socket, "--control", b.socket, "--to", "102", "--talk", "100ms")
	var res called
	if err := json.Unmarshal([]byte(text), &res); err != nil || status != 0 {
		t.Fatalf("status %d, %v: %s\n%s\n%s", status, err, text, a.out, b.out)
	}
	if !res.OK || res.Shown != "101" || res.Name != "Ada" || !res.Caller.Heard || !res.Callee.Heard || res.Caller.Hz == res.Callee.Hz || res.Caller.Packets < 20 {
		t.Errorf("%+v", res)
	}
	for name, refused := range map[string]int{"486": 486, "404": 404} {
		h.set(func() { h.refuse["9"+name] = refused })
		status, text = program(t, "--json", "call", "--control", a.socket, "--control", b.socket, "--to", "9"+name)
		if status != 1 || !strings.Contains(text, name) {
			t.Errorf("refused by %s: status %d: %s", name, status, text)
		}
	}
	status, text = program(t, "--json", "seat", "--control", a.socket, "9486", "--code", "135791")
	if status != 1 || !strings.Contains(text, `"status":486`) {
		t.Errorf("seat: status %d: %s", status, text)
	}
	if got := a.ends(); got != 0 {
		t.Errorf("phone ended with %d: %s", got, a.out)
	}
	if got := b.ends(); got != 0 {
		t.Errorf("phone ended with %d: %s", got, b.out)
	}
	h.set(func() {
		if !h.gone["101"] || !h.gone["102"] {
			t.Errorf("unregistered: %v", h.gone)
		}
	})
	if _, err := os.Stat(a.socket); err == nil {
		t.Error("the control socket is left over")
	}
}

// A second call is busy; a caller who gives up is noticed.
func TestBusyAndCancel(t *testing.T) {
	h := openHouse(t)
	a, b := h.boot("805ec0000101"), h.boot("805ec0000102")
	a.tell(t, ask{Do: "registered"})
	b.tell(t, ask{Do: "registered"})
	a.tell(t, ask{Do: "dial", To: "102", Hz: 440})
	b.tell(t, ask{Do: "ringing"})
	a.tell(t, ask{Do: "hangup"})
	if s := b.tell(t, ask{Do: "idle"}).State; s.Last != "CANCEL" {
		t.Errorf("callee: %+v", s)
	}
	a.tell(t, ask{Do: "dial", To: "101", Hz: 440}) // itself: it is in a call already
	if s := a.tell(t, ask{Do: "idle"}).State; !strings.HasPrefix(s.Last, "486") {
		t.Errorf("caller: %+v", s)
	}
	a.ends()
	b.ends()
}

func TestResync(t *testing.T) {
	h := openHouse(t)
	a := h.boot("805ec0000101")
	a.tell(t, ask{Do: "registered"})
	h.set(func() { h.names["805ec0000101"] = "Ada King" })
	h.notify("101", "check-sync;reboot=false")
	wait := func(what string, ok func(*state) bool) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
			s := a.tell(t, ask{Do: "state"}).State
			if ok(s) {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: %+v", what, s)
			}
		}
	}
	wait("reread", func(s *state) bool {
		return s.Rereads == 1 && s.Boots == 1 && s.Registered && s.Account.Name == "Ada King"
	})
	h.notify("101", "check-sync;reboot=true")
	wait("reboot", func(s *state) bool { return s.Rereads == 1 && s.Boots == 2 && s.Registered })
	h.notify("101", "no-such-event")
	a.tell(t, ask{Do: "reread"})
	wait("nothing for an unknown event", func(s *state) bool { return s.Rereads == 2 && s.Boots == 2 })
	if got := a.ends(); got != 0 {
		t.Errorf("ended with %d: %s", got, a.out)
	}
}

// A phone without an account shows its Phone ID, waits, and comes up by itself.
func TestWaitsForApproval(t *testing.T) {
	h := openHouse(t)
	h.set(func() { h.names["805ec0000101"] = "" })
	a := h.boot("805ec0000101")
	for deadline := time.Now().Add(10 * time.Second); a.tell(t, ask{Do: "state"}).State.Screen != "ID 123456"; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(a.out)
		}
	}
	h.set(func() { h.names["805ec0000101"] = "Ada" })
	a.tell(t, ask{Do: "registered"})
	if got := a.ends(); got != 0 {
		t.Errorf("ended with %d: %s", got, a.out)
	}
	h.set(func() { h.names["805ec0000102"] = "" })
	b := h.boot("805ec0000102")
	b.tell(t, ask{Do: "state"})
	if got := b.ends(); got != 1 {
		t.Errorf("a phone that never registered ended with %d: %s", got, b.out)
	}
}

func TestStatuses(t *testing.T) {
	h := openHouse(t)
	base := []string{"--json", "boot", "--mac", "805ec0000101", "--url", h.url, "--model"}
	for _, c := range []struct {
		want int
		args []string
		text string
	}{
		{0, append(base, "yealink-t46u", "--once"), `"ok":true`},
		{1, append(base, "no-such"), "no such model"},
		{1, []string{"boot", "--mac", "805ec0000109", "--url", h.url, "--model", "yealink-t46u", "--patience", "50ms", "--retry", "10ms"}, "refused"},
		{1, []string{"call", "--control", "/nonexistent/a", "--control", "/nonexistent/b", "--to", "1"}, "control socket"},
		{2, []string{"boot"}, "missing flags"},
		{2, []string{"dance"}, "dance"},
		{0, []string{"--json", "storm", "--count", "2", "--mac-base", "805ec0000101", "--url", h.url, "--model", "yealink-t46u", "--register"}, `"registered":2`},
		{0, []string{"--json", "storm", "--count", "2", "--mac-base", "805ec0000101", "--url", h.url, "--model", "yealink-t46u", "--register", "--again"}, `"before":{"ok":false,"count":2,"booted":2,"registered":2,"failed":0`},
		{1, []string{"--json", "storm", "--count", "3", "--mac-base", "805ec0000101", "--url", h.url, "--model", "yealink-t46u", "--register"}, `"failed":1`},
		{1, []string{"storm", "--count", "2", "--mac-base", "ffffffffffff", "--url", h.url, "--model", "yealink-t46u"}, "do not fit"},
	} {
		if got, text := program(t, c.args...); got != c.want || !strings.Contains(text, c.text) {
			t.Errorf("%q: status %d: %s", c.args, got, text)
		}
	}
}

func TestControlRefusesNonsense(t *testing.T) {
	h := openHouse(t)
	a := h.boot("805ec0000101")
	a.tell(t, ask{Do: "registered"})
	conn, err := net.Dial("unix", a.socket)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	buf := make([]byte, 4096)
	for _, line := range []string{"junk\n", `{"do":"fly"}` + "\n", `{"do":"answer"}` + "\n", `{"do":"hear","hz":440}` + "\n", `{"do":"dial"` + "\n"} {
		if _, err := conn.Write([]byte(line)); err != nil {
			t.Fatal(err)
		}
		n, err := conn.Read(buf)
		if err != nil || !strings.Contains(string(buf[:n]), `"ok":false`) {
			t.Errorf("%q: %s %v", line, buf[:n], err)
		}
	}
	if got, text := program(t, "boot", "--mac", "805ec0000102", "--url", h.url, "--model", "yealink-t46u", "--control", a.socket); got != 1 || !strings.Contains(text, "another phone") {
		t.Errorf("status %d: %s", got, text)
	}
	a.tell(t, ask{Do: "off"})
	if got := <-a.done; got != 0 {
		t.Errorf("ended with %d", got)
	}
}
