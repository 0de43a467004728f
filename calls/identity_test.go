package calls

import (
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
)

func TestNamesCannotBreakOut(t *testing.T) {
	for in, want := range map[string]string{
		"Anna":                 "Anna",
		"A \"B\" \\ C":         `A \"B\" \\ C`,
		"x\r\nVia: evil":       "x  Via: evil",
		"Zoë 漢字":               "Zoë 漢字",
		"\x00\x7f":             "",
		`"><sip:1@evil>;tag=1`: `\"><sip:1@evil>;tag=1`,
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"Anna", `"`, `\`, "\r\n", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(s)
		if strings.ContainsAny(got, "\r\n\x00") {
			t.Errorf("clean(%q) = %q", s, got)
		}
		unescaped := strings.NewReplacer(`\\`, "", `\"`, "").Replace(got)
		if strings.ContainsAny(unescaped, `"\`) {
			t.Errorf("clean(%q) = %q can leave its quotes", s, got)
		}
	})
}

func TestBestAnswer(t *testing.T) {
	for _, c := range []struct {
		phones []int
		want   int
	}{
		{[]int{480}, 480}, {[]int{486, 480}, 486}, {[]int{486, 603}, 603}, {[]int{408, 500, 404}, 480}, {[]int{488, 480}, 488}, {[]int{600}, 486}, {nil, 480},
	} {
		var branches []*party
		for _, s := range c.phones {
			branches = append(branches, &party{status: s})
		}
		if got := best(branches); got != c.want {
			t.Errorf("%v: %d, want %d", c.phones, got, c.want)
		}
	}
}

func TestHops(t *testing.T) {
	for in, want := range map[uint32]int{70: 69, 2: 1, 1: 0, 0: 0, 200: 69} {
		req := sip.NewRequest(sip.INVITE, sip.Uri{})
		h := sip.MaxForwardsHeader(in)
		req.AppendHeader(&h)
		if got := hops(req); got != want {
			t.Errorf("%d goes on as %d, want %d", in, got, want)
		}
	}
}
