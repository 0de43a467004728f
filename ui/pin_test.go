package ui

import (
	"net/http"
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
