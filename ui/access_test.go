package ui

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestLogInAndOut(t *testing.T) {
	h := newHouse(t)
	h.setUp()
	b := h.browser()
	b.get("/api/v1/session").want(http.StatusUnauthorized).problem()
	a := b.post("/api/v1/session", map[string]any{"email": "Admin@ACME.example", "password": password}).want(http.StatusCreated)
	cookie := a.header.Get("Set-Cookie")
	for _, want := range []string{"cradle_session=", "HttpOnly", "SameSite=Lax", "Path=/", "Expires="} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %s", cookie, want)
		}
	}
	if strings.Contains(cookie, "Secure") {
		t.Errorf("over plain HTTP the cookie must not be Secure: %q", cookie)
	}
	v := b.get("/api/v1/session").want(http.StatusOK).json()
	user, _ := v["user"].(map[string]any)
	org, _ := v["organization"].(map[string]any)
	permissions, _ := v["permissions"].([]any)
	if user["role"] != "admin" || user["first_name"] != "Ada" || org["domain"] != "acme.example" ||
		!slices.Contains(permissions, any("devices.write")) || slices.Contains(permissions, any("owners.write")) {
		t.Errorf("session: %v", v)
	}
	if doors, _ := v["doors"].(map[string]any); doors["http"] != 8080.0 || doors["https"] != 0.0 || doors["tftp"] != 6969.0 {
		t.Errorf("doors: %v", v["doors"])
	}
	b.delete("/api/v1/session").want(http.StatusNoContent)
	b.get("/api/v1/session").want(http.StatusUnauthorized)
}

func TestUnknownWrongAndOffGetTheSame(t *testing.T) {
	h := newHouse(t)
	h.setUp()
	took := map[string]time.Duration{}
	var first *answer
	for _, email := range []string{"admin@acme.example", "nobody@acme.example", "off@acme.example"} {
		begun := time.Now()
		word := "wrong wrong wrong"
		if strings.HasPrefix(email, "off") {
			word = password // the right one does not help
		}
		a := h.browser().post("/api/v1/session", map[string]any{"email": email, "password": word}).want(http.StatusUnauthorized).problem()
		took[email] = time.Since(begun)
		if first == nil {
			first = a
		}
		if string(a.body) != string(first.body) || a.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %s, not %s", email, a.body, first.body)
		}
	}
	for email, d := range took {
		// Whoever is unknown costs a hash as well; without one it is under 1 ms.
		if d < 5*time.Millisecond {
			t.Errorf("%s was refused in %v: no hash was computed", email, d)
		}
	}
}

func TestSessionIsRotatedAndKept(t *testing.T) {
	h := newHouse(t)
	h.setUp()
	b := h.logIn("admin@acme.example")
	before := b.cookie()
	b.post("/api/v1/session", map[string]any{"email": "admin@acme.example", "password": password}).want(http.StatusCreated)
	after := b.cookie()
	if before == after || before == "" {
		t.Fatal("the session's cookie stayed the same over a log-in")
	}
	old := h.browser()
	put(old, before)
	old.get("/api/v1/session").want(http.StatusUnauthorized)

	h.reopen()
	again := h.browser()
	put(again, after)
	again.get("/api/v1/session").want(http.StatusOK)

	h.now.forward(13 * time.Hour)
	again.get("/api/v1/session").want(http.StatusUnauthorized)
}

// put gives a browser a cookie.
func put(c *client, session string) {
	u, _ := url.Parse(c.h.web.URL)
	c.http.Jar.SetCookies(u, []*http.Cookie{{Name: "cradle_session", Value: session, Path: "/"}})
}

func TestChangeOfPasswordEndsOtherSessions(t *testing.T) {
	h := newHouse(t)
	h.setUp()
	mine, other := h.logIn("admin@acme.example"), h.logIn("admin@acme.example")
	const next = "a different horse entirely"
	before := mine.cookie()
	for _, c := range []struct{ current, next, at string }{
		{password, "too short..", "body.new"}, {"wrong wrong wrong", next, "body.current"},
	} {
		a := mine.post("/api/v1/session/password", map[string]any{"current": c.current, "new": c.next}).want(http.StatusUnprocessableEntity).problem()
		if !strings.Contains(string(a.body), c.at) {
			t.Errorf("the problem does not name %s: %s", c.at, a.body)
		}
	}
	mine.post("/api/v1/session/password", map[string]any{"current": password, "new": "12 charactr."}).want(http.StatusNoContent)
	mine.post("/api/v1/session/password", map[string]any{"current": "12 charactr.", "new": next}).want(http.StatusNoContent)
	if mine.cookie() == before {
		t.Error("the cookie stayed the same")
	}
	mine.get("/api/v1/session").want(http.StatusOK)
	other.get("/api/v1/session").want(http.StatusUnauthorized)
	h.browser().post("/api/v1/session", map[string]any{"email": "admin@acme.example", "password": next}).want(http.StatusCreated)
}

func TestSwitchingThePortalOffEndsSessionsAndTokens(t *testing.T) {
	h := newHouse(t)
	owner := h.bearer(h.setUp())
	b := h.logIn("admin@acme.example")
	token := b.post("/api/v1/tokens", map[string]any{"name": "script"}).want(http.StatusCreated).text("token")
	h.bearer(token).get("/api/v1/session").want(http.StatusOK)
	id := owner.get("/api/v1/users").item("email", "admin@acme.example")["id"].(string)
	owner.patch("/api/v1/users/"+id, map[string]any{"portal": false}).want(http.StatusOK)
	b.get("/api/v1/session").want(http.StatusUnauthorized)
	h.bearer(token).get("/api/v1/session").want(http.StatusUnauthorized)
}

func TestTokens(t *testing.T) {
	h := newHouse(t)
	h.setUp()
	b := h.logIn("user@acme.example")
	made := b.post("/api/v1/tokens", map[string]any{"name": "script"}).want(http.StatusCreated)
	token := made.text("token")
	listed := b.get("/api/v1/tokens").want(http.StatusOK)
	if strings.Contains(string(listed.body), token) || len(listed.items()) != 1 || listed.items()[0]["name"] != "script" {
		t.Errorf("listed: %s", listed.body)
	}
	h.reopen()
	h.bearer(token).get("/api/v1/session").want(http.StatusOK)
	// A token needs no same-origin proof; a foreign page cannot have it.
	h.bearer(token).post("/api/v1/tokens", map[string]any{"name": "second"}).want(http.StatusCreated)
	h.bearer(token + "x").get("/api/v1/session").want(http.StatusUnauthorized).problem()
	h.bearer(token).delete("/api/v1/tokens/" + made.text("id")).want(http.StatusNoContent)
	h.bearer(token).get("/api/v1/session").want(http.StatusUnauthorized)
	h.logIn("admin@acme.example").delete("/api/v1/tokens/" + made.text("id")).want(http.StatusNotFound)
}

func TestForeignPagesAreRefused(t *testing.T) {
	h := newHouse(t)
	h.setUp()
	b := h.logIn("admin@acme.example")
	for name, header := range map[string]map[string]string{
		"foreign origin":   {"Origin": "https://evil.example"},
		"other port":       {"Origin": "http://127.0.0.1:1"},
		"null origin":      {"Origin": "null"},
		"cross-site":       {"Sec-Fetch-Site": "cross-site", "Origin": h.web.URL},
		"same-site":        {"Sec-Fetch-Site": "same-site"},
		"nothing of these": {"Origin": ""},
	} {
		req, _ := http.NewRequest(http.MethodPost, h.web.URL+"/api/v1/tokens", strings.NewReader(`{"name":"x"}`))
		c := *b
		c.origin = ""
		for k, v := range header {
			req.Header.Set(k, v)
		}
		if req.Header.Get("Origin") == "" {
			req.Header.Del("Origin")
		}
		if a := c.send(req); a.status != http.StatusForbidden {
			t.Errorf("%s: status %d", name, a.status)
		}
	}
	req, _ := http.NewRequest(http.MethodPost, h.web.URL+"/api/v1/tokens", strings.NewReader(`{"name":"x"}`))
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	b.send(req).want(http.StatusCreated)

	// Nor may a foreign page log somebody in.
	req, _ = http.NewRequest(http.MethodPost, h.web.URL+"/api/v1/session",
		strings.NewReader(`{"email":"admin@acme.example","password":"`+password+`"}`))
	req.Header.Set("Origin", "https://evil.example")
	h.browser().send(req).want(http.StatusForbidden)
}

func TestGuessersAreSlowedDown(t *testing.T) {
	h := newHouse(t)
	h.setUp()
	h.now.stop() // or a try comes back while the passwords are hashed
	b := h.browser()
	// Ten tries a minute are the default, by user and by source.
	for i := range 10 {
		if a := b.post("/api/v1/session", map[string]any{"email": "admin@acme.example", "password": "wrong wrong wrong"}); a.status != http.StatusUnauthorized {
			t.Fatalf("try %d: status %d", i+1, a.status)
		}
	}
	a := b.post("/api/v1/session", map[string]any{"email": "admin@acme.example", "password": password}).want(http.StatusTooManyRequests).problem()
	if a.header.Get("Retry-After") == "" || a.header.Get("Retry-After") == "0" {
		t.Errorf("Retry-After %q", a.header.Get("Retry-After"))
	}
	// Another name from the same source is slowed down as well.
	b.post("/api/v1/session", map[string]any{"email": "owner@acme.example", "password": password}).want(http.StatusTooManyRequests)
	h.now.forward(time.Minute)
	b.post("/api/v1/session", map[string]any{"email": "admin@acme.example", "password": password}).want(http.StatusCreated)
	// Good log-ins cost no try.
	for range 12 {
		b.post("/api/v1/session", map[string]any{"email": "admin@acme.example", "password": password}).want(http.StatusCreated)
	}
}

func TestCookieIsSecureOverTLS(t *testing.T) {
	h := newHouse(t)
	h.setUp()
	secure := httptest.NewTLSServer(h.ui.Handler())
	defer secure.Close()
	req, _ := http.NewRequest(http.MethodPost, secure.URL+"/api/v1/session",
		strings.NewReader(`{"email":"admin@acme.example","password":"`+password+`"}`))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Origin", secure.URL)
	res, err := secure.Client().Do(req)
	must(t, err)
	defer res.Body.Close()
	if cookie := res.Header.Get("Set-Cookie"); res.StatusCode != http.StatusCreated || !strings.Contains(cookie, "; Secure") {
		t.Errorf("%d: %q", res.StatusCode, cookie)
	}
}
