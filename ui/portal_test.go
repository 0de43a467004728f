package ui

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBeforeTheWizard(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	b.get("/healthz").want(http.StatusOK)
	b.get("/readyz").want(http.StatusServiceUnavailable)
	for _, path := range []string{"/api/v1/devices", "/api/v1/session", "/api/v1/openapi.json", "/api/v1/stream", "/api/v1/export"} {
		if a := b.get(path).want(http.StatusServiceUnavailable).problem(); a.text("detail") != "not set up" {
			t.Errorf("%s: %s", path, a.body)
		}
	}
	b.post("/api/v1/session", map[string]any{"email": "a@b", "password": "c"}).want(http.StatusServiceUnavailable)
	for _, path := range []string{"/", "/phones", "/login"} {
		a := b.get(path).want(http.StatusFound)
		if to := a.header.Get("Location"); to != "/setup" {
			t.Errorf("%s leads to %q", path, to)
		}
	}
	b.get("/setup").want(http.StatusOK)
	setup := b.get("/api/v1/setup").want(http.StatusOK).json()
	suggested, _ := setup["suggested"].(map[string]any)
	if setup["needed"] != true || suggested["networks"].([]any)[0] != "127.0.0.0/8" {
		t.Errorf("setup: %v", setup)
	}
}

func TestPages(t *testing.T) {
	h := newHouse(t)
	h.setUp()
	files := fstest.MapFS{
		"index.html":               {Data: []byte("<html><head><title>x</title></head></html>")},
		"assets/index-C0ffee12.js": {Data: []byte("1")},
		"assets/icon.svg":          {Data: []byte("<svg/>")},
		".vite/manifest.json":      {Data: []byte("{}")},
	}
	h.ui.pages.files = files
	b := h.browser()
	for path, cache := range map[string]string{
		"/assets/index-C0ffee12.js": "public, max-age=31536000, immutable", "/assets/icon.svg": "no-cache", "/": "no-store", "/phones/x": "no-store",
	} {
		if a := b.get(path).want(http.StatusOK); a.header.Get("Cache-Control") != cache {
			t.Errorf("%s: Cache-Control %q, want %q", path, a.header.Get("Cache-Control"), cache)
		}
	}
	for _, path := range []string{"/assets/gone.js", "/favicon.ico", "/.vite/manifest.json", "/api/v1/nothing", "/api", "/assets/../../ui.go"} {
		b.get(path).want(http.StatusNotFound)
	}
	b.get("/api/v1/nothing").problem()
	b.do(http.MethodPut, "/api/v1/session", nil).want(http.StatusMethodNotAllowed).problem()
	a := b.get("/")
	policy := a.header.Get("Content-Security-Policy")
	_, rest, _ := strings.Cut(policy, "'nonce-")
	nonce, _, _ := strings.Cut(rest, "'")
	if nonce == "" || !strings.Contains(string(a.body), `content="`+nonce+`"`) {
		t.Errorf("the page does not have the nonce of its policy: %s\n%s", policy, a.body)
	}
	if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'none'") || a.header.Get("X-Content-Type-Options") != "nosniff" ||
		a.header.Get("Referrer-Policy") == "" {
		t.Errorf("headers: %v", a.header)
	}
	if again := b.get("/"); again.header.Get("Content-Security-Policy") == policy {
		t.Error("the nonce is the same twice")
	}
}

func TestPlaceholderSaysHowToBuild(t *testing.T) {
	h := newHouse(t)
	h.setUp()
	page, err := built.ReadFile("web/dist/placeholder.html")
	must(t, err)
	h.ui.pages.files = fstest.MapFS{"placeholder.html": {Data: page}}
	if a := h.browser().get("/phones").want(http.StatusOK); !strings.Contains(string(a.body), "make build") {
		t.Errorf("placeholder: %s", a.body)
	}
}

func TestReady(t *testing.T) {
	h := newHouse(t)
	h.setUp()
	b := h.browser()
	b.get("/readyz").want(http.StatusOK)
	h.ui.config.Ready = func() error { return http.ErrServerClosed }
	b.get("/readyz").want(http.StatusServiceUnavailable)
}

func TestPanicEndsOneRequest(t *testing.T) {
	h := newHouse(t)
	h.setUp()
	h.ui.engine.GET("/panics", func(*gin.Context) { panic("boom") })
	b := h.browser()
	b.get("/panics").want(http.StatusInternalServerError).problem()
	b.get("/healthz").want(http.StatusOK)
}
