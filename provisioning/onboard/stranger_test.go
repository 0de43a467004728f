package onboard

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestStrangersAreBounded(t *testing.T) {
	l, now := NewStrangers(), time.Unix(1e9, 0)
	here := netip.MustParseAddr("10.0.0.9")
	for i := range maxStrangers + 1 {
		if _, first := l.Note(Stranger{Source: here, UserAgent: fmt.Sprint("Acme ", i)}, "a", now.Add(time.Duration(i))); !first {
			t.Fatalf("%d is known", i)
		}
	}
	all := l.List()
	if len(all) != maxStrangers || all[0].UserAgent != fmt.Sprint("Acme ", maxStrangers) || all[len(all)-1].UserAgent != "Acme 1" {
		t.Errorf("%d strangers, %q to %q", len(all), all[0].UserAgent, all[len(all)-1].UserAgent)
	}
	var s Stranger
	for i := range maxStrangerFiles + 5 {
		s, _ = l.Note(Stranger{MAC: "805ec0123456", Source: here}, strings.Repeat(fmt.Sprint(i%10), i*30), now)
	}
	if s.Count != maxStrangerFiles+5 || len(s.Files) != maxStrangerFiles || len(s.Files[9]) != maxStrangerText {
		t.Errorf("%+v", s)
	}
}

func TestMACIn(t *testing.T) {
	for text, want := range map[string]string{
		"/p/Acme-80:5E:C0:12:34:56.cfg": "805ec0123456", "Acme 1.0 80-5e-c0-12-34-56": "805ec0123456", "805ec0123456": "805ec0123456",
		"805ec01234567": "", "acme.cfg": "", "build 20240101123456789": "",
	} {
		if got := MACIn(text); string(got) != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func FuzzMACIn(f *testing.F) {
	f.Add("/p/Acme-80:5E:C0:12:34:56.cfg")
	f.Fuzz(func(t *testing.T, text string) {
		if mac := MACIn(text); mac != "" && len(mac) != 12 {
			t.Errorf("%q", mac)
		}
	})
}
