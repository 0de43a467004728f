package api

import (
	"slices"
	"strings"
	"testing"
)

func FuzzCursor(f *testing.F) {
	for _, seed := range []string{"", "YQ", "!!", cursor("b"), cursor("zz"), strings.Repeat("A", 600)} {
		f.Add(seed)
	}
	keys := []string{"a", "b", "c", "d"}
	f.Fuzz(func(t *testing.T, text string) {
		in := &pageInput{Cursor: text, Limit: 2}
		out, err := cut(in, slices.Values(keys), func(k string) string { return k }, func(k string) string { return k })
		if err != nil {
			return
		}
		if len(out.Body.Items) > 2 || !slices.IsSorted(out.Body.Items) {
			t.Errorf("page %v", out.Body.Items)
		}
	})
}

func FuzzHideToken(f *testing.F) {
	for _, seed := range []string{"/p/~abcdef/x.cfg", "/p/~abcdef", "x.cfg", "~", "~~/~", "/p/~/x"} {
		f.Add(seed, "abcdef")
	}
	f.Fuzz(func(t *testing.T, file, token string) {
		if token == "" || strings.ContainsAny(token, "~/*") || strings.Contains(file, token) {
			return
		}
		if got := hideToken("/p/~" + token + "/" + file); strings.Contains(got, token) && !strings.Contains("/p/~***/", token) {
			t.Errorf("%q shows the token %q", got, token)
		}
	})
}
