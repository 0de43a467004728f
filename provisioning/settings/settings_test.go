package settings

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestSchemaIsWhole(t *testing.T) {
	for k, s := range Schema {
		if s.Name == "" || s.Doc == "" || s.Of != Desk && s.Of != Personal && s.Of != Stricter {
			t.Errorf("setting %d is not described: %+v", k, s)
		}
		if s.Default != "" {
			if err := s.Check(s.Default); err != nil {
				t.Errorf("its own default: %v", err)
			}
		}
		if found, ok := Find(s.Name); !ok || found.Key != Key(k) {
			t.Errorf("%s is not found by its name", s.Name)
		}
	}
	if _, ok := Find("nobody"); ok {
		t.Error("a setting that is not there")
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		key   Key
		value string
		fits  bool
	}{
		{Transport, "tcp", true}, {Transport, "TCP", false}, {Transport, "", false},
		{Expires, "60", true}, {Expires, "59", false}, {Expires, "86401", false}, {Expires, "x", false},
		{Codecs, "opus, g722", true}, {Codecs, "opus,mp3", false}, {Codecs, "", true},
		{TimeServer, "ntp.example", true}, {TimeServer, "a\nb", false},
	} {
		err := Schema[c.key].Check(c.value)
		if (err == nil) != c.fits || err != nil && !errors.Is(err, ErrInvalid) {
			t.Errorf("%s = %q: %v", Schema[c.key].Name, c.value, err)
		}
	}
}

func TestZones(t *testing.T) {
	var z zones
	now := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	for name, want := range map[string]string{
		"Europe/London": "0", "Europe/Berlin": "+1", "America/St_Johns": "-3:30", "Asia/Kathmandu": "+5:45", "Australia/Sydney": "+10", "UTC": "0", "No/Where": "0", "America/New_York": "-5",
	} {
		if got := hours(z.clock(name, now).offset); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
		if got := hours(z.clock(name, now).offset); got != want {
			t.Errorf("%s is %s the second time", name, got)
		}
	}
}

func TestCodecOrder(t *testing.T) {
	has := []Codec{{"opus", "OPUS"}, {"g722", "G722"}, {"pcma", "PCMA"}}
	for wanted, want := range map[string]string{
		"pcma,opus": "PCMA,OPUS", "g729,pcma": "PCMA", "": "OPUS,G722,PCMA", "g729": "OPUS,G722,PCMA", "pcma, pcma ,g722": "PCMA,G722",
	} {
		list, first, items := codecs(has, wanted, 3)
		if list != want || len(items) != len(has) || first != items[0][codecVendor].Text() || items[0][codecLine].Text() != "3" {
			t.Errorf("%q gives %q, first %q", wanted, list, first)
		}
		for i, it := range items {
			if it[codecUsed].Text() == "false" && it[codecPrio].Text() != "0" || it[codecPosition].Text() != string(rune('1'+i)) {
				t.Errorf("%q: item %d has priority %s, position %s", wanted, i, it[codecPrio].Text(), it[codecPosition].Text())
			}
		}
	}
}

func TestCheckByName(t *testing.T) {
	for _, c := range []struct {
		name, value string
		fits        bool
	}{
		{"network.vlan", "4094", true}, {"network.vlan", "4095", false}, {"network.vlan", "0", false}, {"network.vlan", "", true},
		{"web.enabled", "yes", false}, {"web.enabled", "", false}, {"tones.country", "AT", true}, {"tones.country", "at", false}, {"tones.country", "AUT", false},
		{"time.zone", "Europe/Vienna", true}, {"time.zone", "Local", false}, {"time.zone", "No/Where", false}, {"language", "de-AT", true}, {"language", "de_AT", false},
		{"sip.backup", "b.example:65535", true}, {"sip.backup", "b.example:65536", false}, {"sip.backup", "[2001:db8::1]:5070", true}, {"sip.backup", "2001:db8::1", true}, {"sip.backup", "a b", false},
		{"actions.boot", "http://a.example/?mac=1", true}, {"actions.boot", "ftp://a.example/", false}, {"actions.boot", "http:///x", false}, {"actions.nothing", "http://a/", false},
		{"screen.wallpaper", "http://a/" + strings.Repeat("x", 246), true}, {"screen.wallpaper", "http://a/" + strings.Repeat("x", 247), false},
		{"raw.yealink.account.1.label", "x", true}, {"raw.aastra.sip line1 mode", "0", true}, {"raw.yealink.", "x", false}, {"raw.yealink", "x", false}, {"raw.Yealink.a", "x", false},
		{"raw.audiocodes.voip/line/0/id", "x", true}, {"raw.a./b", "x", false}, {"raw.a.b/", "x", false}, {"raw.a.b//c", "x", false}, {"raw.a.b=c", "x", false}, {"raw.a.b", "x\ny", false}, {"raw.a.b", "x\u2028y", false}, {"raw.a." + strings.Repeat("n", 128), strings.Repeat("v", 512), true},
		{"raw.a." + strings.Repeat("n", 129), "", false}, {"raw.a.b", strings.Repeat("v", 513), false}, {"nonsense", "x", false}, {"", "", false},
	} {
		if err := Check(c.name, c.value); (err == nil) != c.fits || err != nil && !errors.Is(err, ErrInvalid) {
			t.Errorf("%.40s = %.40q: %v", c.name, c.value, err)
		}
	}
}

// FuzzCheck: what passes can be put into a file, whatever it is.
func FuzzCheck(f *testing.F) {
	f.Add("sip.backup", "[::1]:5060")
	f.Add("raw.yealink.a", "b")
	f.Add("actions.boot", "http://a/")
	f.Fuzz(func(t *testing.T, name, value string) {
		if Check(name, value) != nil {
			return
		}
		if strings.ContainsAny(name+value, "\r\n\x00") || len(value) > maxRaw {
			t.Errorf("%q = %q passed", name, value)
		}
		if s, ok := Find(name); ok && !s.fits(value) && value != "" {
			t.Errorf("%q = %q passed once only", name, value)
		}
		if host, _, ok := hostPort(value); ok && strings.ContainsAny(host, " /@") {
			t.Errorf("host %q of %q", host, value)
		}
	})
}
