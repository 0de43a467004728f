package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestOneTemplateEditReachesManyPhones: one edit of a template, and each phone of
// the model has it after its next look, in what it understood of its settings.
func TestOneTemplateEditReachesManyPhones(t *testing.T) {
	const count = 8
	mac := func(i int) string { return fmt.Sprintf("80:5e:c0:44:00:%02x", i) }
	office := officeFile
	for i := range count {
		office += fmt.Sprintf("  - {mac: %q, model: yealink-t46u, site: London, name: Desk %d}\n", mac(i), i)
	}
	a := startAppliance(t, t.TempDir())
	a.Setup(office)
	var phones []*phone
	for i := range count {
		phones = append(phones, bootPhone(t, "yealink-t46u", mac(i), "http://"+a.HTTP+"/p/"))
	}
	other := bootPhone(t, "snom-d785", "00:04:13:aa:bb:01", "http://"+a.HTTP+"/p/")
	var builtin struct{ Text string }
	a.API("GET", "/api/v1/templates/yealink-t46u/files/accounts.tmpl", nil, &builtin)
	const label = ".label = {{.label}}"
	if !strings.Contains(builtin.Text, label) {
		t.Fatalf("no %q in the built-in template:\n%s", label, builtin.Text)
	}
	own := "/api/v1/custom-templates/" + a.must("POST", "/api/v1/custom-templates", map[string]any{"scope": map[string]any{"kind": "organization"}, "model": "yealink-t46u", "file": "accounts.tmpl", "name": "ours"})
	a.must("POST", own+"/versions", map[string]any{"text": strings.ReplaceAll(builtin.Text, label, ".label = Acme {{.label}}")})
	for _, step := range []struct {
		number int
		marked bool
	}{{1, true}, {0, false}} {
		a.must("POST", own+"/activate", map[string]any{"number": step.number})
		for i, p := range phones {
			p.Ask(t, "registered")
			if got := p.Ask(t, "reread").Account.Label; strings.HasPrefix(got, "Acme ID ") != step.marked {
				t.Errorf("with version %d in force %s shows %q", step.number, mac(i), got)
			}
		}
		if got := other.Ask(t, "reread").Account.Label; strings.Contains(got, "Acme") {
			t.Errorf("a phone of another model shows %q", got)
		}
	}
}

// TestATemplateServesItsOwnModelOnly: there is no template without a model, and
// none for a phone of another one; the refusal names both.
func TestATemplateServesItsOwnModelOnly(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	grace := map[string]any{"kind": "device", "id": a.named("devices", "mac", "00:04:13:aa:bb:01")}
	for _, c := range []struct {
		model string
		named []string
	}{{"yealink-t46u", []string{"snom-d785", "yealink-t46u"}}, {"", []string{"model"}}} {
		body := fmt.Sprintf(`{"scope": {"kind": "device", "id": %q}, "model": %q, "file": "phone.tmpl", "name": "x"}`, grace["id"], c.model)
		status, answer := a.send("/api/v1/custom-templates", "application/json", []byte(body))
		if status != http.StatusUnprocessableEntity {
			t.Errorf("for %q: %d %s", c.model, status, answer)
		}
		for _, name := range c.named {
			if !strings.Contains(answer, name) {
				t.Errorf("for %q: the refusal does not name %s: %s", c.model, name, answer)
			}
		}
	}
}
