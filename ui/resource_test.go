package ui

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"cradle/directory"
	"cradle/ui/live"
)

func TestRecords(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	for _, r := range []struct {
		path          string
		create, patch map[string]any
		field         string
		want          any
	}{
		{"/sites", map[string]any{"name": "Leeds", "networks": []any{"10.9.0.0/16"}, "timezone": "Europe/London"}, map[string]any{"adoption": "closed"}, "adoption", "closed"},
		{"/users", map[string]any{"email": "New@acme.example", "role": "operator"}, map[string]any{"first_name": "Nora"}, "first_name", "Nora"},
		{"/extensions", map[string]any{"number": "150", "name": "Nora", "site": "London", "user": "user@acme.example"}, map[string]any{"name": "Nora N"}, "name", "Nora N"},
		{"/numbers", map[string]any{"number": "+442071838751", "site": "London", "extension": "101"}, map[string]any{"status": "active"}, "status", "active"},
		{"/codes", map[string]any{"digits": "*77", "feature": "seat", "argument": true}, map[string]any{"digits": "*78"}, "digits", "*78"},
		{"/layouts", map[string]any{"name": "Reception", "keys": []any{map[string]any{"type": "blf", "value": "102", "position": 2}}}, map[string]any{"name": "Front"}, "name", "Front"},
		{"/mailboxes", map[string]any{"extension": "102", "new": 2, "old": 1}, map[string]any{"new": 3}, "new", 3.0},
		{"/profiles", map[string]any{"name": "Quiet"}, map[string]any{"name": "Loud"}, "name", "Loud"},
		{"/devices", map[string]any{"mac": "00-04-13-AA-BB-01", "model": "acme-one", "site": "London", "name": "Third", "line": "102"}, map[string]any{"name": "Fourth"}, "name", "Fourth"},
	} {
		t.Run(r.path[1:], func(t *testing.T) {
			made := c.post("/api/v1"+r.path, r.create).want(http.StatusCreated).json()
			one := "/api/v1" + r.path + "/" + made["id"].(string)
			c.post("/api/v1"+r.path, r.create).want(http.StatusConflict).problem()
			changed := c.patch(one, r.patch).want(http.StatusOK).json()
			if changed[r.field] != r.want || changed["revision"] == made["revision"] {
				t.Errorf("changed: %v", changed)
			}
			r.patch["revision"] = made["revision"]
			r.patch[r.field] = made[r.field]
			c.patch(one, r.patch).want(http.StatusConflict).problem()
			c.patch(one, map[string]any{"nonsense": 1}).want(http.StatusUnprocessableEntity).problem()
			if read := c.get(one).want(http.StatusOK).json(); read[r.field] != r.want {
				t.Errorf("read: %v", read)
			}
			c.get("/api/v1"+r.path).want(http.StatusOK).item("id", made["id"].(string))
			c.delete(one).want(http.StatusNoContent)
			c.get(one).want(http.StatusNotFound).problem()
			c.delete(one).want(http.StatusNotFound)
		})
	}
	c.get("/api/v1/templates").want(http.StatusOK).item("id", "acme-two")
	c.get("/api/v1/templates/acme-one").want(http.StatusOK)
	c.get("/api/v1/templates/none").want(http.StatusNotFound)
}

// A help call must not be found to lead nowhere when it is made.
func TestEmergencyRouteHasToExist(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	site := "/api/v1/sites/" + c.get("/api/v1/sites").want(http.StatusOK).item("name", "London")["id"].(string)
	c.patch(site, map[string]any{"emergency_route": "102"}).want(http.StatusOK)
	c.patch(site, map[string]any{"emergency_route": "999"}).want(http.StatusUnprocessableEntity).problem()
	c.post("/api/v1/sites", map[string]any{"name": "York", "emergency_route": "999"}).want(http.StatusUnprocessableEntity).problem()
	if got := c.get(site).want(http.StatusOK).text("emergency_route"); got != "102" {
		t.Errorf("route %q", got)
	}
}

func TestPages500AndCursor(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	for i := range 25 {
		number := 88 + i // two digits sort before three
		if i >= 12 {
			number = 200 + i
		}
		c.post("/api/v1/extensions", map[string]any{"number": fmt.Sprint(number)}).want(http.StatusCreated)
	}
	seen := map[string]bool{}
	cursor, pages := "", 0
	for {
		a := c.get("/api/v1/extensions?limit=10&cursor=" + cursor).want(http.StatusOK)
		for _, e := range a.items() {
			if seen[e["number"].(string)] {
				t.Errorf("%v came twice", e["number"])
			}
			seen[e["number"].(string)] = true
		}
		if pages++; pages == 1 {
			// The last of the page goes away: the next page must not begin anew.
			last := a.items()[9]
			c.delete("/api/v1/extensions/" + last["id"].(string)).want(http.StatusNoContent)
		}
		if cursor = a.text("next"); cursor == "" {
			break
		}
	}
	// With the two of the office.
	if want := 27; len(seen) != want {
		t.Errorf("%d extensions in %d pages, want %d", len(seen), pages, want)
	}
	c.get("/api/v1/extensions?limit=500").want(http.StatusOK)
	c.get("/api/v1/extensions?limit=501").want(http.StatusUnprocessableEntity)
	c.get("/api/v1/extensions?cursor=!!").want(http.StatusUnprocessableEntity)
}

func TestBodiesAtAndPastTheirLimit(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	pad := func(n int) []byte {
		body := []byte(`{"name":"x"`)
		return append(append(body, bytes.Repeat([]byte(" "), n-len(body)-1)...), '}')
	}
	c.post("/api/v1/tokens", pad(1<<20)).want(http.StatusCreated)
	c.post("/api/v1/tokens", pad(1<<20+1)).want(http.StatusRequestEntityTooLarge).problem()
	big := []byte("# " + strings.Repeat("x", 8<<20-40) + "\norganization: {name: Acme Ltd}\n")
	c.post("/api/v1/apply", append(big, bytes.Repeat([]byte("\n"), 8<<20-len(big))...)).want(http.StatusOK)
	c.post("/api/v1/apply", append(big, bytes.Repeat([]byte("\n"), 8<<20-len(big)+1)...)).want(http.StatusRequestEntityTooLarge).problem()
}

func TestApplyAndExport(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	document := []byte("organization: {name: Acme Ltd}\nextensions:\n  - {number: \"201\", name: New}\n  - {number: \"101\", voicemail: {enabled: true}}\n")
	before := h.d.Snapshot().Revision()
	dry := c.post("/api/v1/apply?dry_run=1", document).want(http.StatusOK).json()
	if h.d.Snapshot().Revision() != before || len(dry["created"].([]any)) != 1 || len(dry["changed"].([]any)) != 1 {
		t.Errorf("dry run: %v", dry)
	}
	done := c.post("/api/v1/apply", document).want(http.StatusOK).json()
	if fmt.Sprint(done) != fmt.Sprint(dry) || len(done["not_in_force"].([]any)) == 0 {
		t.Errorf("applied %v, the dry run said %v", done, dry)
	}
	again := c.post("/api/v1/apply", document).want(http.StatusOK).json()
	if len(again["created"].([]any))+len(again["changed"].([]any)) != 0 {
		t.Errorf("the second time changed something: %v", again)
	}
	a := c.post("/api/v1/apply", []byte("organization: {name: Acme Ltd}\nextensions:\n  - {number: \"x\"}\n")).want(http.StatusUnprocessableEntity).problem()
	if !strings.HasPrefix(a.text("detail"), "office.yaml:3: ") {
		t.Errorf("detail: %s", a.text("detail"))
	}
	plain := c.get("/api/v1/export").want(http.StatusOK)
	secrets := c.get("/api/v1/export?secrets=1").want(http.StatusOK)
	account := h.d.Snapshot().DeviceByMAC("805ec0123456").Lines[0].Account
	if strings.Contains(string(plain.body), account.Secret.Reveal()) || !strings.Contains(string(secrets.body), account.Secret.Reveal()) {
		t.Error("secrets are in the wrong export")
	}
	yaml := c.get("/api/v1/export?format=yaml").want(http.StatusOK)
	if ct := yaml.header.Get("Content-Type"); ct != "application/yaml" || !strings.Contains(string(yaml.body), "name: Acme Ltd") {
		t.Errorf("%s: %s", ct, yaml.body)
	}
	back := c.post("/api/v1/apply", secrets.body).want(http.StatusOK).json()
	if len(back["created"].([]any))+len(back["changed"].([]any)) != 0 {
		t.Errorf("what was exported is not what is there: %v", back)
	}
}

func TestDevices(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	var met directory.Device
	must(t, h.d.Update(t.Context(), directory.Actor{Kind: "phone", Name: "test"}, func(tx *directory.Tx) error {
		s := tx.Snapshot()
		org := s.OrganizationByName("Acme Ltd").ID
		d, err := tx.NewDevice(org, s.SiteByName(org, "London").ID, "001565000001", "acme-one", directory.StepLobby)
		if err == nil {
			met = *d
		}
		return err
	}))
	h.provisioning.step(live.Step{At: time.Now(), MAC: met.MAC, Door: "http", File: "/p/~secretsecretsecret/001565000001.cfg", Status: 200, Sure: "certain", Bytes: 10, LeftOut: "a#1"})
	h.provisioning.step(live.Step{At: time.Now(), MAC: met.MAC, Door: "tftp", File: "other.cfg", Status: 404, Rule: "site is closed"})
	one := "/api/v1/devices/" + string(met.ID)
	v := c.get(one).want(http.StatusOK).json()
	if v["mac"] != "00:15:65:00:00:01" || v["step"] != "lobby" || v["model_label"] != "Acme One" || v["vendor"] != "Acme" || v["sure"] != "certain" || v["registered"] != false ||
		v["last_step"].(map[string]any)["rule"] != "site is closed" {
		t.Errorf("device: %v", v)
	}
	journal := c.get(one + "/journal").want(http.StatusOK)
	if len(journal.items()) != 2 || strings.Contains(string(journal.body), "secretsecret") {
		t.Errorf("journal: %s", journal.body)
	}
	if left := journal.items()[0]["left_out"]; left != "a#1" {
		t.Errorf("left out: %v", left)
	}
	h.comesUp(c, met)
	before := h.d.Snapshot().Device(met.ID).Lines[0].Account.Secret.Reveal()
	v = c.post(one+"/approve", map[string]any{"line": "102"}).want(http.StatusOK).json()
	after := h.d.Snapshot().Device(met.ID)
	if v["step"] != "approved" || v["line"] != "102" || after.Lines[0].Account.Secret.Reveal() == before {
		t.Errorf("approved: %v", v)
	}
	v = c.post(one+"/rearm", nil).want(http.StatusOK).json()
	if v["phone_id"] == met.PhoneID {
		t.Error("rearm kept the Phone ID")
	}
	h.registrar.register(after.Lines[0].Account.User)
	v = c.post(one+"/resync", map[string]any{"reboot": true}).want(http.StatusAccepted).json()
	if v["resync"] != "applied" || v["resync_reason"] != "read" || v["resync_at"] == nil || v["registered"] != true || v["registration"].(map[string]any)["source"] != "127.0.0.5:5060" {
		t.Errorf("after resync: %v", v)
	}
	asked := len(h.resync.asked)
	c.post("/api/v1/devices/resync", map[string]any{"devices": []any{string(met.ID), "none"}}).want(http.StatusNotFound)
	if len(h.resync.asked) != asked {
		t.Error("some were told, though one of them is not there")
	}
	c.post("/api/v1/devices/resync", map[string]any{"devices": []any{string(met.ID), string(met.ID)}}).want(http.StatusAccepted)
	if len(h.resync.asked) != asked+2 {
		t.Errorf("told %v", h.resync.asked)
	}
	h.resync.err = http.ErrHandlerTimeout
	c.post(one+"/resync", nil).want(http.StatusConflict).problem()
	v = c.patch(one, map[string]any{"lines": []any{"102", "", "101"}}).want(http.StatusOK).json()
	if len(v["lines"].([]any)) != 3 || len(v["sitting"].([]any)) != 3 {
		t.Errorf("lines: %v", v["lines"])
	}
	c.patch(one, map[string]any{"line": "999"}).want(http.StatusUnprocessableEntity).problem()
	c.patch(one, map[string]any{"model": "no-such"}).want(http.StatusUnprocessableEntity).problem()
	c.patch(one, map[string]any{"disabled": true}).want(http.StatusOK)
	c.post("/api/v1/devices/none/approve", nil).want(http.StatusNotFound)
}

func TestSeats(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	s := h.d.Snapshot()
	desk, hot := s.DeviceByMAC("805ec0123456"), s.DeviceByMAC("c074ad001122")
	sit := func(extension, phone string, force bool) *answer {
		return c.post("/api/v1/seats", map[string]any{"extension": extension, "phone_id": phone, "force": force})
	}
	sit("102", hot.PhoneID, false).want(http.StatusUnprocessableEntity).problem() // not registered
	h.registrar.register(hot.Lines[0].Account.User)
	h.registrar.register(desk.Lines[0].Account.User)
	seat := sit("102", hot.PhoneID, false).want(http.StatusCreated).json()
	if seat["kind"] != "login" || seat["extension"] != "102" || seat["phone_id"] != hot.PhoneID || seat["how"] != "api" {
		t.Errorf("seat: %v", seat)
	}
	sit("101", hot.PhoneID, false).want(http.StatusConflict).problem()            // somebody is there
	sit("102", desk.PhoneID, false).want(http.StatusConflict).problem()           // logged in elsewhere
	sit("999", hot.PhoneID, false).want(http.StatusUnprocessableEntity).problem() // no such extension
	sit("102", "000000", false).want(http.StatusUnprocessableEntity).problem()
	shown := c.get("/api/v1/devices/" + string(hot.ID)).json()["sitting"].([]any)[0].(map[string]any)
	if shown["extension"] != "102" || shown["seat"] != seat["id"] {
		t.Errorf("sitting: %v", shown)
	}
	if len(c.get("/api/v1/seats").want(http.StatusOK).items()) != 1 {
		t.Error("the seat is not listed")
	}
	c.delete("/api/v1/seats/" + seat["id"].(string)).want(http.StatusNoContent)
	c.delete("/api/v1/seats/" + seat["id"].(string)).want(http.StatusNotFound)
	sit("102", desk.PhoneID, false).want(http.StatusUnprocessableEntity) // somebody's own phone
	operator := h.logIn("operator@acme.example")
	operator.post("/api/v1/seats", map[string]any{"extension": "102", "phone_id": desk.PhoneID, "force": true}).want(http.StatusForbidden)
	forced := sit("102", desk.PhoneID, true).want(http.StatusCreated).json()
	if forced["kind"] != "virtual" {
		t.Errorf("forced: %v", forced)
	}
	operator.delete("/api/v1/seats/" + forced["id"].(string)).want(http.StatusNoContent)
}

func TestCallsAndRecords(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	org := h.d.Snapshot().OrganizationByName("Acme Ltd").ID
	h.calls.begin(live.Call{ID: "c1", Organization: org, From: live.Party{Number: "101", Name: "Ada"}, To: live.Party{Number: "102"}, State: "ringing", Since: time.Now(),
		Heard: []live.Heard{{Codec: "PCMU", Encryption: "SDES AEAD_AES_128_GCM", MOS: 4.4, Loss: 0.01, Jitter: 1500 * time.Microsecond}, {Silent: true}}})
	h.calls.begin(live.Call{ID: "c2", Organization: "somebody else"})
	if items := c.get("/api/v1/calls").want(http.StatusOK).items(); len(items) != 1 || items[0]["id"] != "c1" {
		t.Errorf("calls: %v", items)
	} else if heard := fmt.Sprint(items[0]["heard"]); !strings.Contains(heard, "encryption:SDES AEAD_AES_128_GCM jitter_ms:1.5 late:0 loss:0.01") || !strings.Contains(heard, "silent:true") {
		t.Errorf("heard: %s", heard)
	}
	for i := range 3 {
		h.calls.records = append(h.calls.records, directory.CallRecord{ID: directory.ID(fmt.Sprint("r", i)), Organization: org, From: "101", To: "102",
			Started: time.Now(), Answered: time.Now(), Ended: time.Now(), Status: 200, Legs: []directory.LegRecord{{Codec: "PCMU", Received: 5, MOS: 4.3, WorstMOS: 2.9, WorstLoss: 0.12, Phone: &directory.PhoneReport{MOS: 3.7}}}})
	}
	a := c.get("/api/v1/callrecords?limit=2").want(http.StatusOK)
	if len(a.items()) != 2 || a.text("next") == "" {
		t.Fatalf("records: %s", a.body)
	}
	if legs := fmt.Sprint(a.items()[0]["legs"]); !strings.Contains(legs, "mos:4.3") || !strings.Contains(legs, "worst_mos:2.9") || !strings.Contains(legs, "worst_loss:0.12") || !strings.Contains(legs, "mos:3.7") {
		t.Errorf("legs: %s", legs)
	}
	if rest := c.get("/api/v1/callrecords?limit=2&cursor=" + a.text("next")).want(http.StatusOK); len(rest.items()) != 1 || rest.text("next") != "" {
		t.Errorf("rest: %s", rest.body)
	}
}

func TestAudit(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	id := c.post("/api/v1/codes", map[string]any{"digits": "*77", "feature": "seat"}).want(http.StatusCreated).text("id")
	e := c.get("/api/v1/audit?limit=1").want(http.StatusOK)
	if first := e.items()[0]; first["id"] != id || first["action"] != "created" || first["by"] != "owner@acme.example" || first["by_kind"] != "token" {
		t.Errorf("audit: %s", e.body)
	}
	second := c.get("/api/v1/audit?limit=1&cursor=" + e.text("next")).want(http.StatusOK)
	if second.items()[0]["sequence"] == e.items()[0]["sequence"] {
		t.Error("the cursor does not move on")
	}
}

// Authors of templates and of settings are told what they may write.
func TestLanguageOfTemplates(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	said := c.get("/api/v1/templates/language").want(http.StatusOK).json()
	for list, want := range map[string]map[string]any{
		"variables": {"name": "secret", "of": "lines", "kind": "string", "secret": true, "may_be_absent": true},
		"functions": {"name": "orclear"},
		"settings":  {"name": "sip.transport", "type": "one of", "of": "desk", "default": "udp"},
	} {
		found := false
		for _, one := range said[list].([]any) {
			fits := true
			for k, v := range want {
				fits = fits && one.(map[string]any)[k] == v
			}
			found = found || fits
		}
		if !found {
			t.Errorf("%s do not hold %v", list, want)
		}
	}
}

// comesUp lets a phone register and call: both are steps of its journal, the
// call being the first since its first request.
func (h *house) comesUp(c *client, d directory.Device) {
	h.t.Helper()
	h.registrar.register(d.Lines[0].Account.User)
	at := func(minutes int) time.Time { return time.Now().Add(time.Duration(minutes) * time.Minute) }
	record := func(id string, minutes int, from, to directory.ID) directory.CallRecord {
		return directory.CallRecord{ID: directory.ID(id), Organization: d.Organization, FromDevice: from, ToDevice: to, Started: at(minutes), Status: 200}
	}
	h.calls.mu.Lock()
	h.calls.records = []directory.CallRecord{record("3", 30, d.ID, "x"), record("2", 20, "x", d.ID), record("1", 10, "x", "y"), record("0", -10, d.ID, "x")}
	h.calls.mu.Unlock()
	journal := c.get("/api/v1/devices/" + string(d.ID) + "/journal").want(http.StatusOK)
	register, call := journal.item("file", "REGISTER"), journal.item("file", "INVITE")
	if register["door"] != "sip" || register["source"] != "127.0.0.5" || call["rule"] != "the first call to this phone since it came up" || len(journal.items()) != 4 || journal.items()[3]["file"] != "INVITE" {
		h.t.Errorf("how it came up: %s", journal.body)
	}
}
