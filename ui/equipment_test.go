package ui

import (
	"net/http"
	"strings"
	"testing"

	"cradle/directory"
)

func TestContactsOfEverybodyASiteAndAPerson(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	numbers := []any{map[string]any{"kind": "mobile", "number": "+441632960001"}}
	made := c.post("/api/v1/contacts", map[string]any{"last": "Byron", "numbers": numbers, "site": "London"}).want(http.StatusCreated).json()
	c.post("/api/v1/contacts", map[string]any{"company": "Courier", "numbers": numbers, "extension": "101"}).want(http.StatusCreated)
	c.post("/api/v1/contacts", map[string]any{"numbers": numbers}).want(http.StatusUnprocessableEntity)
	c.post("/api/v1/contacts", map[string]any{"last": "A", "numbers": []any{}}).want(http.StatusUnprocessableEntity)
	c.post("/api/v1/contacts", map[string]any{"last": "A", "numbers": numbers, "site": "London", "extension": "101"}).want(http.StatusUnprocessableEntity)
	one := "/api/v1/contacts/" + made["id"].(string)
	if got := c.patch(one, map[string]any{"first": "Ada"}).want(http.StatusOK).json(); got["first"] != "Ada" || got["last"] != "Byron" {
		t.Errorf("changed: %v", got)
	}
	c.get("/api/v1/contacts").want(http.StatusOK).item("company", "Courier")
	c.delete(one).want(http.StatusNoContent)
	c.get(one).want(http.StatusNotFound)
}

func TestSettingsOfEveryLayer(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	site := c.get("/api/v1/sites").want(http.StatusOK).item("name", "London")["id"].(string)
	profile := c.post("/api/v1/profiles", map[string]any{"name": "Quiet"}).want(http.StatusCreated).text("id")
	for _, layer := range []string{"/appliance/-", "/site/" + site, "/profile/" + profile, "/model/acme-one"} {
		one := "/api/v1/settings" + layer + "/ring.volume"
		c.get(one).want(http.StatusNotFound)
		c.put(one, map[string]any{"value": "loud"}).want(http.StatusUnprocessableEntity).problem()
		c.put(one, map[string]any{"value": "3"}).want(http.StatusOK)
		if got := c.get(one).want(http.StatusOK).text("value"); got != "3" {
			t.Errorf("%s: %q", layer, got)
		}
		c.get("/api/v1/settings"+layer).want(http.StatusOK).item("key", "ring.volume")
		c.delete(one).want(http.StatusNoContent)
		c.delete(one).want(http.StatusNotFound)
	}
	raw := "/api/v1/settings/site/" + site + "/raw.acme.phone:ring%20tone"
	c.put(raw, map[string]any{"value": "x"}).want(http.StatusOK)
	c.get(raw).want(http.StatusOK)
	c.put("/api/v1/settings/site/"+site+"/nonsense", map[string]any{"value": "3"}).want(http.StatusUnprocessableEntity)
	c.put("/api/v1/settings/site/none/ring.volume", map[string]any{"value": "3"}).want(http.StatusNotFound)
	c.put("/api/v1/settings/planet/x/ring.volume", map[string]any{"value": "3"}).want(http.StatusUnprocessableEntity)
}

// Settings added by hand whose names sound secret are written and never read.
func TestSecretSettingsAreMasked(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	const layer = "/api/v1/settings/appliance/-"
	one := layer + "/raw.acme.network.802.1x.PassWord"
	if got := c.put(one, map[string]any{"value": "canary-1"}).want(http.StatusOK).text("value"); got != "***" {
		t.Errorf("the answer says %q", got)
	}
	c.put(one, map[string]any{"value": "***"}).want(http.StatusUnprocessableEntity)
	c.put(one, map[string]any{"value": "canary-2"}).want(http.StatusOK)
	if v, _ := h.d.Snapshot().Setting(directory.Scope{Kind: "appliance"}, "raw.acme.network.802.1x.PassWord"); v != "canary-2" {
		t.Errorf("it is %q", v)
	}
	for _, path := range []string{one, layer, "/api/v1/audit"} {
		if body := string(c.get(path).want(http.StatusOK).body); strings.Contains(body, "canary") {
			t.Errorf("%s: %s", path, body)
		}
	}
	c.put(layer+"/raw.acme.tone", map[string]any{"value": "***"}).want(http.StatusOK)
}

// A user changes his own keys and contacts, nothing of others, and picks no
// template, model or setting for his phone.
func TestAUserChangesWhatIsHisOwn(t *testing.T) {
	h := newHouse(t)
	owner := h.bearer(h.setUp())
	owner.patch("/api/v1/extensions/"+owner.get("/api/v1/extensions").item("number", "102")["id"].(string),
		map[string]any{"user": "user@acme.example"}).want(http.StatusOK)
	desk := owner.get("/api/v1/devices").item("name", "Ada's desk")["id"].(string)
	owner.patch("/api/v1/devices/"+desk, map[string]any{"line": "102", "equipment": "by the window"}).want(http.StatusOK)
	other := owner.get("/api/v1/extensions").item("number", "101")["id"].(string)
	user := h.logIn("user@acme.example")
	own := user.get("/api/v1/own/extensions").want(http.StatusOK)
	if len(own.items()) != 1 {
		t.Fatalf("own extensions: %s", own.body)
	}
	mine := own.item("number", "102")
	if phones := mine["phones"].([]any); len(phones) != 1 || phones[0].(map[string]any)["equipment"] != "by the window" {
		t.Errorf("own phones: %v", phones)
	}
	keys := map[string]any{"keys": []any{map[string]any{"type": "speed", "value": "101"}}}
	got := user.patch("/api/v1/own/extensions/"+mine["id"].(string), keys).want(http.StatusOK).json()
	if len(got["keys"].([]any)) != 1 {
		t.Errorf("keys: %v", got["keys"])
	}
	user.patch("/api/v1/own/extensions/"+other, keys).want(http.StatusNotFound)
	user.patch("/api/v1/own/extensions/"+mine["id"].(string), map[string]any{"name": "Boss"}).want(http.StatusUnprocessableEntity)

	numbers := []any{map[string]any{"number": "555"}}
	contact := user.post("/api/v1/own/contacts", map[string]any{"first": "Mum", "numbers": numbers}).want(http.StatusCreated).text("id")
	user.post("/api/v1/own/contacts", map[string]any{"first": "Mum", "numbers": numbers, "extension": "101"}).want(http.StatusUnprocessableEntity)
	foreign := owner.post("/api/v1/contacts", map[string]any{"first": "Eve", "numbers": numbers, "extension": "101"}).want(http.StatusCreated).text("id")
	user.get("/api/v1/own/contacts/" + foreign).want(http.StatusNotFound)
	user.delete("/api/v1/own/contacts/" + foreign).want(http.StatusNotFound)
	if n := len(user.get("/api/v1/own/contacts").want(http.StatusOK).items()); n != 1 {
		t.Errorf("%d own contacts, not 1", n)
	}
	user.delete("/api/v1/own/contacts/" + contact).want(http.StatusNoContent)

	user.patch("/api/v1/devices/"+desk, map[string]any{"model": "acme-two"}).want(http.StatusForbidden)
	user.patch("/api/v1/devices/"+desk, map[string]any{"profile": ""}).want(http.StatusForbidden)
	user.put("/api/v1/settings/device/"+desk+"/ring.volume", map[string]any{"value": "3"}).want(http.StatusForbidden)
	user.get("/api/v1/templates").want(http.StatusForbidden)
	user.post("/api/v1/custom-templates", map[string]any{"scope": map[string]any{"kind": "device", "id": desk}, "model": "acme-one", "file": "phone.tmpl", "name": "mine"}).want(http.StatusForbidden)
	user.post("/api/v1/custom-templates/any/activate", map[string]any{"number": 1}).want(http.StatusForbidden)
}

func TestADuplicateMACNamesThePhoneThatHasIt(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	there := c.get("/api/v1/devices").item("name", "Hot desk 1")
	a := c.post("/api/v1/devices", map[string]any{"mac": "C074AD001122", "site": "London"}).want(http.StatusConflict)
	a.problem()
	for _, part := range []string{"Hot desk 1", there["phone_id"].(string), there["id"].(string)} {
		if !strings.Contains(string(a.body), part) {
			t.Errorf("%s is not in %s", part, a.body)
		}
	}
}

func TestFreePhonesOfASite(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	c.post("/api/v1/sites", map[string]any{"name": "Leeds"}).want(http.StatusCreated)
	hot := c.get("/api/v1/devices").item("name", "Hot desk 1")["id"].(string)
	c.post("/api/v1/devices", map[string]any{"mac": "00:04:13:00:00:01", "site": "Leeds", "name": "North"}).want(http.StatusCreated)
	c.post("/api/v1/devices", map[string]any{"mac": "00:04:13:00:00:02", "site": "Leeds", "name": "Adapter", "remote_login": false}).want(http.StatusCreated)
	free := func(site string) string {
		var names []string
		for _, d := range c.get("/api/v1/devices?free=true&site=" + site).want(http.StatusOK).items() {
			names = append(names, d["name"].(string))
		}
		return strings.Join(names, ",")
	}
	if got := free("London") + free("Leeds"); got != "" {
		t.Errorf("free are %s, which nobody can reach", got)
	}
	for d := range h.d.Snapshot().Devices("") {
		h.registrar.register(d.Lines[0].Account.User)
	}
	if got := free("London") + ";" + free("Leeds"); got != "Hot desk 1;North" {
		t.Errorf("free are %s", got)
	}
	c.patch("/api/v1/devices/"+hot, map[string]any{"line": "102"}).want(http.StatusOK)
	if got := free("London"); got != "" {
		t.Errorf("free is %s, where 102 sits", got)
	}
	c.get("/api/v1/devices?free=true&site=none").want(http.StatusUnprocessableEntity)
	if n := len(c.get("/api/v1/devices?site=Leeds").want(http.StatusOK).items()); n != 2 {
		t.Errorf("%d phones of Leeds, not 2", n)
	}
}

func TestFirmwareOfTheApplianceIsSeenByAll(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	f := &directory.Firmware{Vendor: "acme", Models: []string{"acme-one"}, Version: "2.1", File: "one.rom", Size: 9, SHA256: strings.Repeat("0a", 32)}
	must(t, h.d.Update(t.Context(), directory.Actor{}, func(tx *directory.Tx) error { return tx.PutFirmware(f) }))
	one := "/api/v1/firmware/" + string(f.ID)
	c.get("/api/v1/firmware").want(http.StatusOK).item("file", "one.rom")
	if got := c.patch(one, map[string]any{"bad": "phones fall silent"}).want(http.StatusOK).text("bad"); got != "phones fall silent" {
		t.Errorf("bad is %q", got)
	}
	c.post("/api/v1/apply", []byte(`{"organization":{"name":"Second Ltd"},
		"users":[{"email":"boss@second.example","role":"owner","portal":true,"password":"`+password+`"}]}`)).want(http.StatusOK)
	stranger := h.logIn("boss@second.example")
	stranger.put("/api/v1/settings/appliance/-/ring.volume", map[string]any{"value": "3"}).want(http.StatusForbidden)
	stranger.put("/api/v1/settings/organization/"+c.get("/api/v1/organizations").item("name", "Acme Ltd")["id"].(string)+"/ring.volume",
		map[string]any{"value": "3"}).want(http.StatusNotFound)
	stranger.get(one).want(http.StatusOK)
	stranger.patch(one, map[string]any{"bad": ""}).want(http.StatusForbidden)
	stranger.delete(one).want(http.StatusForbidden)
	c.delete(one).want(http.StatusNoContent)
}

func TestTheOperatorsContactIsToldToEverybody(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	org := c.get("/api/v1/organizations").item("name", "Acme Ltd")["id"].(string)
	c.patch("/api/v1/organizations/"+org, map[string]any{"operator_contact": "call 0800"}).want(http.StatusOK)
	if got := h.logIn("user@acme.example").get("/api/v1/session").want(http.StatusOK).text("operator_contact"); got != "call 0800" {
		t.Errorf("contact is %q", got)
	}
}
