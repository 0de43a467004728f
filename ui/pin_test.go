package ui

import (
	"net/http"
	"strings"
	"testing"

	"cradle/directory"
)

// Somebody's PIN was guessed at three times: an administrator resets it, and it is taken again.
func TestResetPIN(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	one := c.post("/api/v1/extensions", map[string]any{"number": "7001", "default_pin": "4711"}).want(http.StatusCreated)
	id := directory.ID(one.text("id"))
	try := func(digits string) bool {
		return h.d.Try(t.Context(), directory.Attempt{Kind: directory.SecretPIN, Extension: id, Digits: directory.NewSecret(digits)}).OK
	}
	for range 3 {
		try("0000")
	}
	if try("4711") {
		t.Fatal("a locked PIN is taken")
	}
	path := "/api/v1/extensions/" + string(id) + "/reset-pin"
	c.post(path, nil).want(http.StatusOK)
	if !try("4711") {
		t.Error("the PIN is not taken after the reset")
	}
	c.post("/api/v1/extensions/none/reset-pin", nil).want(http.StatusNotFound)
}

// An activation key is shown once; nothing that is read later tells it.
func TestActivationKey(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	id := c.post("/api/v1/extensions", map[string]any{"number": "7001"}).want(http.StatusCreated).text("id")
	path := "/api/v1/extensions/" + id + "/activation-key"
	key := c.post(path, nil).want(http.StatusOK).text("key")
	if len(key) != directory.ActivationDigits {
		t.Errorf("key %q", key)
	}
	if c.get("/api/v1/extensions/"+id).text("activation_until") == "" {
		t.Error("its end is not shown")
	}
	for _, where := range []string{"/api/v1/extensions/" + id, "/api/v1/audit", "/api/v1/export"} {
		if got := c.get(where).want(http.StatusOK); strings.Contains(string(got.body), key) {
			t.Errorf("%s tells the key", where)
		}
	}
	c.delete(path).want(http.StatusNoContent)
	if c.get("/api/v1/extensions/"+id).text("activation_until") != "" {
		t.Error("it was taken back, and is shown")
	}
	c.delete(path).want(http.StatusNoContent)
	c.post("/api/v1/extensions/none/activation-key", nil).want(http.StatusNotFound)
}
