package ui

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"cradle/provisioning"
)

// TestSecretsAreForWhoShowsHisPassword: a session exports secrets only after its
// user has shown his password once more, and the audit tells of it.
func TestSecretsAreForWhoShowsHisPassword(t *testing.T) {
	h := newHouse(t)
	h.setUp()
	b, other := h.logIn("admin@acme.example"), h.logIn("admin@acme.example")
	b.get("/api/v1/export").want(http.StatusOK)
	b.get("/api/v1/export?secrets=true").want(http.StatusForbidden).problem()
	b.post("/api/v1/session/unlock", map[string]any{"password": "not this one, surely"}).want(http.StatusUnprocessableEntity).problem()
	b.get("/api/v1/export?secrets=true").want(http.StatusForbidden)
	b.post("/api/v1/session/unlock", map[string]any{"password": password}).want(http.StatusNoContent)
	b.get("/api/v1/export?secrets=true").want(http.StatusOK)
	h.onboarding.file.Lines = []provisioning.ExplainedLine{{Text: "password = ***"}}
	file := "/api/v1/devices/" + b.get("/api/v1/devices").item("name", "Ada's desk")["id"].(string) + "/files?name=%7Bmac%7D.cfg"
	if masked, open := b.get(file).want(http.StatusOK), b.get(file+"&secrets=true").want(http.StatusOK); strings.Contains(string(masked.body), "open") || !strings.Contains(string(open.body), "password = open") {
		t.Errorf("masked %s, open %s", masked.body, open.body)
	}
	other.get(file + "&secrets=true").want(http.StatusForbidden)
	other.get("/api/v1/export?secrets=true").want(http.StatusForbidden)
	if audit := b.get("/api/v1/audit").want(http.StatusOK); !strings.Contains(string(audit.body), `"export"`) {
		t.Errorf("the audit does not tell: %s", audit.body)
	}
	h.now.forward(5 * time.Minute)
	b.get("/api/v1/export?secrets=true").want(http.StatusForbidden)
}
