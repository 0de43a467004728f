package render

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// wholeFiles is a file of each format with a value at every kind of place.
var wholeFiles = map[Format]string{
	KeyValue: "#!version:1\n# {{.name}}\na = {{.name}}\n",
	Colon:    "# {{.name}}\nadmin password: {{.name}}\nhost{{.port}} name: {{.name}}\n",
	Quoted:   "# {{.name}}\nA=\"{{.name}}\"\nB=\"x {{.name}} y\"\n",
	Section:  "<<CONFIG>>Version:2\n; {{.name}}\n[ Part{{.port}} ]\nSIP{{.port}} Name :{{.name}}\nkey = {{.name}}\n<<END>>\n",
	Set:      "## {{.name}}\nSET A {{.name}}\nSET B \"x {{.name}}\"\nSET C {{orclear .gone}}\n",
	Words:    "# {{.name}}\n[ Part{{.port}} ]\nA{{.port}} {{.port}} x \"{{.name}}\" {{.on}}\n  identity \"{{.name}}\"\n",
	XML:      "<r a=\"{{.name}}\" b='{{.name}}'>{{.name}}</r>\n",
	JSON:     "{\"a\": {{.name}}, \"b\": \"x {{.name}}\", \"c\": {{.port}}, \"d\": {{.on}}, \"e\": {{concat 1 2}}}\n",
}

// TestHostileValuesInEveryFormat: whatever a value is, the file stays
// well-formed and has as many lines as its template.
func TestHostileValuesInEveryFormat(t *testing.T) {
	for format, source := range wholeFiles {
		tpl, err := Compile(Options{Name: "t", Source: source, Format: format, Shape: testShape()})
		if err != nil {
			t.Fatal(format, err)
		}
		for _, h := range append(hostile, "", " ", "two words", `"`, `\`, `\"`, `a"b\`, "\"\n\"", "<END>", "a=b:c") {
			out, err := tpl.Execute(nil, testValues(testShape(), h), nil)
			if err != nil {
				t.Errorf("%s %q: %v", format, h, err)
			} else if err := format.Check(out, Frame{}); err != nil || strings.Count(string(out), "\n") != strings.Count(source, "\n") {
				t.Errorf("%s with %q: %v in\n%s", format, h, err, out)
			}
		}
	}
}

func TestRenderedFormats(t *testing.T) {
	for _, c := range []struct {
		format        Format
		source, value string
		want          string
	}{
		{Quoted, "A=\"{{.name}}\"\n", `a"b\c`, "A=\"a'b/c\"\n"},
		{Set, "SET A {{.name}}\nSET B {{.port}}\nSET C {{orclear .gone}}\n", "two words", "SET A \"two words\"\nSET B 5060\nSET C \"\"\n"},
		{Set, "SET A \"x {{.name}}\"\nSET B {{.name}}\n", `a"b`, "SET A \"x a'b\"\nSET B a'b\n"},
		{JSON, "{\"a\":{{.name}},\"b\":{{.port}},\"c\":{{.on}},\"d\":\"{{.on}}\"}", "x\"\\\n", `{"a":"x\"\\ ","b":5060,"c":true,"d":"true"}`},
		{Section, "<A{{.port}}>\n{{.name}} {{.port}} :{{.name}}\n", "SIP", "<A5060>\nSIP 5060 :SIP\n"},
		{Words, "{{.name}} {{.name}} \"{{.name}} 2\"\n", "a", "a a \"a 2\"\n"},
		{Colon, "{{.name}} mode: {{.name}}\n", "admin", "admin mode: admin\n"},
	} {
		tpl, err := Compile(Options{Name: "t", Source: c.source, Format: c.format, Shape: testShape()})
		if err != nil {
			t.Error(err)
			continue
		}
		if out, err := tpl.Execute(nil, testValues(testShape(), c.value), nil); err != nil || string(out) != c.want {
			t.Errorf("%s gives %q, %v; want %q", c.format, out, err, c.want)
		}
	}
}

func TestWordsStayWords(t *testing.T) {
	tpl := compile(t, Words, "username {{.name}} password x\n")
	for value, fits := range map[string]bool{"ada": true, "a.b:c": true, "": true, "a b": false, "a\tb": false, "a\"": false, "a\nb": false} {
		if out, err := tpl.Execute(nil, testValues(testShape(), value), nil); fits != (err == nil) || err != nil && !errors.Is(err, ErrValue) {
			t.Errorf("%q gives %q, %v", value, out, err)
		}
	}
}

func TestNoValueMovesIntoAKey(t *testing.T) {
	for format, source := range map[Format]string{
		KeyValue: "{{.name}} = 1\n", Colon: "a {{.name}}: 1\n", Quoted: "A{{.name}}=\"1\"\n", Section: "<{{.name}}>\n", Set: "SET {{.name}} 1\n", Words: "{{.name}} 1\n", XML: "<{{.name}}/>",
	} {
		tpl, err := Compile(Options{Name: "t", Source: source, Format: format, Shape: testShape()})
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"a\nb", "a:b", "a=b", "<", ">", "\"", "", "ä"} {
			if out, err := tpl.Execute(nil, testValues(testShape(), bad), nil); !errors.Is(err, ErrValue) {
				t.Errorf("%s: %q became part of a key: %q", format, bad, out)
			}
		}
	}
}

func TestFunctions(t *testing.T) {
	for source, want := range map[string]string{
		`{{le 1 1}} {{ge 1 2}} {{sub .port 60}} {{mul 3 4}} {{mod 7 4}}`:            "true false 5000 12 3",
		`{{concat "a" .port .on .name}}`:                                            "a5060trueAda",
		`{{replace .name "A" "Li"}}|{{replace .name "" "x"}}|{{replace .port 0 1}}`: "",
		`{{replace .name "A" "Li"}}|{{replace .name "" "x"}}`:                       "Lida|Ada",
		`{{cut .name 2}}|{{cut .name 0}}|{{cut .name 9}}|{{cut "äöü" 2}}`:           "Ad||Ada|äö",
		`{{add (number "12") 1}} {{number "007"}} {{number "-3"}}`:                  "13 7 -3",
		`[{{trim "  a b "}}]`: "[a b]",
		`{{atleast .gone "1.0"}} {{atleast "86.0.10" "86.0.9"}} {{atleast "86" "86.0"}} {{atleast "85.9" "86"}} {{atleast "1.2rc3" "1.2.3"}}`: "false true true false true",
	} {
		tpl, err := Compile(Options{Name: "t", Source: "a = " + source + "\n", Format: KeyValue, Shape: testShape()})
		if want == "" {
			if !errors.Is(err, ErrRefused) {
				t.Errorf("%s: %v", source, err)
			}
			continue
		}
		if err != nil {
			t.Error(err)
			continue
		}
		if out, err := tpl.Execute(nil, testValues(testShape(), "Ada"), nil); err != nil || string(out) != "a = "+want+"\n" {
			t.Errorf("%s gives %q, %v", source, out, err)
		}
	}
}

func TestFunctionsAreBounded(t *testing.T) {
	long := `"` + strings.Repeat("x", maxText/2) + `"`
	nested := ".name"
	for range 12 {
		nested = `(replace ` + nested + ` "x" "xxxxxxxxxx")`
	}
	for source, fits := range map[string]bool{
		"{{concat .name " + long + " " + long + "}}": false, "{{concat " + long + " " + long + " .gone}}": false,
		"{{concat " + long + " .name}}": true, "{{" + nested[1:len(nested)-1] + "}}": false,
		"{{div .port 0}}": false, "{{mod .port 0}}": false,
		"{{number .name}}": false, "{{number (concat .name 9)}}": false, `{{number "99999999999999999999"}}`: false,
	} {
		out, err := compile(t, KeyValue, "a = "+source+"\n").Execute(nil, testValues(testShape(), "x"), nil)
		if fits != (err == nil) {
			t.Errorf("%.60s: %d bytes, %v", source, len(out), err)
		}
	}
}

func TestFacts(t *testing.T) {
	o := Options{Name: "t", Format: KeyValue, Shape: testShape(), Facts: []string{"blf", "line"}, Source: "a = {{fact \"line\"}}{{if eq (fact \"blf\") \"16\"}}!{{end}}\n"}
	tpl, err := Compile(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		facts Facts
		want  string
	}{{Facts{"16", "15"}, "a = 15!\n"}, {Facts{"13", "x\ny"}, "a = x y\n"}} {
		if out, err := tpl.Execute(nil, testValues(testShape(), "x"), c.facts); err != nil || string(out) != c.want {
			t.Errorf("%q, %v", out, err)
		}
	}
	if _, err := tpl.Execute(nil, testValues(testShape(), "x"), nil); !errors.Is(err, ErrMissing) {
		t.Errorf("a fact nobody gave: %v", err)
	}
	for _, bad := range []string{`{{fact "nobody"}}`, `{{fact .name}}`, `{{fact}}`, `{{fact "blf" 1}}`, `{{"blf" | fact}}`} {
		o.Source = "a = " + bad + "\n"
		if _, err := Compile(o); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestDigest(t *testing.T) {
	tpl := compile(t, KeyValue, "v = {{digest 10}}\nw = 1.{{digest 2}}.{{digest 18}}\na = {{.name}}\n")
	first, err := tpl.Execute([]byte("head "), testValues(testShape(), "Ada"), nil)
	again, _ := tpl.Execute(nil, testValues(testShape(), "Ada"), nil)
	other, _ := tpl.Execute(nil, testValues(testShape(), "Bob"), nil)
	if err != nil || string(first) != "head "+string(again) || string(again[:14]) == string(other[:14]) || len(again) != len(other) || strings.Trim(string(again[4:14]), "0123456789") != "" {
		t.Errorf("%v: %q, %q, %q", err, first, again, other)
	}
	for _, bad := range []string{"{{digest}}", "{{digest 0}}", "{{digest 19}}", "{{digest .port}}", "{{upper (digest 3)}}", "{{digest 3 | upper}}"} {
		if _, err := Compile(Options{Name: "t", Source: "a = " + bad + "\n", Format: KeyValue, Shape: testShape()}); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestInclude(t *testing.T) {
	files := map[string]string{
		"line.tmpl": "l.{{.number}} = {{.label}}\n", "deep.tmpl": "{{template \"line.tmpl\" .}}", "loop.tmpl": "{{template \"round.tmpl\"}}", "round.tmpl": "{{template \"loop.tmpl\"}}",
		"half.tmpl": "a = ", "bad.tmpl": "\n{{.nobody}}",
	}
	compile := func(source string) (*Template, error) {
		return Compile(Options{Name: "t.tmpl", Source: source, Format: KeyValue, Shape: testShape(), Include: func(name string) (string, error) {
			if text, ok := files[name]; ok {
				return text, nil
			}
			return "", errors.New("no file " + name)
		}})
	}
	tpl, err := compile("{{range .lines}}{{template \"deep.tmpl\"}}{{end}}{{template \"half.tmpl\"}}{{.name}}\n")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := tpl.Execute(nil, testValues(testShape(), "Ada"), nil); err != nil || string(out) != "l.1 = Ada\nl.2 = Ada\na = Ada\n" {
		t.Errorf("%q, %v", out, err)
	}
	for source, says := range map[string]string{
		"{{template \"t.tmpl\"}}": "itself", "{{template \"loop.tmpl\"}}": "itself", "{{template \"none.tmpl\"}}": "none.tmpl", "{{template \"line.tmpl\"}}": ".number",
		"{{template \"line.tmpl\" .name}}": "dot", "{{template \"bad.tmpl\"}}": "bad.tmpl:2", "{{template \"half.tmpl\"}}": "middle",
	} {
		if _, err := compile(source); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want it to say %q", source, err, says)
		}
	}
}

// TestPartsLeaveNoBlankLines: the line break that ends a part and one that
// follows are one, wherever the second comes from; blank lines an author wrote stay.
func TestPartsLeaveNoBlankLines(t *testing.T) {
	files := map[string]string{"part.tmpl": "a = 1\n", "open.tmpl": "\nl{{.number}} = 1\n", "blank.tmpl": "a = 1\n\n", "empty.tmpl": "\n"}
	for source, want := range map[string]string{
		"{{template \"part.tmpl\"}}\nb = 1\n":                             "a = 1\nb = 1\n",
		"{{template \"part.tmpl\"}}b = 1\n":                               "a = 1\nb = 1\n",
		"{{template \"part.tmpl\"}}\n\nb = 1\n":                           "a = 1\n\nb = 1\n",
		"{{template \"blank.tmpl\"}}\nb = 1\n":                            "a = 1\n\nb = 1\n",
		"x = 1{{range .lines}}{{template \"open.tmpl\"}}{{end}}\nb = 1\n": "x = 1\nl1 = 1\nl2 = 1\nb = 1\n",
		"{{template \"part.tmpl\"}}{{template \"empty.tmpl\"}}":           "a = 1\n",
		"{{template \"empty.tmpl\"}}a = 1\n":                              "\na = 1\n",
	} {
		tpl, err := Compile(Options{Name: "t.tmpl", Source: source, Format: XML, Shape: testShape(), Include: func(name string) (string, error) { return files[name], nil }})
		if err != nil {
			t.Fatal(err)
		}
		if out, err := tpl.Execute(nil, testValues(testShape(), "Ada"), nil); err != nil || string(out) != want {
			t.Errorf("%s gives %q, %v; want %q", source, out, err, want)
		}
	}
}

func TestCRLF(t *testing.T) {
	tpl, err := Compile(Options{Name: "t", Source: "a = {{.name}}\nb = {{digest 3}}\n", Format: KeyValue, Shape: testShape(), Frame: Frame{EOL: "crlf"}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := tpl.Execute([]byte("\n"), testValues(testShape(), "x\r\ny"), nil)
	if err != nil || strings.Count(string(out), "\r\n") != 2 || KeyValue.Check(out[1:], Frame{EOL: "crlf"}) != nil {
		t.Errorf("%q, %v", out, err)
	}
}

func TestCompareVersions(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"1", "1.0.0", 0}, {"1.10", "1.9", 1}, {"2.0", "10.0", -1}, {"v1.2", "1.2", 0}, {"66.86.0.15", "66.86.0.16", -1}, {"01", "1", 0},
		{strings.Repeat("9", 40), strings.Repeat("9", 39) + "8", 1},
	} {
		if got := CompareVersions(c.a, c.b); got != c.want || CompareVersions(c.b, c.a) != -c.want {
			t.Errorf("%s and %s: %d", c.a, c.b, got)
		}
	}
}

func FuzzFormats(f *testing.F) {
	for _, h := range hostile {
		f.Add(h)
	}
	compiled := map[Format]*Template{}
	for format, source := range wholeFiles {
		compiled[format], _ = Compile(Options{Name: "t", Source: source, Format: format, Shape: testShape()})
	}
	f.Fuzz(func(t *testing.T, value string) {
		for format, tpl := range compiled {
			out, err := tpl.Execute(nil, testValues(testShape(), value), nil)
			if err != nil || format.Check(out, Frame{}) != nil {
				t.Fatalf("%s: %v, %v in %q", format, err, format.Check(out, Frame{}), out)
			}
			if format == JSON {
				var read map[string]any
				if err := json.Unmarshal(out, &read); err != nil || len(read) != 5 {
					t.Fatalf("%v in %q", err, out)
				}
			}
		}
	})
}

func FuzzCompareVersions(f *testing.F) {
	f.Add("66.86.0.15", "v1.2rc3")
	f.Fuzz(func(t *testing.T, a, b string) {
		if CompareVersions(a, b) != -CompareVersions(b, a) || CompareVersions(a, a) != 0 {
			t.Fatalf("%q, %q", a, b)
		}
	})
}
