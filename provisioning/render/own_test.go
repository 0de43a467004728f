package render

import (
	"errors"
	"strings"
	"testing"
)

// A setting by the vendor's own name that the format cannot hold is left out and
// told, in every format; nothing else of the file is missing, and the format
// says of that one alone that it does not hold it.
func TestOwnSettingsThatDoNotFitAreLeftOut(t *testing.T) {
	for name, c := range map[string]struct {
		format Format
		frame  Frame
		source string
		bad    []string // names and values in turn
	}{
		"keyvalue":             {KeyValue, Frame{MaxLine: 20}, "a = 0\n{{range .extra -}}\n{{.name}} = {{.value}}\n{{end -}}\nb = {{.port}}\n", []string{"a#1", "x", "a b", "x", "a=b", "x", "/a", "x", "a//b", "x", "a/", "x", "c", "x\ny", "long", "0123456789012345"}},
		"colon":                {Colon, Frame{}, "a: 0\n{{range .extra -}}\n{{.name}}: {{.value}}\n{{end -}}\nb: {{.port}}\n", []string{"a:b", "x", "#a", "x", "c", "x\ny"}},
		"colon and quotes":     {Colon, Frame{}, "a: 0\n{{range .extra -}}\n{{.name}}: \"{{.value}}\"\n{{end -}}\nb: {{.port}}\n", []string{"c", `x"y`}},
		"quoted":               {Quoted, Frame{}, "A=\"0\"\n{{range .extra -}}\n{{.name}}=\"{{.value}}\"\n{{end -}}\nB=\"{{.port}}\"\n", []string{"A#", "x", "C", `x"y`, "D", `x\y`, "E", "x\ny"}},
		"section":              {Section, Frame{}, "<A>\na :0\n{{range .extra -}}\n{{.name}} :{{.value}}\n{{end -}}\nb :{{.port}}\n", []string{"<B>", "x", "a:b", "x", "c", "x\u2028y"}},
		"set":                  {Set, Frame{}, "SET A 0\n{{range .extra -}}\nSET {{.name}} \"{{.value}}\"\n{{end -}}\nSET B {{.port}}\n", []string{"A B", "x", "C#", "x", "C", `x"y`, "D", "x\ny"}},
		"words":                {Words, Frame{}, "[A]\na 0\n{{range .extra -}}\n{{.name}} {{.value}}\n{{end -}}\nb {{.port}}\n", []string{"[B]", "x", "c", "two words", "d", `x"y`}},
		"elements":             {XML, Frame{}, "<c>\n<a>0</a>\n{{range .extra -}}\n<{{.name}}>{{.value}}</{{.name}}>\n{{end -}}\n<b>{{.port}}</b>\n</c>\n", []string{"P#2", "x", "1a", "x", "-a", "x", ".a", "x", "a b", "x", "a/", "x"}},
		"elements with a mark": {XML, Frame{}, "<c>\n<a>0</a>\n{{range .extra -}}\n<{{.name}} perm=\"R\">{{.value}}</{{.name}}>\n{{end -}}\n<b>{{.port}}</b>\n</c>\n", []string{"u!1", "x", "7", "x"}},
		"attributes":           {XML, Frame{}, "<c>\n<a/>\n{{range .extra -}}\n<extra {{.name}}=\"{{.value}}\"/>\n{{end -}}\n<b a=\"{{.port}}\"/>\n</c>\n", []string{"1a", "x", "a#", "x"}},
		"among attributes":     {XML, Frame{}, "<c>\n<a{{range .extra}} {{.name}}=\"{{.value}}\"{{end}}/>\n<b a=\"{{.port}}\"/>\n</c>\n", []string{"1a", "x", "a#", "x"}},
	} {
		tpl, err := Compile(Options{Name: "t", Source: c.source, Format: c.format, Frame: c.frame, Shape: ownShape()})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		pairs := append([]string{"good", "x"}, c.bad...)
		want, err := tpl.Execute(nil, ownValues("good", "x"), nil)
		if err != nil || c.format.Check(want, c.frame) != nil || !strings.Contains(string(want), "good") {
			t.Fatalf("%s: %q, %v", name, want, err)
		}
		if got, err := tpl.Execute(nil, ownValues(pairs...), nil); err != nil || string(got) != string(want) {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
		lines, err := tpl.Trace(ownValues(pairs...), nil)
		if plain, err := tpl.Trace(ownValues("good", "x"), nil); err != nil || len(lines) != len(plain) {
			t.Errorf("%s: %d lines traced instead of %d, %v", name, len(lines), len(plain), err)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		_, left, err := tpl.Write(nil, ownValues(pairs...), nil)
		if err != nil || len(left) != len(c.bad)/2 {
			t.Errorf("%s: left out %v, %v; want %d", name, left, err, len(c.bad)/2)
		}
		for i := 0; i < len(pairs); i += 2 {
			asked, err := tpl.Holds(Values{S(pairs[i]), S(pairs[i+1])})
			if !asked || (err == nil) != (i == 0) || err != nil && !errors.Is(err, ErrValue) {
				t.Errorf("%s holds %q = %q: asked %v, %v", name, pairs[i], pairs[i+1], asked, err)
			}
		}
	}
}

// JSON holds every name and every value.
func TestOwnSettingsInJSON(t *testing.T) {
	tpl, err := Compile(Options{Name: "t", Source: "{\"a\": {{.port}}{{range .extra}}, \"{{.name}}\": \"{{.value}}\"{{end}}}\n", Format: JSON, Shape: ownShape()})
	if err != nil {
		t.Fatal(err)
	}
	out, err := tpl.Execute(nil, ownValues("P#2", `a"b`, "1 x", "\\"), nil)
	if want := `{"a": 5060, "P#2": "a\"b", "1 x": "\\"}` + "\n"; err != nil || string(out) != want || JSON.Check(out, Frame{}) != nil {
		t.Errorf("%q, %v", out, err)
	}
}

// A template without such a list is not asked, and what is at fault in the rest
// of a file is not hidden by leaving out.
func TestOnlyOwnSettingsAreLeftOut(t *testing.T) {
	tpl, err := Compile(Options{Name: "t", Source: "a = {{.port}}\n", Format: KeyValue, Shape: ownShape()})
	if err != nil {
		t.Fatal(err)
	}
	if asked, err := tpl.Holds(Values{S("P#2"), S("x")}); asked || err != nil {
		t.Errorf("asked %v, %v", asked, err)
	}
	shape := NewShape(Field{Name: "rows", Kind: List, Item: NewShape(Field{Name: "name", Kind: String})})
	tpl, err = Compile(Options{Name: "t", Source: "{{range .rows}}{{.name}} = 1\n{{end}}", Format: KeyValue, Shape: shape})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tpl.Execute(nil, Values{L([]Values{{S("a#b")}})}, nil); !errors.Is(err, ErrValue) {
		t.Errorf("a list of others: %v", err)
	}
}
