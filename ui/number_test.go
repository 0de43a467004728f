package ui

import (
	"net/http"
	"strings"
	"testing"

	"cradle/directory"
)

// A main number is changed by nobody here; a number that is reserved or main logs in
// at no handset, one that is in use does, and so does an extension without any.
func TestMainAndReservedNumbers(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	hot := h.d.Snapshot().DeviceByMAC("c074ad001122")
	h.registrar.register(hot.Lines[0].Account.User)
	sit := func() *answer {
		return c.post("/api/v1/seats", map[string]any{"extension": "102", "phone_id": hot.PhoneID})
	}
	out := func(a *answer) {
		t.Helper()
		c.delete("/api/v1/seats/" + a.want(http.StatusCreated).text("id")).want(http.StatusNoContent)
	}
	out(sit())
	site := c.get("/api/v1/sites").item("name", "London")["id"].(string)
	main := "/api/v1/numbers/" + c.post("/api/v1/numbers", map[string]any{"number": "+442071838750", "extension": "102", "status": "active"}).want(http.StatusCreated).text("id")
	out(sit())
	c.patch("/api/v1/sites/"+site, map[string]any{"main_number": "+442071838750"}).want(http.StatusOK)
	c.patch(main, map[string]any{"display": []string{"Front", "Desk"}}).want(http.StatusForbidden).problem()
	c.delete(main).want(http.StatusForbidden).problem()
	sit().want(http.StatusUnprocessableEntity).problem()
	own := "/api/v1/numbers/" + c.post("/api/v1/numbers", map[string]any{"number": "+442071838751", "extension": "102"}).want(http.StatusCreated).text("id")
	sit().want(http.StatusUnprocessableEntity).problem() // reserved
	for _, change := range []map[string]any{{"display": []string{"Front", "Desk"}}, {"user": "user@acme.example"}, {"extension": "101"}, {"status": "reserved", "display": []string{"x"}}} {
		c.patch(own, change).want(http.StatusForbidden).problem()
	}
	if len(c.get("/api/v1/seats").items()) != 0 {
		t.Error("a refusal changed something")
	}
	c.patch(own, map[string]any{"status": "active"}).want(http.StatusOK)
	out(sit())
	id := directory.ID(strings.TrimPrefix(own, "/api/v1/numbers/"))
	status := func(to directory.NumberStatus) {
		t.Helper()
		must(t, h.d.Update(t.Context(), directory.Actor{Kind: "system", Name: "test"}, func(tx *directory.Tx) error {
			n := *tx.Snapshot().Number(id)
			n.Status = to
			return tx.PutNumber(&n)
		}))
	}
	status(directory.NumberPending)
	c.patch(own, map[string]any{"display": []string{"Front", "Desk"}}).want(http.StatusForbidden).problem()
	c.delete(own).want(http.StatusForbidden).problem()
	status(directory.NumberActive)
	c.patch(own, map[string]any{"display": []string{"Front", "Desk"}}).want(http.StatusOK)
}

// The label stands in the place of the user's name, and the number stays the user's.
func TestLabelLeavesTheUser(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	path := "/api/v1/numbers/" + c.post("/api/v1/numbers", map[string]any{"number": "+442071838751", "extension": "102", "status": "active", "user": "user@acme.example"}).want(http.StatusCreated).text("id")
	before := c.get(path).json()["user"].(map[string]any)
	after := c.patch(path, map[string]any{"display": []string{"Front", "Desk"}}).want(http.StatusOK).json()
	if user := after["user"].(map[string]any); user["id"] != before["id"] || len(after["display"].([]any)) != 2 {
		t.Errorf("%v was %v", after, before)
	}
	if after := c.patch(path, map[string]any{"user": ""}).want(http.StatusOK).json(); after["user"] != nil || len(after["display"].([]any)) != 2 {
		t.Errorf("taken back: %v", after)
	}
}
