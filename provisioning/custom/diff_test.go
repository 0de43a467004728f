package custom

import (
	"strings"
	"testing"
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
