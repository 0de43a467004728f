package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// ownTemplate is what the API shows of an uploaded template.
type ownTemplate struct {
	ID                     string
	Active, Latest, Phones int
}

// fetched is a phone's file as curl would get it.
func (a *machine) fetched(path string) string {
	a.t.Helper()
	res, err := http.Get("http://" + a.HTTP + path)
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		a.t.Fatalf("%s: %d, %v", path, res.StatusCode, err)
	}
	return string(body)
}

// TestAdministratorUploadsATemplate goes the whole way: upload, validate, preview,
// activate, restore; and the same templates on another appliance.
func TestAdministratorUploadsATemplate(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	var builtin struct{ Text string }
	if s := a.API("GET", "/api/v1/templates/yealink-t46u/files/phone.tmpl", nil, &builtin); s != 200 || !strings.Contains(builtin.Text, "{{template ") {
		t.Fatalf("status %d: %.80q", s, builtin.Text)
	}
	var made ownTemplate
	site := map[string]any{"kind": "site", "id": "London"}
	if s := a.API("POST", "/api/v1/custom-templates", map[string]any{"scope": site, "model": "yealink-t46u", "file": "phone.tmpl", "name": "London's"}, &made); s != 201 || made.Phones != 1 {
		t.Fatalf("status %d: %+v", s, made)
	}
	one := "/api/v1/custom-templates/" + made.ID
	for _, c := range []struct {
		body   map[string]any
		status int
	}{
		{map[string]any{"scope": site, "model": "yealink-t46u", "file": "phone.tmpl", "name": "again"}, 409},
		{map[string]any{"scope": site, "model": "nobody-1", "file": "phone.tmpl", "name": "x"}, 422},
		{map[string]any{"scope": site, "model": "yealink-t46u", "file": "../vendor.yaml", "name": "x"}, 422},
		{map[string]any{"scope": map[string]any{"kind": "site", "id": "Paris"}, "model": "yealink-t46u", "file": "phone.tmpl", "name": "x"}, 422},
	} {
		if s := a.API("POST", "/api/v1/custom-templates", c.body, nil); s != c.status {
			t.Errorf("%v: status %d, want %d", c.body, s, c.status)
		}
	}
	if s, body := a.send(one+"/versions", "application/json", []byte(`{"text": "#!version:1.0.0.1\nx = {{.secrets}}\n"}`)); s != 422 || !strings.Contains(body, `"body.text:2:`) {
		t.Errorf("an unknown value: status %d, %s", s, body)
	}
	text := builtin.Text + "features.custom = {{.phone.id}}\n"
	test := func(line string) []any { return []any{map[string]any{"model": "yealink-t46u", "line": line}} }
	wrong, err := json.Marshal(map[string]any{"text": text, "tests": test("features.other = 1")})
	if err != nil {
		t.Fatal(err)
	}
	if s, body := a.send(one+"/versions", "application/json", wrong); s != 422 || !strings.Contains(body, "features.other") {
		t.Errorf("a test that does not hold: status %d, %s", s, body)
	}
	var saved struct {
		Number   int
		Findings []struct {
			Line     int
			Severity string
		}
	}
	if s := a.API("POST", one+"/versions", map[string]any{"text": text, "comment": "with its ID", "tests": test("features.custom = 482711")}, &saved); s != 201 || saved.Number != 1 || len(saved.Findings) != 1 || saved.Findings[0].Severity != "warning" {
		t.Fatalf("status %d: %+v", s, saved)
	}
	var preview struct {
		Phones, Changed int
		Devices         []struct{ Files []struct{ Diff string } }
	}
	if s := a.API("POST", one+"/preview", map[string]any{"number": 1}, &preview); s != 200 || preview.Phones != 1 || preview.Changed != 1 || !strings.Contains(preview.Devices[0].Files[0].Diff, "+features.custom") {
		t.Errorf("status %d: %+v", s, preview)
	}
	file := "/p/805ec0123456.cfg"
	if strings.Contains(a.fetched(file), "features.custom") {
		t.Error("what is only saved is served")
	}
	ada := a.Devices()["80:5e:c0:12:34:56"]
	a.API("POST", one+"/activate", map[string]any{"number": 1}, nil)
	if got := a.fetched(file); !strings.Contains(got, "features.custom = "+ada.PhoneID+"\n") || !strings.Contains(got, ada.SIP.Secret) {
		t.Error("what is in force is not served")
	}
	bundle := a.fetchedAs("/api/v1/custom-templates/export")
	z, err := zip.NewReader(bytes.NewReader(bundle), int64(len(bundle)))
	if err != nil || len(z.File) != 2 {
		t.Fatalf("the export: %v", err)
	}
	a.API("POST", one+"/activate", map[string]any{"number": 0}, nil)
	if strings.Contains(a.fetched(file), "features.custom") {
		t.Error("the built-in template is not restored")
	}
	if s := a.API("DELETE", one, nil, nil); s != 204 {
		t.Errorf("deleting: %d", s)
	}
	for dry, want := range map[string]int{"?dry_run=true": 0, "": 1} {
		if s, body := a.send("/api/v1/custom-templates/import"+dry, "application/zip", bundle); s != 200 || !strings.Contains(body, `"created":1`) {
			t.Errorf("import%s: %d %s", dry, s, body)
		}
		var list struct{ Items []ownTemplate }
		a.API("GET", "/api/v1/custom-templates", nil, &list)
		if dry != "" && len(list.Items) > want || dry == "" && (len(list.Items) != 1 || list.Items[0].Latest != 1 || list.Items[0].Active != 0) {
			t.Errorf("after import%s: %+v", dry, list.Items)
		}
		if dry == "" {
			break
		}
	}
	if s, _ := a.send("/api/v1/custom-templates/import", "application/zip", []byte("no zip")); s != 422 {
		t.Errorf("no zip: %d", s)
	}
}

// fetchedAs is an answer of the API as bytes.
func (a *machine) fetchedAs(path string) []byte {
	a.t.Helper()
	req, _ := http.NewRequest(http.MethodGet, "http://"+a.HTTP+path, nil)
	req.Header.Set("Authorization", "Bearer "+a.Token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		a.t.Fatalf("%s: %d %.200s", path, res.StatusCode, body)
	}
	return body
}

// send posts bytes that are no JSON.
func (a *machine) send(path, contentType string, body []byte) (int, string) {
	a.t.Helper()
	req, _ := http.NewRequest(http.MethodPost, "http://"+a.HTTP+path, bytes.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+a.Token)
	req.Header.Set("Content-Type", contentType)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	answer, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(answer)
}
