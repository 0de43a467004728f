package identify

import (
	"strings"
	"testing"
)

func TestCluesAndConflicts(t *testing.T) {
	s, f := shelf(t), New()
	const t46u = "Yealink SIP-T46U 108.86.0.90 80:5e:c0:12:34:56"
	for name, c := range map[string]struct {
		clues     Clues
		sip, cert string
		kinds     string // with + where it won
		conflict  string // empty: none
	}{
		"agreed":          {Clues{Path: "/p/805ec0123456.cfg", UserAgent: t46u}, t46u, "yealink: 805ec0123456", "user_agent+ file+ prefix+ sip+ certificate", ""},
		"another's file":  {Clues{Path: "/p/snomD785-805EC0123456.htm", UserAgent: t46u}, "", "", "user_agent+ file prefix+", "the file it asks for belongs to"},
		"a model's file":  {Clues{Path: "/p/y000000000107.cfg", UserAgent: t46u}, "", "", "user_agent+ file prefix+", "the User-Agent says"},
		"another at SIP":  {Clues{Path: "/p/805ec0123456.cfg", UserAgent: t46u}, "Yealink SIP-T42S 66.86.0.15 805EC0123456", "", "user_agent+ file+ prefix+ sip", "when it registers belongs to"},
		"another's MAC":   {Clues{Path: "/p/000413123456.cfg", UserAgent: "Yealink SIP-T46U 108.86.0.90 00:04:13:12:34:56"}, "", "", "user_agent+ file+ prefix", "the MAC prefix belongs to Snom"},
		"plug and play":   {Clues{Path: "MAC%3a000413AABB01", PnP: true, Event: map[string]string{"vendor": "snom", "model": "snomD785", "version": "10"}}, "", "", "prefix+ pnp", ""},
		"nobody's agent":  {Clues{Path: "/p/805ec0123456.cfg", UserAgent: "curl/8"}, "", "", "user_agent file+ prefix+", ""},
		"nothing at all":  {Clues{}, "", "", "", ""},
		"a shared prefix": {Clues{Path: "/p/0004f2123456.cfg"}, "", "", "file+ prefix+", ""},
	} {
		_, all := f.Explain(s, c.clues, c.sip, c.cert)
		var kinds []string
		for _, one := range all {
			kind := one.Kind
			if one.Won {
				kind += "+"
			}
			kinds = append(kinds, kind)
		}
		// A certificate says whose it is in its own words, which win nothing.
		want := strings.ReplaceAll(c.kinds, "certificate+", "certificate")
		if strings.Join(kinds, " ") != want {
			t.Errorf("%s: %v, want %s", name, kinds, want)
		}
		told := strings.Join(Conflicts(all), "; ")
		if (told == "") != (c.conflict == "") || !strings.Contains(told, c.conflict) {
			t.Errorf("%s: conflicts %q, want %q", name, told, c.conflict)
		}
	}
}
