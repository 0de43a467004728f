package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// acme is a maker of phones nobody has heard of.
var acme = map[string]string{
	"acme/vendor.yaml": `label: Acme
mac_prefixes: ["02aabb"]
user_agents: ['^Acme (?P<model>\w+) (?P<version>\S+) (?P<mac>[0-9a-f]{12})$']
format: keyvalue
content_type: text/plain
fallback: acme-one
notify: {settings: check-sync, reboot: check-sync}
`,
	"acme/x/model.yaml": `defaults: {codecs: [pcma], display: label, sure: unsure}
models:
  acme-one: {label: Acme One, agents: [One], lines: 2}
files:
  - {name: "acme-{mac}.txt", template: phone.tmpl, bootstrap: waiting.tmpl}
boot: {user_agent: "Acme {model} 1 {mac}", doors: [http], asks: [{file: "acme-{mac}.txt"}]}
`,
	"acme/x/waiting.tmpl": "url = {{.provision.url}}\nid = {{.phone.id}}\n",
	"acme/x/phone.tmpl":   "url = {{.provision.url}}\n{{range .lines}}{{if .used}}user{{.number}} = {{.user}}\nsecret{{.number}} = {{.secret}}\n{{end}}{{end}}",
}

// TestModelFolderDroppedIntoARunningAppliance adds a vendor, breaks it, and takes
// it away again, without a restart.
func TestModelFolderDroppedIntoARunningAppliance(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	ask := func() (int, string) {
		req, _ := http.NewRequest(http.MethodGet, "http://"+a.HTTP+"/p/acme-02aabb000001.txt", nil)
		req.Header.Set("User-Agent", "Acme One 1 02aabb000001")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(body)
	}
	if status, _ := ask(); status != 404 {
		t.Fatalf("before: %d", status)
	}
	put := func(name, text string) {
		path := filepath.Join(a.Data, "catalog", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range acme {
		put(name, text)
	}
	waitFor(t, 10*time.Second, "the new vendor's phone is served", func() bool {
		status, body := ask()
		return status == 200 && strings.Contains(body, "user1 = ")
	})
	var model struct{ Label, Sure string }
	if s := a.API("GET", "/api/v1/templates/acme-one", nil, &model); s != 200 || model.Label != "Acme One" || model.Sure != "unsure" {
		t.Errorf("the portal shows %d %+v", s, model)
	}
	put("acme/x/phone.tmpl", "broken = {{.nothing}}\n")
	waitFor(t, 10*time.Second, "the fault is told", func() bool { return strings.Contains(a.Log(), "nothing") })
	if status, body := ask(); status != 200 || !strings.Contains(body, "user1 = ") {
		t.Errorf("a fault took the last good state away: %d", status)
	}
	put("acme/x/phone.tmpl", acme["acme/x/phone.tmpl"]+"mended = 1\n")
	waitFor(t, 10*time.Second, "the mended one is served", func() bool { _, body := ask(); return strings.Contains(body, "mended = 1") })
}
