package ui

import (
	"net/http"
	"strings"
	"testing"

	"cradle/directory"
)

// A plain user has the numbers that are his, logs them in and out at the handsets of
// their site, and says who may sit at his phones and by which code he sits at others'.
// What is somebody else's is not there.
func TestOwnNumbersAndSeats(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	user := h.logIn("user@acme.example")
	extension := func(number string) string { return c.get("/api/v1/extensions").item("number", number)["id"].(string) }
	mine, other := extension("102"), extension("101")
	c.patch("/api/v1/extensions/"+mine, map[string]any{"user": "user@acme.example"}).want(http.StatusOK)
	c.post("/api/v1/numbers", map[string]any{"number": "+442071838751", "extension": "102", "status": "active"}).want(http.StatusCreated)
	foreign := c.post("/api/v1/numbers", map[string]any{"number": "+442071838752", "extension": "101", "status": "active"}).want(http.StatusCreated).text("id")
	hot := h.d.Snapshot().DeviceByMAC("c074ad001122")
	h.registrar.register(hot.Lines[0].Account.User)

	if list := user.get("/api/v1/own/numbers").want(http.StatusOK).items(); len(list) != 1 || list[0]["number"] != "+442071838751" {
		t.Errorf("own numbers: %v", list)
	}
	user.get("/api/v1/own/numbers/" + foreign).want(http.StatusNotFound)
	user.get("/api/v1/numbers").want(http.StatusForbidden)

	own := "/api/v1/own/extensions/" + mine
	if list := user.get(own + "/handsets").want(http.StatusOK).items(); len(list) != 1 || list[0]["phone_id"] != hot.PhoneID {
		t.Errorf("handsets: %v", list)
	}
	login := map[string]any{"phone_id": hot.PhoneID}
	if guest := user.post(own+"/login", login).want(http.StatusOK).json()["guest"].(map[string]any); guest["phone_id"] != hot.PhoneID || guest["kind"] != "login" || guest["base"] != "" {
		t.Errorf("logged in at %v", guest)
	}
	if s := h.d.Snapshot().Guest(directory.ID(mine)); s == nil || s.By != "user@acme.example" || s.How != directory.HowPortal {
		t.Errorf("the seat: %+v", s)
	}
	user.post(own+"/login", login).want(http.StatusConflict)
	if after := user.post(own+"/return-to-base", nil).want(http.StatusOK).json(); after["guest"] != nil {
		t.Errorf("logged out: %v", after["guest"])
	}
	c.post("/api/v1/seats", map[string]any{"extension": "101", "phone_id": hot.PhoneID, "force": true}).want(http.StatusCreated)
	if text := user.post(own+"/login", login).want(http.StatusConflict).problem().text("detail"); strings.Contains(text, "101") || !strings.Contains(text, "somebody is logged in") {
		t.Errorf("a user is told who sits there: %s", text)
	}
	for _, path := range []string{"/handsets", "/seat-history"} {
		user.get("/api/v1/own/extensions/" + other + path).want(http.StatusNotFound)
	}
	user.post("/api/v1/own/extensions/"+other+"/login", login).want(http.StatusNotFound)

	set := func(id string, v map[string]any) *answer {
		return user.patch("/api/v1/own/extensions/"+id, map[string]any{"virtualization": v})
	}
	if v := set(mine, map[string]any{"allow": true, "secret": "135792"}).want(http.StatusOK).json()["virtualization"].(map[string]any); v["allow"] != true || v["has_secret"] != true {
		t.Errorf("virtualization: %v", v)
	}
	if ok := h.d.MatchVirtualizationSecret(directory.ID(mine), "135792"); !ok {
		t.Error("the code is not the one that was set")
	}
	set(mine, map[string]any{"secret": "1111"}).want(http.StatusUnprocessableEntity)
	set(other, map[string]any{"allow": true}).want(http.StatusNotFound)
	set(other, map[string]any{"secret": "135792"}).want(http.StatusNotFound)
}

// A login by the user himself is for the handsets of his number's site alone, and not
// for numbers that are reserved or main.
func TestOwnLoginIsOfTheSite(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	user := h.logIn("user@acme.example")
	e := c.get("/api/v1/extensions").item("number", "102")
	c.patch("/api/v1/extensions/"+e["id"].(string), map[string]any{"user": "user@acme.example"}).want(http.StatusOK)
	leeds := c.post("/api/v1/sites", map[string]any{"name": "Leeds"}).want(http.StatusCreated).text("id")
	far := c.post("/api/v1/devices", map[string]any{"mac": "0200000000d7", "site": leeds}).want(http.StatusCreated)
	h.registrar.register(h.d.Snapshot().DeviceByMAC("0200000000d7").Lines[0].Account.User)
	own := "/api/v1/own/extensions/" + e["id"].(string)
	user.post(own+"/login", map[string]any{"phone_id": far.text("phone_id")}).want(http.StatusUnprocessableEntity)
	number := c.post("/api/v1/numbers", map[string]any{"number": "+441130000001", "extension": "102", "site": leeds}).want(http.StatusCreated).text("id")
	if list := user.get(own + "/handsets").items(); len(list) != 1 {
		t.Errorf("handsets of Leeds: %v", list)
	}
	user.post(own+"/login", map[string]any{"phone_id": far.text("phone_id")}).want(http.StatusUnprocessableEntity) // reserved
	c.patch("/api/v1/numbers/"+number, map[string]any{"status": "active"}).want(http.StatusOK)
	user.post(own+"/login", map[string]any{"phone_id": far.text("phone_id")}).want(http.StatusOK)
	c.patch("/api/v1/devices/"+far.text("id"), map[string]any{"remote_login": false}).want(http.StatusOK)
	c.post("/api/v1/extensions/"+e["id"].(string)+"/return-to-base", nil).want(http.StatusOK)
	if got := user.get(own + "/handsets").json(); got["manual"] != 1.0 || len(got["items"].([]any)) != 0 {
		t.Errorf("a phone by hand only: %v", got)
	}
}
