package ui

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"cradle/directory"
)

// What happened at a phone and with a person is told to administrators and to the
// owner, with the true reason of refusals; nobody else's is found.
func TestSeatHistory(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	one := c.post("/api/v1/extensions", map[string]any{"number": "7001"}).want(http.StatusCreated).text("id")
	desk := c.post("/api/v1/devices", map[string]any{"mac": "0200000000d1"}).want(http.StatusCreated)
	seat := c.post("/api/v1/seats", map[string]any{"extension": "7001", "phone_id": desk.text("phone_id"), "force": true}).want(http.StatusCreated)
	e := h.d.Snapshot().Extension(directory.ID(one))
	refusal := directory.SeatEvent{Device: directory.ID(desk.text("id")), PhoneID: desk.text("phone_id"), Line: 1, Extension: e.ID, Number: "7001", How: directory.HowCode, Why: "the secret is locked"}
	must(t, h.d.NoteRefusal(t.Context(), refusal))
	c.post("/api/v1/extensions/"+one+"/return-to-base", nil).want(http.StatusOK)
	c.delete("/api/v1/seats/" + seat.text("id")).want(http.StatusNotFound)
	c.post("/api/v1/extensions/"+one+"/return-to-base", nil).want(http.StatusOK) // nothing to undo

	for _, path := range []string{"/devices/" + desk.text("id"), "/extensions/" + one} {
		list := c.get("/api/v1" + path + "/seat-history").want(http.StatusOK).items()
		if len(list) != 3 {
			t.Fatalf("%s: %v", path, list)
		}
		for i, want := range []string{"left", "refused", "taken"} {
			if line := list[i]; line["what"] != want || line["extension"] != "7001" || want == "refused" && line["why"] != "the secret is locked" {
				t.Errorf("%s: line %d is %v, want %s", path, i, line, want)
			}
		}
		first := c.get("/api/v1" + path + "/seat-history?limit=2").want(http.StatusOK)
		if rest := c.get("/api/v1" + path + "/seat-history?limit=2&cursor=" + first.text("next")).items(); len(first.items()) != 2 || len(rest) != 1 {
			t.Errorf("pages of %d and %d", len(first.items()), len(rest))
		}
	}
	user := h.bearer(h.logIn("user@acme.example").post("/api/v1/tokens", map[string]any{"name": "x"}).want(http.StatusCreated).text("token"))
	user.get("/api/v1/own/extensions/" + one + "/seat-history").want(http.StatusNotFound)
	user.post("/api/v1/own/extensions/"+one+"/return-to-base", nil).want(http.StatusNotFound)
	must(t, h.d.Update(t.Context(), directory.Actor{Kind: "system", Name: "test"}, func(tx *directory.Tx) error {
		mine := *tx.Snapshot().Extension(e.ID)
		mine.User = tx.Snapshot().UserByEmail("user@acme.example").ID
		if err := tx.PutExtension(&mine); err != nil {
			return err
		}
		_, err := tx.Sit(directory.SitRequest{Extension: e.ID, At: directory.LineRef{Device: refusal.Device, Line: 1}, How: directory.HowCode})
		return err
	}))
	if list := user.get("/api/v1/own/extensions/" + one + "/seat-history").want(http.StatusOK).items(); len(list) != 4 {
		t.Errorf("the owner sees %v", list)
	}
	user.post("/api/v1/own/extensions/"+one+"/return-to-base", nil).want(http.StatusOK)
	if h.d.Snapshot().Guest(e.ID) != nil {
		t.Error("still a guest")
	}
}

// A number is pending while its phone is asked; one that does not answer changes nothing.
func TestLoginIsPendingUntilThePhoneAnswers(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	hot := h.d.Snapshot().DeviceByMAC("c074ad001122")
	h.registrar.register(hot.Lines[0].Account.User)
	number := c.post("/api/v1/numbers", map[string]any{"number": "+493055501", "extension": "102", "status": "active"}).want(http.StatusCreated)
	status := func() string { return c.get("/api/v1/numbers/" + number.text("id")).text("status") }
	var told error
	h.ui.api.Reach = func(_ context.Context, account string) error {
		if account != hot.Lines[0].Account.User || status() != "pending" {
			t.Errorf("asked %s while the number is %s", account, status())
		}
		sit := map[string]any{"extension": "102", "phone_id": hot.PhoneID}
		c.post("/api/v1/seats", sit).want(http.StatusConflict) // a second time meanwhile
		return told
	}
	sit := func() *answer {
		return c.post("/api/v1/seats", map[string]any{"extension": "102", "phone_id": hot.PhoneID})
	}
	told = http.ErrHandlerTimeout
	sit().want(http.StatusConflict)
	if len(c.get("/api/v1/seats").items()) != 0 || status() != "active" {
		t.Errorf("after no answer: %v, %s", c.get("/api/v1/seats").items(), status())
	}
	told = nil
	sit().want(http.StatusCreated)
	if len(c.get("/api/v1/seats").items()) != 1 || status() != "active" {
		t.Errorf("after the answer: %v, %s", c.get("/api/v1/seats").items(), status())
	}
}

// A phone that is never shared is taken by nobody, whatever the force, and sends
// its guest home when it becomes one.
func TestNeverShared(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	c.post("/api/v1/extensions", map[string]any{"number": "7001"}).want(http.StatusCreated)
	desk := c.post("/api/v1/devices", map[string]any{"mac": "0200000000d2"}).want(http.StatusCreated)
	sit := func() *answer {
		return c.post("/api/v1/seats", map[string]any{"extension": "7001", "phone_id": desk.text("phone_id"), "force": true})
	}
	sit().want(http.StatusCreated)
	c.patch("/api/v1/devices/"+desk.text("id"), map[string]any{"never_shared": true}).want(http.StatusOK)
	if len(c.get("/api/v1/seats").items()) != 0 {
		t.Error("the guest is still there")
	}
	sit().want(http.StatusUnprocessableEntity)
	for _, d := range c.get("/api/v1/devices?free=true").items() {
		if d["id"] == desk.text("id") {
			t.Error("it is listed among the free phones")
		}
	}
}

// A program is its user's: it is known by its model where nothing is said, and nobody
// sits at it whatever is asked.
func TestProgramsArePersonal(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	c.post("/api/v1/extensions", map[string]any{"number": "7001"}).want(http.StatusCreated)
	c.post("/api/v1/extensions", map[string]any{"number": "7002", "virtualization": map[string]any{"allow": true}}).want(http.StatusCreated)
	add := func(mac string, more map[string]any) *answer {
		more["mac"] = mac
		return c.post("/api/v1/devices", more).want(http.StatusCreated)
	}
	for i, of := range []struct {
		body map[string]any
		want bool
	}{{map[string]any{}, false}, {map[string]any{"model": "acme-one"}, false}, {map[string]any{"model": "acme-soft"}, true},
		{map[string]any{"model": "acme-soft", "personal": false}, false}, {map[string]any{"personal": true, "line": "7002"}, true}} {
		d := add(fmt.Sprintf("0200000000f%d", i), of.body)
		if d.json()["personal"] != of.want || d.json()["shared"] != false {
			t.Errorf("%+v: personal %v, shared %v", of.body, d.json()["personal"], d.json()["shared"])
		}
		a := c.post("/api/v1/seats", map[string]any{"extension": "7001", "phone_id": d.text("phone_id"), "force": true})
		if want := map[bool]int{true: http.StatusUnprocessableEntity, false: http.StatusCreated}[of.want]; a.status != want {
			t.Errorf("sitting down at %+v: %d, want %d", of.body, a.status, want)
		}
	}
}

// A phone is marked as shared while who is at home there lets others sit down, and
// never where nobody else may.
func TestSharedPhonesAreMarked(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	desk := "/api/v1/devices/" + c.get("/api/v1/devices").item("line", "101")["id"].(string)
	marked := func(when string, want bool) {
		t.Helper()
		if got := c.get(desk).json()["shared"]; got != want {
			t.Errorf("%s: %v", when, got)
		}
	}
	allow := func(on bool) {
		c.patch("/api/v1/extensions/"+c.get("/api/v1/extensions").item("number", "101")["id"].(string), map[string]any{"virtualization": map[string]any{"allow": on}}).want(http.StatusOK)
	}
	allow(false)
	marked("not allowed", false)
	allow(true)
	marked("allowed", true)
	c.patch(desk, map[string]any{"never_shared": true}).want(http.StatusOK)
	marked("never shared", false)
	c.patch(desk, map[string]any{"never_shared": false}).want(http.StatusOK)
	allow(false)
	marked("no longer allowed", false)
	if hot := c.get("/api/v1/devices").item("name", "Hot desk 1"); hot["shared"] != false {
		t.Error("a hot desk is nobody's to share")
	}
}
