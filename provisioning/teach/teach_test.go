package teach

import (
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/templates"
)

var loadOnce = sync.OnceValues(func() (*catalog.Catalog, error) { return catalog.Load(templates.FS()) })

func shelf(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := loadOnce()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDeriveAgent(t *testing.T) {
	for _, c := range []struct {
		text, mac, given            string
		says, vendor, pattern, form string
	}{
		{"AcmeVoice X1/2.0 001122334455", "001122334455", "", "X1", "AcmeVoice",
			`(?i)^AcmeVoice ` + modelGroup + `/` + versionGroup + ` ` + macGroup + `$`, "AcmeVoice {model}/{firmware} {mac}"},
		{"Zorg Z-9 1.2.3.4 00:11:22:AA:BB:CC", "001122aabbcc", "", "Z-9", "Zorg",
			`(?i)^Zorg ` + modelGroup + ` ` + versionGroup + ` ` + macGroup + `$`, "Zorg {model} {firmware} {mac}"},
		{"Mozilla/4.0 (compatible; Zorg Z9 1.2.3 SN:12345678)", "", "", "Z9", "Zorg",
			`(?i)^Mozilla/4\.0 \(compatible; Zorg ` + modelGroup + ` ` + versionGroup + ` SN:` + anyNumber + `\)$`, "Mozilla/4.0 (compatible; Zorg {model} {firmware} SN:0)"},
		{"X1/2.0", "", "", "X1", "X1", `(?i)^(?P<model>X1)/` + versionGroup + `$`, "{model}/{firmware}"},
		{"Deskphone", "", "", "Deskphone", "Deskphone", `(?i)^(?P<model>Deskphone)$`, "{model}"},
		{"Zorg Office Line 3.1", "", "office line", "Office Line", "Zorg", `(?i)^Zorg ` + modelGroup + ` ` + versionGroup + `$`, ""},
		{"", "", "", "", "", "", ""},
	} {
		d := deriveAgent(c.text, directory.MAC(c.mac), c.given)
		if c.given != "" { // a name of several words
			if d.says != c.says || !strings.Contains(d.pattern, "(?P<model>") {
				t.Errorf("%s: %+v", c.text, d)
			}
			continue
		}
		if d.says != c.says || d.vendor != c.vendor || d.pattern != c.pattern || d.form != c.form {
			t.Errorf("%s:\n%+v\nwant %s", c.text, d, c.pattern)
		}
	}
}

// TestDerivedAgentsAreTrue: a derived pattern matches what it was made of, gives
// model and MAC back, and not everybody.
func TestDerivedAgentsAreTrue(t *testing.T) {
	for _, text := range []string{"AcmeVoice X1/2.0 001122334455", "Zorg Office Line 3.1", "X1/2.0", "a", "(((", `\d+ .* X1`, "Zorg Z9 [beta] $1 ^2 1.0"} {
		d := deriveAgent(text, "001122334455", "")
		re, err := regexp.Compile(d.pattern)
		if err != nil || !re.MatchString(text) || !anchored(d.pattern) {
			t.Errorf("%q: %q, %v", text, d.pattern, err)
			continue
		}
		for _, other := range []string{"curl/8.5.0", "Mozilla/5.0 (X11; Linux)", "", "Yealink SIP-T46U 108.86.0.90 80:5e:c0:12:34:56"} {
			if distinct(d.pattern) && re.MatchString(other) {
				t.Errorf("the pattern of %q matches %q: %s", text, other, d.pattern)
			}
		}
	}
}

func TestPattern(t *testing.T) {
	for asked, want := range map[string]string{
		"/p/001122aabbcc.cfg": "{mac}.cfg", "/p/001122AABBCC.cfg": "{MAC}.cfg", "/x/00-11-22-aa-bb-cc/boot.xml": "x/{mac:dashes}/boot.xml",
		"00:11:22:AA:BB:CC.txt": "{MAC:colons}.txt", "/p/spa00_11_22_aa_bb_cc.xml": "spa{mac:underscores}.xml",
		"/p/common.cfg": "common.cfg", "/p/ffffffffffff.cfg": "ffffffffffff.cfg", "/p/cfg001122aAbBcc": "cfg{mac}",
	} {
		name, own := pattern(asked, "001122aabbcc")
		if name != want || own != strings.Contains(want, "{") {
			t.Errorf("%s: %s %v, want %s", asked, name, own, want)
		}
	}
}

func stranger() Evidence {
	return Evidence{MAC: "02aabb000001", UserAgent: "AcmeVoice X1 1.0.2 02aabb000001", Files: []string{"/p/acme.cfg", "/p/acme-02AABB000001.cfg"}, Doors: []string{"http"}}
}

func TestDerive(t *testing.T) {
	l := Derive(shelf(t), stranger(), Wish{Like: "yealink-t46u"})
	if len(l.Problems) > 0 {
		t.Fatalf("%+v", l.Problems)
	}
	if l.Model != "acmevoice-x1" || l.Label != "AcmeVoice X1" || l.Folder != "acmevoice/own-x1" || !l.NewVendor || l.Lines != 16 || l.Prefix != "02aabb" || l.Inherited ||
		len(l.Files) != 2 || l.Files[0] != (File{"acme.cfg", catalog.Absent}) || l.Files[1] != (File{"acme-{MAC}.cfg", catalog.Device}) {
		t.Errorf("%+v", l)
	}
	if r := RulesIn(l.Texts); len(r.Agents) != 1 || r.Agents[0] != l.Agent || len(r.Files) == 0 || r.Files[0] != l.Files[0].Name {
		t.Errorf("rules %+v of %+v", r, l)
	}
	if len(l.Texts) != 2 || !strings.Contains(l.Texts["acmevoice/own-x1/model.yaml"], "inherits: yealink/") || !strings.Contains(l.Texts["acmevoice/vendor.yaml"], "label: AcmeVoice") {
		t.Errorf("%v", l.Texts)
	}
	same := stranger()
	same.Files = []string{"/p/02aabb000001.cfg"}
	if l := Derive(shelf(t), same, Wish{Like: "yealink-t46u", Lines: 3, Label: "Box 3", Vendor: "Acme"}); l.Inherited || l.Lines != 3 || l.Model != "acme-box-3" || l.Label != "Box 3" {
		t.Errorf("%+v", l)
	}
	tftp := Evidence{MAC: "02aabb000001", Files: []string{"/02aabb000001.ini"}, Doors: []string{"tftp"}}
	if l := Derive(shelf(t), tftp, Wish{Like: "yealink-t46u", Vendor: "Acme", Label: "Mute", OnlyTFTP: true}); len(l.Problems) > 0 || l.Agent != "" || l.Prefix != "02aabb" ||
		!strings.Contains(l.Texts["acme/own-mute/model.yaml"], "only_tftp: true") || !strings.Contains(l.Texts["acme/own-mute/model.yaml"], "doors: [tftp]") {
		t.Errorf("%+v", l)
	}
}

// TestVendorsOwnAgent: of a vendor that is known, its own pattern says the name.
func TestVendorsOwnAgent(t *testing.T) {
	seen := Evidence{MAC: "805ec0123456", UserAgent: "Yealink SIP-T99Z 108.86.0.90 80:5e:c0:12:34:56", Files: []string{"/p/805ec0123456.cfg"}, Doors: []string{"http"}}
	l := Derive(shelf(t), seen, Wish{Like: "yealink-t46u"})
	if len(l.Problems) > 0 || l.NewVendor || l.Vendor != "yealink" || l.Agent != "" || l.Says != "T99Z" && l.Says != "SIP-T99Z" || !l.Inherited || len(l.Texts) != 1 || l.Prefix != "" {
		t.Errorf("%+v", l)
	}
}

func TestProblemsAreSaid(t *testing.T) {
	for name, c := range map[string]struct {
		change     func(*Evidence, *Wish)
		field, has string
	}{
		"no like":      {func(_ *Evidence, w *Wish) { w.Like = "" }, "like", "template of its own"},
		"unknown like": {func(_ *Evidence, w *Wish) { w.Like = "acme-none" }, "like", "no such model"},
		"no format":    {func(_ *Evidence, w *Wish) { w.Like, w.Template = "", "a = 1\n" }, "format", "keyvalue"},
		"lines":        {func(_ *Evidence, w *Wish) { w.Lines = 999 }, "lines", "999"},
		"no vendor":    {func(e *Evidence, _ *Wish) { e.UserAgent = "" }, "vendor", "whose"},
		"no label":     {func(_ *Evidence, w *Wish) { w.Vendor, w.Label = "Acme", "Acme" }, "label", "called"},
		"taken":        {func(_ *Evidence, w *Wish) { w.Vendor, w.Label = "Yealink", "T46U" }, "label", "already"},
		"says taken": {func(_ *Evidence, w *Wish) {
			w.Vendor, w.Label, w.Says, w.Agent = "Yealink", "T46 X", "T46U", "^(?P<model>AcmeVoice X1).*$"
		}, "", ""},
		"bad pattern":     {func(_ *Evidence, w *Wish) { w.Agent = "^Acme(" }, "agent", "missing closing"},
		"bad group":       {func(_ *Evidence, w *Wish) { w.Agent = "^Acme(?P<serial>.*)$" }, "agent", "serial"},
		"not anchored":    {func(_ *Evidence, w *Wish) { w.Agent = "AcmeVoice" }, "agent", "begin with ^"},
		"everybody's":     {func(_ *Evidence, w *Wish) { w.Agent = "^.*$" }, "agent", "too little"},
		"another's":       {func(_ *Evidence, w *Wish) { w.Agent = "^ZorgVoice .*$" }, "agent", "does not match"},
		"long":            {func(_ *Evidence, w *Wish) { w.Agent = "^" + strings.Repeat("a", maxPattern) + "$" }, "agent", "longer"},
		"prefix":          {func(_ *Evidence, w *Wish) { w.Prefix = "02aa" }, "prefix", "6 to 11"},
		"other prefix":    {func(_ *Evidence, w *Wish) { w.Prefix = "02aacc" }, "prefix", "does not begin"},
		"vendor's prefix": {func(e *Evidence, w *Wish) { e.MAC, w.Prefix = "805ec0000001", "805ec00" }, "prefix", "Yealink"},
		"not its own":     {func(e *Evidence, _ *Wish) { e.Files, e.UserAgent = []string{"/p/acme.cfg"}, "AcmeVoice X1" }, "files", "holds its MAC"},
	} {
		seen, wish := stranger(), Wish{Like: "yealink-t46u"}
		c.change(&seen, &wish)
		l := Derive(shelf(t), seen, wish)
		found := c.field == ""
		for _, p := range l.Problems {
			found = found || p.Field == c.field && strings.Contains(p.Text, c.has)
		}
		if !found || len(l.Problems) > 0 && len(l.Texts) > 0 {
			t.Errorf("%s: %+v", name, l.Problems)
		}
	}
}

// TestPrefixOfOthersIsNeverTaken: nobody asked for it, so it is left out.
func TestPrefixOfOthersIsNeverTaken(t *testing.T) {
	seen := stranger()
	seen.MAC, seen.Files = "805ec0000001", []string{"/p/805ec0000001.acme"}
	if l := Derive(shelf(t), seen, Wish{Like: "yealink-t46u"}); l.Prefix != "" || len(l.Problems) > 0 || !strings.Contains(strings.Join(l.Notes, " "), "belongs to Yealink") {
		t.Errorf("%+v", l)
	}
}

func TestWithoutSecrets(t *testing.T) {
	l := &lesson{wish: Wish{Template: "url = {{.provision.url}}\n{{range .lines}}\nuser = {{.user}}\nsecret = {{.secret}}\n{{end}}\nadmin = {{.auth.admin_password}}\n"}}
	l.Format = "keyvalue"
	if got := l.withoutSecrets(); strings.Contains(got, "secret") || strings.Contains(got, "password") || !strings.Contains(got, "user = {{.user}}") {
		t.Errorf("%q", got)
	}
}

func TestHarmOfNothing(t *testing.T) {
	if harm := Harm(shelf(t), shelf(t)); harm != nil {
		t.Error(harm)
	}
}

func FuzzDeriveAgent(f *testing.F) {
	for _, s := range []string{"AcmeVoice X1/2.0 001122334455", "(?i)^", "Mozilla/4.0 (compatible; Z9)", "\xff\x00", "1.1.1.1"} {
		f.Add(s, "X1")
	}
	f.Add(" X1/2", " ")
	f.Add("펎", "\x8e")
	f.Fuzz(func(t *testing.T, text, says string) {
		d := deriveAgent(text, "001122334455", says)
		if text == "" || !utf8.ValidString(text) {
			return
		}
		re, err := regexp.Compile(d.pattern)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if !re.MatchString(text) {
			t.Fatalf("%q does not match its own pattern %s", text, d.pattern)
		}
	})
}

func FuzzPattern(f *testing.F) {
	f.Add("/p/00-11-22-aa-bb-cc/boot.xml")
	f.Fuzz(func(t *testing.T, asked string) {
		if name, own := pattern(asked, ""); own && !strings.Contains(name, "{") {
			t.Fatalf("%q: %q", asked, name)
		}
	})
}
