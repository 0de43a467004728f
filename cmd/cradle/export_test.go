package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExportOfOneOfSeveral: --organization names the organization on a running
// appliance as it does on a folder, and what it gives goes into an empty one.
func TestExportOfOneOfSeveral(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	file := filepath.Join(t.TempDir(), "other.yaml")
	if err := os.WriteFile(file, []byte("organization: {name: Beta Ltd, domain: beta.example}\nsites: [{name: Paris}]\nextensions: [{number: \"201\"}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	running := []string{"--url", "http://" + a.HTTP, "--token", a.Token}
	a.Run(append([]string{"apply", "-f", file}, running...)...)
	for _, where := range [][]string{running, {"--data", a.Data}} {
		out := a.Run(append([]string{"export", "--organization", "Beta Ltd"}, where...)...)
		if !strings.Contains(out, "name: Beta Ltd") || !strings.Contains(out, `"201"`) || strings.Contains(out, "Acme") {
			t.Errorf("%v gave\n%.300s", where, out)
		}
		if out, status := command(t, "cradle", append([]string{"export", "--organization", "Gamma"}, where...)...); status != 1 || strings.Count(out, "\n") != 1 {
			t.Errorf("%v, an organization nobody has: status %d\n%s", where, status, out)
		}
	}
}
