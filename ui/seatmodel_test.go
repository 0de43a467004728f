package ui

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"

	"cradle/directory"
)

// TestSeatsThroughTheAPIInEveryHistory does what administrators can, in random
// order, and holds what the API shows against the invariants of docs/seats.md.
func TestSeatsThroughTheAPIInEveryHistory(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	var extensions, phones, phoneIDs []string
	for i := range 4 {
		e := c.post("/api/v1/extensions", map[string]any{"number": fmt.Sprint(7001 + i), "virtualization": map[string]any{"allow": i < 3}}).want(http.StatusCreated)
		extensions = append(extensions, e.text("id"))
		body := map[string]any{"mac": fmt.Sprintf("0200000000e%d", i)}
		if i < 2 {
			body["line"] = fmt.Sprint(7001 + i)
		}
		d := c.post("/api/v1/devices", body).want(http.StatusCreated)
		phones, phoneIDs = append(phones, d.text("id")), append(phoneIDs, d.text("phone_id"))
		h.registrar.register(h.d.Snapshot().Device(directory.ID(d.text("id"))).Lines[0].Account.User)
	}
	r := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // a history
	done := map[string]int{}
	for step := range 100 {
		e, d := r.IntN(4), r.IntN(4)
		what, a := "sit", (*answer)(nil)
		switch r.IntN(9) {
		case 0, 1, 2, 3:
			a = c.post("/api/v1/seats", map[string]any{"extension": fmt.Sprint(7001 + e), "phone_id": phoneIDs[d], "force": r.IntN(2) == 0})
		case 4:
			what, a = "return", c.post("/api/v1/extensions/"+extensions[e]+"/return-to-base", nil)
		case 5:
			what = "end"
			if list := c.get("/api/v1/seats").items(); len(list) > 0 {
				a = c.delete(fmt.Sprint("/api/v1/seats/", list[r.IntN(len(list))]["id"]))
			}
		case 6:
			what, a = "share", c.patch("/api/v1/devices/"+phones[d], map[string]any{"never_shared": r.IntN(3) == 0})
		case 7:
			what, a = "roam", c.patch("/api/v1/extensions/"+extensions[e], map[string]any{"hot_desk": r.IntN(3) > 0})
		case 8:
			what, a = "rehome", c.patch("/api/v1/devices/"+phones[d], map[string]any{"line": []string{"", fmt.Sprint(7001 + e)}[r.IntN(2)]})
		}
		if a != nil && a.status >= 500 {
			t.Fatalf("step %d, %s: status %d", step, what, a.status)
		}
		if a != nil && a.status < 300 {
			done[what]++
		}
		h.seatsHold(c, step)
	}
	for _, what := range []string{"sit", "return", "end", "share", "roam", "rehome"} {
		if done[what] == 0 {
			t.Errorf("%s never happened: %v", what, done)
		}
	}
}

// seatsHold compares all that the API says of seats.
func (h *house) seatsHold(c *client, step int) {
	h.t.Helper()
	at, guests := map[string]string{}, map[string]string{} // phone's line -> extension, extension -> phone's line
	for _, s := range c.get("/api/v1/seats").items() {
		line, e := fmt.Sprint(s["device"], "/", s["line"]), fmt.Sprint(s["extension"])
		if at[line] != "" || guests[e] != "" {
			h.t.Fatalf("step %d: two at %s, or %s at two", step, line, e)
		}
		at[line], guests[e] = e, line
	}
	shown := map[string]int{} // places where an extension is active, as the phones say
	for _, d := range c.get("/api/v1/devices").items() {
		for _, x := range d["sitting"].([]any) {
			s := x.(map[string]any)
			line := fmt.Sprint(d["id"], "/", s["line"])
			e, _ := s["extension"].(string)
			if at[line] != "" && e != at[line] {
				h.t.Fatalf("step %d: at %s sits %s, its phone says %q", step, line, at[line], e)
			}
			if at[line] != "" && d["never_shared"] == true {
				h.t.Fatalf("step %d: %s sits at a phone that is never shared", step, e)
			}
			if e != "" && (guests[e] == "" || guests[e] == line) {
				shown[e]++
			}
		}
	}
	for _, e := range c.get("/api/v1/extensions").items() {
		number := fmt.Sprint(e["number"])
		if places := len(e["sitting"].([]any)); places != shown[number] || guests[number] != "" && places != 1 {
			h.t.Fatalf("step %d: %s rings at %d places, the phones say %d", step, number, places, shown[number])
		}
		if guests[number] != "" && e["hot_desk"] == false {
			h.t.Fatalf("step %d: %s is a guest and never may", step, number)
		}
	}
	for _, f := range h.d.Snapshot().SeatFaults() {
		h.t.Fatalf("step %d: %s: %s", step, f.Key, f.Fault)
	}
}
