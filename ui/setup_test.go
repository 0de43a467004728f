package ui

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestWizard(t *testing.T) {
	h := newHouse(t)
	if h.ui.SetupToken() != token {
		t.Fatalf("setup token %q", h.ui.SetupToken())
	}
	b := h.browser()
	b.post("/api/v1/setup", map[string]any{"token": "wrong", "document": office()}).want(http.StatusForbidden).problem()
	a := b.post("/api/v1/setup", map[string]any{"token": token, "document": office()}).want(http.StatusCreated)
	if b.get("/api/v1/session").want(http.StatusOK).json()["user"].(map[string]any)["role"] != "owner" {
		t.Error("the wizard's session is not the owner's")
	}
	h.bearer(a.text("token")).get("/api/v1/devices").want(http.StatusOK)
	b.post("/api/v1/setup", map[string]any{"token": token, "document": office()}).want(http.StatusConflict).problem()
	if v := b.get("/api/v1/setup").want(http.StatusOK).json(); v["needed"] != false || v["suggested"] != nil {
		t.Errorf("after the wizard: %v", v)
	}
	if h.ui.SetupToken() != "" {
		t.Error("the token outlived the wizard")
	}
	h.reopen()
	if h.ui.SetupToken() != "" || h.browser().get("/").status != http.StatusOK {
		t.Error("after a restart the wizard is back")
	}
	h.logIn("owner@acme.example")
}

func TestWizardNamesTheFieldAtFault(t *testing.T) {
	h := newHouse(t)
	for at, spoil := range map[string]func(map[string]any){
		"extensions[0].number":   func(d map[string]any) { d["extensions"].([]any)[0].(map[string]any)["number"] = "x1" },
		"administrator.password": func(d map[string]any) { d["administrator"].(map[string]any)["password"] = "short" },
		"administrator":          func(d map[string]any) { delete(d, "administrator") },
		"organization.name":      func(d map[string]any) { delete(d["organization"].(map[string]any), "name") },
		"sites[0].networks[0]":   func(d map[string]any) { d["sites"].([]any)[0].(map[string]any)["networks"] = []any{"nonsense"} },
		"colour":                 func(d map[string]any) { d["colour"] = "blue" },
	} {
		document := office()
		spoil(document)
		a := h.browser().post("/api/v1/setup", map[string]any{"token": token, "document": document}).want(http.StatusUnprocessableEntity).problem()
		if errs, _ := a.json()["errors"].([]any); len(errs) != 1 || errs[0].(map[string]any)["location"] != at {
			t.Errorf("%s: %s", at, a.body)
		}
		if h.d.Snapshot().Revision() != 0 || h.d.Snapshot().SetUp() {
			t.Fatalf("%s: something was written", at)
		}
		h.now.forward(time.Minute)
	}
}

func TestSetupTokenCannotBeGuessed(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	for range 10 {
		b.post("/api/v1/setup", map[string]any{"token": "guess", "document": map[string]any{}}).want(http.StatusForbidden)
	}
	b.post("/api/v1/setup", map[string]any{"token": token, "document": office()}).want(http.StatusTooManyRequests)
}

func TestTwoWizardsAtOnce(t *testing.T) {
	h := newHouse(t)
	var wait sync.WaitGroup
	status := make([]int, 4)
	for i := range status {
		wait.Add(1)
		go func() {
			defer wait.Done()
			res, err := http.Post(h.web.URL+"/api/v1/setup", "application/json", strings.NewReader(`{"token":"`+token+`","document":{"administrator":{"email":"a`+string(rune('0'+i))+`@x.example","password":"`+password+`"},"organization":{"name":"X","domain":"x.example"}}}`))
			if err == nil {
				status[i] = res.StatusCode
				res.Body.Close()
			}
		}()
	}
	wait.Wait()
	made := 0
	for _, s := range status {
		switch s {
		case http.StatusCreated:
			made++
		case http.StatusConflict:
		default:
			t.Errorf("status %d", s)
		}
	}
	if made != 1 {
		t.Errorf("%d wizards were done", made)
	}
	http.DefaultClient.CloseIdleConnections()
}

func TestRandomTokenIsNewAtEachStart(t *testing.T) {
	h := newHouse(t)
	seen := map[string]bool{}
	for range 3 {
		u, err := New(Config{Directory: h.d, Log: h.ui.log})
		must(t, err)
		if tok := u.SetupToken(); len(tok) < 26 || seen[tok] {
			t.Errorf("token %q", tok)
		}
		seen[u.SetupToken()] = true
		u.Close()
	}
}
