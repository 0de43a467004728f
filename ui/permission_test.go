package ui

import (
	"net/http"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/ui/access"
)

// outside are the routes that are not of the API: probes that hold nothing.
var outside = map[string]bool{"GET /healthz": true, "GET /readyz": true, "HEAD /healthz": true, "HEAD /readyz": true}

// expected is what each role may do, written down a second time on purpose: a
// change of the table in access must be made here too.
var expected = map[directory.Role]string{
	directory.RoleOwner: "session.own virtualization.own organizations.read organizations.write owners.write sites.read sites.write users.read users.write " +
		"extensions.read extensions.write numbers.read numbers.write devices.read devices.write devices.approve devices.resync " +
		"seats.read seats.write codes.read codes.write calls.read callrecords.read audit.read templates.read templates.write " +
		"layouts.read layouts.write profiles.read profiles.write contacts.read contacts.write settings.read settings.write firmware.read firmware.write rollouts.read rollouts.write mailboxes.read mailboxes.write registrations.read sounds.read sounds.write traces.read traces.write apply.write export.read export.secrets",
	directory.RoleAdmin: "session.own virtualization.own organizations.read sites.read sites.write users.read users.write " +
		"extensions.read extensions.write numbers.read numbers.write devices.read devices.write devices.approve devices.resync " +
		"seats.read seats.write codes.read codes.write calls.read callrecords.read audit.read templates.read templates.write " +
		"layouts.read layouts.write profiles.read profiles.write contacts.read contacts.write settings.read settings.write firmware.read firmware.write rollouts.read rollouts.write mailboxes.read mailboxes.write registrations.read sounds.read sounds.write traces.read traces.write apply.write export.read export.secrets",
	directory.RoleOperator: "session.own virtualization.own organizations.read sites.read users.read extensions.read numbers.read devices.read devices.approve " +
		"devices.resync seats.read seats.write codes.read calls.read callrecords.read audit.read templates.read " +
		"layouts.read profiles.read contacts.read settings.read firmware.read rollouts.read mailboxes.read registrations.read sounds.read",
	directory.RoleUser: "session.own virtualization.own",
}

// TestEveryRouteAsEveryRole asks every route there is as nobody and as each
// role, and holds the answer against the permission the route declares.
func TestEveryRouteAsEveryRole(t *testing.T) {
	h := newHouse(t)
	owner := h.setUp()
	must(t, raiseLoginLimit(h))
	who := map[directory.Role]*client{directory.RoleOwner: h.bearer(owner)}
	for _, role := range []directory.Role{directory.RoleAdmin, directory.RoleOperator, directory.RoleUser} {
		who[role] = h.bearer(h.logIn(string(role)+"@acme.example").post("/api/v1/tokens", map[string]any{"name": "walk"}).want(http.StatusCreated).text("token"))
	}
	for _, r := range h.ui.engine.Routes() {
		pattern := documented(r.Path)
		name := r.Method + " " + pattern
		if outside[name] {
			continue
		}
		permission, declared := h.ui.api.Permission(name)
		if !declared {
			t.Errorf("%s declares no permission", name)
			continue
		}
		path := strings.ReplaceAll(pattern, "{id}", "none")
		if permission == access.Public || path == "/api/v1/stream" {
			continue // public, or held open: TestStreamIsForThoseWhoMaySeePhones
		}
		if a := h.browser().do(r.Method, path, nil); a.status != http.StatusUnauthorized {
			t.Errorf("%s as nobody: status %d", name, a.status)
		}
		for role, c := range who {
			may := strings.Contains(" "+expected[role]+" ", " "+string(permission)+" ")
			if r.Method == http.MethodDelete && path == "/api/v1/session" {
				continue // ends the session of a cookie; tokens have none
			}
			a := c.do(r.Method, path, nil)
			refused := a.status == http.StatusForbidden
			if a.status == http.StatusUnauthorized || refused == may {
				t.Errorf("%s as %s: status %d, may be %v", name, role, a.status, may)
			}
		}
	}
}

func TestTableOfPermissions(t *testing.T) {
	for role, names := range expected {
		want := map[string]bool{}
		for _, n := range strings.Fields(names) {
			want[n] = true
		}
		for _, have := range access.Permissions(role) {
			if !want[have] {
				t.Errorf("%s has %s", role, have)
			}
			delete(want, have)
		}
		for missing := range want {
			t.Errorf("%s lacks %s", role, missing)
		}
	}
	if access.Allows("emperor", access.Own) {
		t.Error("a role that does not exist may do something")
	}
}

// documented turns gin's pattern into the document's.
func documented(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

func raiseLoginLimit(h *house) error {
	return h.d.Update(h.t.Context(), directory.Actor{Kind: "system", Name: "test"}, func(tx *directory.Tx) error {
		return tx.SetLimit("login_attempts_per_minute", 10000)
	})
}

// TestOwnersAreOutOfReachOfAdministrators tries every way to become owner.
func TestOwnersAreOutOfReachOfAdministrators(t *testing.T) {
	h := newHouse(t)
	owner := h.bearer(h.setUp())
	admin := h.logIn("admin@acme.example")
	id := func(email string) string { return owner.get("/api/v1/users").item("email", email)["id"].(string) }
	admin.post("/api/v1/users", map[string]any{"email": "x@acme.example", "role": "owner"}).want(http.StatusForbidden)
	admin.patch("/api/v1/users/"+id("admin@acme.example"), map[string]any{"role": "owner"}).want(http.StatusForbidden)
	admin.patch("/api/v1/users/"+id("owner@acme.example"), map[string]any{"password": "a new password of mine"}).want(http.StatusForbidden)
	admin.patch("/api/v1/users/"+id("owner@acme.example"), map[string]any{"role": "user"}).want(http.StatusForbidden)
	admin.delete("/api/v1/users/" + id("owner@acme.example")).want(http.StatusForbidden)
	owner.post("/api/v1/users", map[string]any{"email": "second@acme.example", "role": "owner", "portal": true, "password": password}).want(http.StatusCreated)
	before := h.d.Snapshot().Revision()
	for name, document := range map[string]string{
		"role":         `{"organization":{"name":"Acme Ltd"},"users":[{"email":"admin@acme.example","role":"owner"}]}`,
		"new owner":    `{"organization":{"name":"Acme Ltd"},"users":[{"email":"new@acme.example","role":"owner"}]}`,
		"password":     `{"organization":{"name":"Acme Ltd"},"users":[{"email":"owner@acme.example","password":"a new password of mine"}]}`,
		"demotion":     `{"organization":{"name":"Acme Ltd"},"users":[{"email":"owner@acme.example","role":"user"}]}`,
		"organization": `{"organization":{"name":"Acme Ltd","domain":"other.example"}}`,
		"another one":  `{"organization":{"name":"Other Ltd","domain":"other.example"}}`,
	} {
		if a := admin.post("/api/v1/apply", []byte(document)); a.status != http.StatusForbidden {
			t.Errorf("apply with %s: status %d: %s", name, a.status, a.body)
		}
	}
	if h.d.Snapshot().Revision() != before {
		t.Error("a refused change was written")
	}
	// The last owner who can log in stays.
	owner.delete("/api/v1/users/" + id("second@acme.example")).want(http.StatusNoContent)
	owner.patch("/api/v1/users/"+id("owner@acme.example"), map[string]any{"role": "admin"}).want(http.StatusUnprocessableEntity)
	owner.delete("/api/v1/users/" + id("owner@acme.example")).want(http.StatusUnprocessableEntity)
}

// TestOrganizationsDoNotSeeEachOther has an owner and a user of a second
// organization knock at everything of the first.
func TestOrganizationsDoNotSeeEachOther(t *testing.T) {
	h := newHouse(t)
	first := h.bearer(h.setUp())
	first.post("/api/v1/apply", []byte(`{"organization":{"name":"Second Ltd","domain":"second.example"},
		"users":[{"email":"boss@second.example","role":"owner","portal":true,"password":"`+password+`"}],
		"sites":[{"name":"Paris","networks":["10.0.0.0/8"]}],
		"devices":[{"mac":"00:11:22:33:44:55","site":"Paris","name":"Theirs"}]}`)).want(http.StatusOK)
	boss := h.logIn("boss@second.example")
	org := first.get("/api/v1/session").json()["organization"].(map[string]any)["id"].(string)
	for _, path := range []string{"/devices", "/extensions", "/users", "/sites", "/numbers", "/codes", "/seats", "/calls", "/callrecords", "/audit", "/export"} {
		boss.get("/api/v1" + path + "?organization=" + org).want(http.StatusNotFound)
	}
	for _, path := range []string{"/devices", "/extensions", "/users", "/sites"} {
		for _, theirs := range first.get("/api/v1" + path).items() {
			one := path + "/" + theirs["id"].(string)
			boss.get("/api/v1" + one).want(http.StatusNotFound)
			boss.delete("/api/v1" + one).want(http.StatusNotFound)
			boss.patch("/api/v1"+one, map[string]any{"revision": 1}).want(http.StatusNotFound)
		}
	}
	if n := len(boss.get("/api/v1/organizations").items()); n != 1 {
		t.Errorf("the second owner sees %d organizations", n)
	}
	if n := len(first.get("/api/v1/organizations").items()); n != 2 {
		t.Errorf("the first owner sees %d organizations", n)
	}
	if s := string(boss.get("/api/v1/audit?limit=500").want(http.StatusOK).body); strings.Contains(s, "Acme") || !strings.Contains(s, "Theirs") {
		t.Errorf("the second owner's audit: %s", s)
	}
	boss.post("/api/v1/organizations", map[string]any{"name": "Third"}).want(http.StatusForbidden)
	boss.post("/api/v1/apply", []byte(`{"organization":{"name":"Acme Ltd","domain":"taken.example"}}`)).want(http.StatusNotFound)
	boss.post("/api/v1/apply", []byte(`{"organization":{"name":"Acme Ltd"},"extensions":[{"number":"777"}]}`)).want(http.StatusNotFound)
	for _, theirs := range []string{
		`"settings":[{"scope":"organization","of":"","key":"ring.volume","value":"3"}]`, `"settings":[{"scope":"site","of":"London","key":"ring.volume","value":"3"}]`,
		`"seats":[{"mac":"c0:74:ad:00:11:22","extension":"102"}]`,
		`"devices":[{"mac":"80:5e:c0:12:34:56","site":"nowhere"}]`, // no fault tells what is there
	} {
		boss.post("/api/v1/apply", []byte(`{"organization":{"name":"acme ltd"},`+theirs+`}`)).want(http.StatusNotFound)
	}
	boss.post("/api/v1/apply", []byte(`{"organization":{"name":"Second Ltd"},"limits":{"calls":1}}`)).want(http.StatusForbidden)
	boss.post("/api/v1/apply", []byte(`{"organization":{"name":"Second Ltd"},"extensions":[{"number":"777"}]}`)).want(http.StatusOK)
}
