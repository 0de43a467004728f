package identify

import (
	"slices"
	"strings"
	"testing"

	"cradle/provisioning/catalog"
	"cradle/templates"
)

func shelf(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestFind holds the evidence of public template projects against the finder.
func TestFind(t *testing.T) {
	s, f := shelf(t), New()
	for _, c := range []struct {
		path, agent         string
		vendor, model       string
		mac, version, token string
		sure                Sure
	}{
		{"/p/805ec0123456.cfg", "Yealink SIP-T46U 108.86.0.90 80:5e:c0:12:34:56", "Yealink", "yealink-t46u", "805ec0123456", "108.86.0.90", "", Certain},
		{"/p/805ec0123456.cfg", "yealink SIP-T46S 66.86.0.15 805EC0123456", "Yealink", "yealink-t46s", "805ec0123456", "66.86.0.15", "", Certain},
		{"/p/001565123456.boot", "Yealink-T41S 66.81.0.81 28.1.0.128.0.0.0", "Yealink", "yealink-t41s", "001565123456", "66.81.0.81", "", Certain},
		{"/p/001565123456.cfg", "Yealink SIP-T46G 28.72.0.1 00:15:65:12:34:56", "Yealink", "yealink-t46g", "001565123456", "28.72.0.1", "", Certain},
		{"/p/001565123456.cfg", "Yealink SIP-T01X 28.72.0.1 00:15:65:12:34:56", "Yealink", "", "001565123456", "28.72.0.1", "", Likely},
		{"/805EC0123456.CFG", "", "Yealink", "", "805ec0123456", "", "", Likely},
		{"/p/0004f2123456.cfg", "", "Poly", "", "0004f2123456", "", "", Likely},
		{"/p/y000000000108.cfg", "", "Yealink", "yealink-t46u", "", "", "", Guess},
		{"/p/y000000000095.cfg", "", "Yealink", "", "", "", "", Guess}, // two models share this file
		{"/p/snomD785-000413AABB01.htm", "Mozilla/4.0 (compatible; snomD785-SIP 10.1.169.16 2010.12-00004-g9ba52f5 000413AABB01 SXM:0 UXM:0 UXMC:0)", "Snom", "snom-d785", "000413aabb01", "10.1.169.16", "", Certain},
		{"/p/snom715-000413aabb01.htm", "Mozilla/4.0 (compatible; snom715-SIP 8.9.3.80 1.1.3-IFX-05.01.2013)", "Snom", "snom-715", "000413aabb01", "8.9.3.80", "", Certain},
		{"/p/snomD735-000413AABB01.htm", "", "Snom", "snom-d735", "000413aabb01", "", "", Likely},
		{"/p/cfgc074ad001122.xml", "Grandstream Model HW GRP2614 SW 1.0.5.15 DevId c074ad001122", "Grandstream", "grandstream-grp2614", "c074ad001122", "1.0.5.15", "", Certain},
		{"/p/cfgc074ad001122.xml", "Grandstream Model HW GRP2614 V1.1A SW 1.0.5.15 DevId c074ad001122", "Grandstream", "grandstream-grp2614", "c074ad001122", "1.0.5.15", "", Certain},
		{"/p/cfgGRP2615.xml", "", "Grandstream", "grandstream-grp2615", "", "", "", Guess},
		{"/p/0004f2aabbcc.cfg", "FileTransport PolycomVVX-VVX_450-UA/6.4.6.2453 Type/Application", "Poly", "poly-vvx450", "0004f2aabbcc", "6.4.6.2453", "", Certain},
		{"/p/0004f2aabbcc.cfg", "FileTransport PolycomVVX-VVX_150-UA/6.4.6.2453 (SN:0004f2aabbcc) Type/Updater", "Poly", "poly-vvx150", "0004f2aabbcc", "6.4.6.2453", "", Certain},
		{"/p/~ABCDEF234567/0004f2aabbcc-settings.cfg", "", "Poly", "", "0004f2aabbcc", "", "abcdef234567", Likely},
		{"/p/aabbccddeeff.cfg", "curl/8.0", "", "", "aabbccddeeff", "", "", ""},
		{"/p/cfgaabbccddeeff.xml", "", "", "", "aabbccddeeff", "", "", ""}, // three vendors' phones ask so
		{"/p/80-5e-c0-12-34-56.cfg", "", "Yealink", "", "805ec0123456", "", "", Likely},
		{"/p/000000000000.cfg", "", "Poly", "", "", "", "", Guess},
		{"/p/010203040506.cfg", "", "", "", "", "", "", ""}, // a group address
		{"/p/nothing.txt", "Yealink SIP-T46U 108.86.0.90 80:5e:c0:12:34:56", "Yealink", "yealink-t46u", "805ec0123456", "108.86.0.90", "", Certain},
	} {
		got := f.Find(s, Clues{Path: c.path, UserAgent: c.agent})
		vendor, model := "", ""
		if got.Vendor != nil {
			vendor = got.Vendor.Label
		}
		if got.Model != nil {
			model = got.Model.Name
		}
		if vendor != c.vendor || model != c.model || string(got.MAC) != c.mac || got.Firmware != c.version || got.Path.Token != c.token || got.Sure != c.sure || got.Liar != "" {
			t.Errorf("%s %q: vendor %q model %q mac %q firmware %q token %q sure %q %s", c.path, c.agent, vendor, model, got.MAC, got.Firmware, got.Path.Token, got.Sure, got.Liar)
		}
	}
}

func TestMACsMustAgree(t *testing.T) {
	c, f := shelf(t), New()
	got := f.Find(c, Clues{Path: "/p/805ec0123456.cfg", UserAgent: "Yealink SIP-T46U 108.86.0.90 80:5e:c0:12:34:57"})
	if got.Liar == "" {
		t.Error("two MACs are believed")
	}
}

func TestEveryModelsOwnAgentIsRecognised(t *testing.T) {
	c := shelf(t)
	f := New()
	for _, m := range c.Models() {
		mac := m.SampleMAC()
		for _, name := range m.Agents {
			agent := m.Says(strings.ReplaceAll(m.Family.Boot.UserAgent, "{model}", name), mac)
			got := f.Find(c, Clues{UserAgent: agent})
			if got.Model == nil || got.Model != m || got.Firmware != m.Firmware || got.Sure != Certain {
				t.Errorf("%q is not recognised as %s: %+v", agent, m.Name, got.Model)
			}
		}
		for _, ask := range m.Family.Boot.Asks {
			name := m.FileName(ask.File, mac)
			if strings.Contains(ask.File, "{code}") && m.Code == "" {
				continue
			}
			got := f.Find(c, Clues{Path: "/p/" + name})
			if got.FileOf(m.Family) == nil {
				t.Errorf("%s asks for %s, which is no file of its family", m.Name, name)
			}
		}
	}
}

// TestEveryModelIsKnownByWhatItSaysInSIP: its registration is a clue as good as
// its request, so that one who is another than was entered is found out. A name
// that two models share says no more than the vendor.
func TestEveryModelIsKnownByWhatItSaysInSIP(t *testing.T) {
	s, f := shelf(t), New()
	for _, m := range s.Models() {
		text := m.Says(m.Family.Boot.SIPUserAgent, "001122334455")
		if text == "" {
			continue
		}
		a := f.agents.parse(s, text)
		if strings.Contains(m.Family.Boot.SIPUserAgent, "{firmware}") && a.version != m.Firmware {
			t.Errorf("%s says %q in SIP, of which %q is taken for its firmware", m.Name, text, a.version)
		}
		if a.model != m && !(a.model != nil && slices.Contains(a.model.Agents, m.Agents[0])) {
			t.Errorf("%s says %q in SIP, understood as %+v", m.Name, text, named(a))
		}
	}
}

func TestPlugAndPlayUser(t *testing.T) {
	for user, want := range map[string]string{
		"MAC%3a000413AABB01": "000413aabb01", "MAC%3A000413AABB01": "000413aabb01", "MAC:000413aabb01": "000413aabb01", "mac=0c383e112233": "0c383e112233",
		"MAC: 000413aabb01": "000413aabb01", "MAC%3a00:04:13:aa:bb:01": "000413aabb01", "MAC%3a00041": "", "": "", "alice": "", "MAC": "", "MAC:zzzzzzzzzzzz": "",
	} {
		if got := macOfUser(user); string(got) != want {
			t.Errorf("%q gives %q, want %q", user, got, want)
		}
	}
}

func TestPaths(t *testing.T) {
	for in, want := range map[string]Path{
		"/p/a.cfg":                              {Under: true, Name: "a.cfg"},
		"//p//~TOK//b/c.cfg?x":                  {Under: true, Tokenised: true, Token: "tok", Name: "b/c.cfg"},
		"a.cfg":                                 {Name: "a.cfg"},
		"/~tok/a.cfg":                           {Name: "~tok/a.cfg"},
		"/p/~":                                  {Under: true, Tokenised: true},
		"/p":                                    {Under: true},
		"/phones/a.cfg":                         {Name: "phones/a.cfg"},
		"/p/a\x00b":                             {Under: true},
		strings.Repeat("x", 513):                {},
		"//p/" + strings.Repeat("x", 600):       {Under: true},
		"/p/~" + strings.Repeat("x", 600) + "/": {Under: true},
	} {
		if got := ParsePath(in); got != want {
			t.Errorf("%.40q gives %+v", in, got)
		}
	}
	if m := ParsePath("/p/~secret/a.cfg").Masked(); m != "/p/~***/a.cfg" {
		t.Error(m)
	}
}

func FuzzPath(f *testing.F) {
	for _, s := range []string{"/p/~abc/805ec0123456.cfg", "//p//x", "snomD785-000413AABB01.htm", "/p/80-5e-c0-12-34-56.cfg", "cfg{mac}.xml", "/p/~~/..\\x?y", "MAC%3a000413aabb01"} {
		f.Add(s)
	}
	finder, shelf := New(), shelf(f)
	f.Fuzz(func(t *testing.T, s string) {
		p := ParsePath(s)
		if strings.HasPrefix(p.Name, "/") || strings.Contains(p.Name, "//") || len(p.Name) > maxPath {
			t.Fatalf("%q gives %+v", s, p)
		}
		for _, pnp := range []bool{false, true} {
			found := finder.Find(shelf, Clues{Path: s, PnP: pnp})
			if m := found.MAC; m != "" && (len(m) != 12 || strings.Trim(string(m), "0123456789abcdef") != "") {
				t.Fatalf("%q gives MAC %q", s, m)
			}
		}
	})
}

func FuzzAgent(f *testing.F) {
	for _, s := range []string{"Yealink SIP-T46U 108.86.0.90 80:5e:c0:12:34:56", "Mozilla/4.0 (compatible; snomD785-SIP 10.1.169.16 x 000413AABB01)", "Grandstream Model HW GRP2614 SW 1.0.5.15 DevId c074ad001122", "FileTransport PolycomVVX-VVX_450-UA/6.4.6.2453 Type/Application", "curl/8", "\xff"} {
		f.Add(s)
	}
	finder, shelf := New(), shelf(f)
	f.Fuzz(func(t *testing.T, s string) {
		found := finder.Find(shelf, Clues{UserAgent: s})
		if found.MAC != "" && len(found.MAC) != 12 || len(found.Firmware) > 64 {
			t.Fatalf("%q gives %+v", s, found)
		}
		if again := finder.Find(shelf, Clues{UserAgent: s}); again.MAC != found.MAC || again.Model != found.Model {
			t.Fatalf("%q is found differently the second time", s)
		}
	})
}

func BenchmarkFind(b *testing.B) {
	f, shelf := New(), shelf(b)
	c := Clues{Path: "/p/~abcdefghijklmnopqrstuvwxyz/805ec0123456.cfg", UserAgent: "Yealink SIP-T46U 108.86.0.90 80:5e:c0:12:34:56"}
	b.ReportAllocs()
	for b.Loop() {
		f.Find(shelf, c)
	}
}

// named is what was understood, for people.
func named(a agent) string {
	switch {
	case a.vendor == nil:
		return "nobody"
	case a.model == nil:
		return "some " + a.vendor.Label
	}
	return a.model.Name
}
