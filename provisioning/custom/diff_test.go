package custom

import (
	"strings"
	"testing"

	"cradle/provisioning/catalog"
	"cradle/provisioning/render"
)

func TestDiffSaysOnlyWhatHasChanged(t *testing.T) {
	const before = "a = 1\nb = 2\nc = 3\n"
	for _, c := range []struct{ after, want string }{
		{before, ""},
		{"a = 1\nbb = 2\nb = 2\nc = 3\n", " a = 1\n+bb = 2\n b = 2\n c = 3\n"},
		{"a = 1\nb = 4\nc = 3\n", " a = 1\n-b = 2\n+b = 4\n c = 3\n"},
		{"b = 2\nc = 3\n", "-a = 1\n b = 2\n c = 3\n"},
		{"a = 1\nb = 2\nc = 3\nd = 4\n", " a = 1\n b = 2\n c = 3\n+d = 4\n"},
	} {
		got := Diff("f", []byte(before), []byte(c.after))
		_, body, _ := strings.Cut(got, " @@\n")
		if body != c.want {
			t.Errorf("%q: %q, want %q", c.after, body, c.want)
		}
	}
}

// TestTouches: beginnings of names, and whole ones, which their longer kin do not touch.
func TestTouches(t *testing.T) {
	file := &catalog.File{Format: render.KeyValue}
	for _, c := range []struct {
		before, after string
		restarts      bool
	}{
		{"network.vlan.id = 1\n", "network.vlan.id = 2\n", true},
		{"network.vlan.id = 1\n", "", true},
		{"", "network.vlan.id = 1\n", true},
		{"P8 = 1\n", "P8 = 0\n", true},
		{"P8 = 1\nP88 = 1\n", "P8 = 1\nP88 = 2\n", false},
		{"account.1.label = network.\n", "account.1.label = P8\n", false},
	} {
		if got := Touches(file, []byte(c.before), []byte(c.after), []string{"network.", "P8="}); got != c.restarts {
			t.Errorf("%q, then %q: restarts %v", c.before, c.after, got)
		}
	}
}
