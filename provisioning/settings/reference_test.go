package settings

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the reference pages anew")

func TestReferencePages(t *testing.T) {
	for name, want := range map[string]string{"templates-reference.md": TemplatesReference(), "settings-reference.md": SettingsReference()} {
		file := filepath.Join("..", "..", "docs", name)
		if *update {
			must(t, os.WriteFile(file, []byte(want), 0o644))
		}
		got, err := os.ReadFile(file)
		must(t, err)
		if string(got) != want {
			t.Errorf("%s is not what the code says; go test ./provisioning/settings -run TestReferencePages -update writes it", name)
		}
	}
}
