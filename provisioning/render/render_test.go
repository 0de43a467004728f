package render

import (
	"errors"
	"strings"
	"testing"
)

func testShape() *Shape {
	codec := NewShape(Field{Name: "name", Kind: String}, Field{Name: "line", Kind: Int})
	line := NewShape(
		Field{Name: "number", Kind: Int}, Field{Name: "used", Kind: Bool}, Field{Name: "label", Kind: String},
		Field{Name: "secret", Kind: String, Secret: true}, Field{Name: "codecs", Kind: List, Item: codec},
	)
	return NewShape(
		Field{Name: "name", Kind: String}, Field{Name: "port", Kind: Int}, Field{Name: "on", Kind: Bool},
		Field{Name: "gone", Kind: String}, Field{Name: "pass", Kind: String, Secret: true},
		Field{Name: "phone.id", Kind: String, Own: true}, Field{Name: "lines", Kind: List, Item: line},
	)
}

func testValues(s *Shape, name string) Values {
	line := s.fields[s.Slot("lines")].Item
	codec := line.fields[line.Slot("codecs")].Item
	var lines []Values
	for i := 1; i <= 2; i++ {
		c := codec.New()
		c[codec.Slot("name")], c[codec.Slot("line")] = S("g722"), I(i)
		l := line.New()
		l[line.Slot("number")], l[line.Slot("used")], l[line.Slot("label")] = I(i), B(i == 1), S(name)
		l[line.Slot("codecs")] = L([]Values{c})
		lines = append(lines, l)
	}
	v := s.New()
	v[s.Slot("name")], v[s.Slot("port")], v[s.Slot("on")] = S(name), I(5060), B(true)
	v[s.Slot("pass")], v[s.Slot("phone.id")], v[s.Slot("lines")] = S("geheim"), S("123455"), L(lines)
	return v
}

func compile(t *testing.T, format Format, source string) *Template {
	t.Helper()
	tpl, err := Compile(Options{Name: "t.tmpl", Source: source, Format: format, Shape: testShape(), Clear: "%NULL%"})
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

func TestRendering(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"a = {{.name}}\n", "a = Ada\n"},
		{"a = {{.name | upper}}:{{.port}}\n", "a = ADA:5060\n"},
		{"{{range .lines}}l.{{.number}} = {{choose .used \"1\" \"0\"}}\n{{end}}", "l.1 = 1\nl.2 = 0\n"},
		{"{{range .lines}}{{range .codecs}}c.{{.line}}.{{.name}} = {{$.name}}\n{{end}}{{end}}", "c.1.g722 = Ada\nc.2.g722 = Ada\n"},
		{"a = {{orclear .gone}}\n", "a = %NULL%\n"},
		{"a = {{orelse .gone \"x\"}}\n", "a = x\n"},
		{"{{with .gone}}a = {{.}}\n{{else}}b = 1\n{{end}}", "b = 1\n"},
		{"{{with .name}}a = {{.}}{{$.port}}\n{{end}}", "a = Ada5060\n"},
		{"{{if and .on (not (eq .port 5061))}}a = {{add .port 1}}\n{{end}}", "a = 5061\n"},
		{"a = {{pick .port \"5060\" \"std\" \"other\"}}\n", "a = std\n"},
		{"a = {{pick .name \"Bob\" \"b\" \"other\"}}\n", "a = other\n"},
		{"{{if .gone}}a = 1\n{{else if .on}}b = 2\n{{end}}", "b = 2\n"},
		{"a = {{div .port 60}} {{lt 1 2}} {{gt 1 2}} {{has .gone}} {{or .gone .on}} {{ne .name \"Ada\"}} {{lower \"X\"}}\n", "a = 84 true false false true false x\n"},
		{"", ""},
	} {
		got, err := compile(t, KeyValue, c.source).Execute([]byte("head "), testValues(testShape(), "Ada"), nil)
		if err != nil || string(got) != "head "+c.want {
			t.Errorf("%q gives %q, %v; want %q", c.source, got, err, c.want)
		}
	}
}

func TestRefusedTemplates(t *testing.T) {
	for name, source := range map[string]string{
		"unknown value":         "a = {{.nobody}}\n",
		"unknown in range":      "{{range .lines}}a = {{.port}}\n{{end}}",
		"unknown function":      "a = {{printf \"%s\" .name}}\n",
		"html function":         "a = {{html .name}}\n",
		"call":                  "a = {{call .name}}\n",
		"index":                 "a = {{index .lines 0}}\n",
		"len":                   "a = {{len .lines}}\n",
		"method":                "a = {{.name.Reveal}}\n",
		"variable":              "{{$x := .name}}a = {{$x}}\n",
		"range with variables":  "{{range $i, $l := .lines}}a = 1\n{{end}}",
		"range over number":     "{{range .port}}a = 1\n{{end}}",
		"range over constant":   "{{range 10}}a = 1\n{{end}}",
		"with a list":           "{{with .lines}}a = 1\n{{end}}",
		"a list written":        "a = {{.lines}}\n",
		"another template":      "{{define \"x\"}}b{{end}}a = {{template \"x\"}}\n",
		"itself":                "a = 1\n{{template \"t.tmpl\"}}",
		"a block":               "{{block \"x\" .}}{{end}}",
		"only a definition":     "{{define \"x\"}}b{{end}}",
		"break":                 "{{range .lines}}{{break}}{{end}}",
		"the dot":               "a = {{.}}\n",
		"the root":              "a = {{$}}\n",
		"nil":                   "a = {{nil}}\n",
		"a float":               "a = {{1.5}}\n",
		"too few":               "a = {{eq .port}}\n",
		"too many":              "a = {{eq .port 1 2}}\n",
		"wrong type":            "a = {{upper .port}}\n",
		"list to function":      "a = {{eq .lines 1}}\n",
		"no pair":               "a = {{pick .name}}\n",
		"branches end apart":    "a{{if .on}} = 1{{else}} b{{end}}\n",
		"if leaves the line":    "{{if .on}}a = {{end}}{{.name}}\n",
		"ends inside a value":   "a = 1",
		"syntax":                "a = {{if}}\n",
		"deep":                  strings.Repeat("{{if .on}}", 40) + strings.Repeat("{{end}}", 40),
		"deep parentheses":      "a = {{" + strings.Repeat("(not ", 40) + ".on" + strings.Repeat(")", 40) + "}}\n",
		"long":                  strings.Repeat("x", maxSource+1),
		"many nodes":            strings.Repeat("a = {{.port}}\n", maxNodes),
		"secret":                "a = {{.pass}}\n",
		"secret in range":       "{{range .lines}}a = {{.secret}}\n{{end}}",
		"secret in a condition": "{{if eq .pass \"a\"}}a = 1\n{{end}}",
	} {
		_, err := Compile(Options{Name: "t.tmpl", Source: source, Format: KeyValue, Shape: testShape(), NoSecrets: true})
		if !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v, want it refused", name, err)
		}
	}
	for name, source := range map[string]string{
		"value in a comment": "<a><!-- {{.name}} --></a>",
		"value in CDATA":     "<a><![CDATA[{{.name}}]]></a>",
		"quote left open":    "<a b=\"{{.name}}></a>",
		"own in common":      "<a>{{.phone.id}}</a>",
		"secret in common":   "<a>{{.pass}}</a>",
	} {
		if _, err := Compile(Options{Name: "t.tmpl", Source: source, Format: XML, Shape: testShape(), Common: true}); !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v, want it refused", name, err)
		}
	}
}

func TestErrorsName(t *testing.T) {
	_, err := Compile(Options{Name: "v/f/t.tmpl", Source: "\n\na = {{.nobody}}\n", Format: KeyValue, Shape: testShape()})
	if err == nil || !strings.Contains(err.Error(), "v/f/t.tmpl:3") || !strings.Contains(err.Error(), "nobody") {
		t.Errorf("%v names neither place nor value", err)
	}
	_, err = compile(t, KeyValue, "a = {{.gone}}\n").Execute(nil, testValues(testShape(), "x"), nil)
	if !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), ".gone") {
		t.Errorf("%v, want the missing value by name", err)
	}
}

var hostile = []string{
	"x\nadmin = 1", "x\r\nadmin = 1", "x\u2028admin = 1", "x\u0085admin = 1", "x\vadmin=1", "x\x00y", "\xff\xfe",
	"</a><admin>1</admin>", `" onload="x`, `' b='`, "&amp;", "&#10;", "]]>", "<!--", "{{.pass}}", "%NULL%", "#!version", "=", "\uFFFE", "\x1b[2J",
}

func TestHostileValuesStayInPlace(t *testing.T) {
	kv := compile(t, KeyValue, "#!version:1\na = {{.name}}\n# {{.name}}\nb = 2\n")
	tags := compile(t, XML, "<?xml version=\"1.0\"?>\n<r><a b=\"{{.name}}\" c='{{.name}}'>{{.name}}</a></r>\n")
	for _, h := range hostile {
		v := testValues(testShape(), h)
		out, err := kv.Execute(nil, v, nil)
		if err != nil || strings.Count(string(out), "\n") != 4 {
			t.Errorf("%q makes %q, %v", h, out, err)
		} else if err := KeyValue.Check(out, Frame{}); err != nil {
			t.Errorf("%q: %v in %q", h, err, out)
		}
		if out, err = tags.Execute(nil, v, nil); err != nil {
			t.Errorf("%q: %v", h, err)
		} else if err := XML.Check(out, Frame{}); err != nil || strings.Count(string(out), "<a ") != 1 || strings.Contains(string(out), "<admin") {
			t.Errorf("%q makes %q, %v", h, out, err)
		}
		names := compile(t, KeyValue, "k.{{.name}} = 1\n")
		if out, err := names.Execute(nil, v, nil); !errors.Is(err, ErrValue) {
			t.Errorf("%q became part of a key: %q, %v", h, out, err)
		}
	}
}

func TestBudgets(t *testing.T) {
	shape := testShape()
	item := shape.fields[shape.Slot("lines")].Item
	one := item.New()
	one[0] = I(1)
	v := shape.New()
	v[shape.Slot("lines")] = L(make([]Values, maxSteps+1))
	if _, err := compile(t, KeyValue, "{{range .lines}}\n{{end}}").Execute(nil, v, nil); !errors.Is(err, ErrBudget) {
		t.Errorf("%v, want too many steps", err)
	}
	v[shape.Slot("lines")] = L(make([]Values, 20))
	line := "a = " + strings.Repeat("x", 100<<10) + "\n"
	if _, err := compile(t, KeyValue, "{{range .lines}}"+line+"{{end}}").Execute(nil, v, nil); !errors.Is(err, ErrBudget) {
		t.Errorf("%v, want too much output", err)
	}
	if out, err := compile(t, KeyValue, "{{range .lines}}"+line[:50<<10]+"\n{{end}}").Execute(nil, v, nil); err != nil || len(out) < 900<<10 {
		t.Errorf("%v: just below the bound must pass", err)
	}
}

func TestSameBytesEveryTime(t *testing.T) {
	tpl := compile(t, KeyValue, "{{range .lines}}l.{{.number}} = {{.label}}\n{{end}}")
	v := testValues(testShape(), "Ada")
	first, err := tpl.Execute(nil, v, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if again, _ := tpl.Execute(nil, v, nil); string(again) != string(first) {
			t.Fatalf("%q, then %q", first, again)
		}
	}
}

func TestChecks(t *testing.T) {
	for name, c := range map[string]struct {
		f     Format
		frame Frame
		file  string
	}{
		"no first line":    {KeyValue, Frame{First: "#!version:1"}, "a = 1\n"},
		"no last line":     {XML, Frame{Last: "</a>"}, "<a/>\n"},
		"a byte too long":  {KeyValue, Frame{MaxBytes: 5}, "a = 1\n"},
		"a line too long":  {KeyValue, Frame{MaxLine: 4}, "\na = 1\n"},
		"a bare line feed": {KeyValue, Frame{EOL: "crlf"}, "a = 1\r\nb = 1\n"},
		"CR LF":            {KeyValue, Frame{EOL: "lf"}, "a = 1\r\n"},
		"no end":           {KeyValue, Frame{}, "#!version:1\na = 1"},
		"twice":            {KeyValue, Frame{}, "#!version:1\na = 1\na = 2\n"},
		"another twice":    {KeyValue, Frame{Again: []string{"b"}}, "#!version:1\nb = 1\nb = 2\na = 1\na = 2\n"},
		"no key":           {KeyValue, Frame{}, "#!version:1\nnonsense\n"},
		"bad key":          {KeyValue, Frame{}, "#!version:1\na b = 1\n"},
		"control":          {KeyValue, Frame{}, "#!version:1\na = \x01\n"},
		"not UTF-8":        {KeyValue, Frame{}, "#!version:1\na = \xff\n"},
		"no colon":         {Colon, Frame{}, "a = 1\n"},
		"colon twice":      {Colon, Frame{}, "a b: 1\na b: 2\n"},
		"no quotes":        {Quoted, Frame{}, "A=1\n"},
		"three quotes":     {Quoted, Frame{}, "A=\"1\"2\"\n"},
		"quoted twice":     {Quoted, Frame{}, "A=\"1\"\nA=\"1\"\n"},
		"no header":        {Section, Frame{}, "<A>\nnonsense\n"},
		"no command":       {Set, Frame{}, "set A 1\n"},
		"no value":         {Set, Frame{}, "SET A\n"},
		"bare words":       {Set, Frame{}, "SET A b c\n"},
		"set twice":        {Set, Frame{}, "SET A b\nSET A b\n"},
		"entry twice":      {Set, Frame{}, "SET A \"Key=1;b\"\nSET A \"Key=1;c\"\n"},
		"half a quote":     {Words, Frame{}, "A \"b\n"},
		"no JSON":          {JSON, Frame{}, "{\"a\":1,}"},
		"two JSON":         {JSON, Frame{}, "{}{}"},
		"blank before":     {XML, Frame{}, "\n<?xml version=\"1.0\"?><a/>"},
		"not closed":       {XML, Frame{}, "<?xml version=\"1.0\"?><a>"},
		"two roots":        {XML, Frame{}, "<?xml version=\"1.0\"?><a/><b/>"},
		"attribute twice":  {XML, Frame{}, "<?xml version=\"1.0\"?><a b=\"1\" b=\"2\"/>"},
		"text outside":     {XML, Frame{}, "<?xml version=\"1.0\"?><a/>x"},
	} {
		if err := c.f.Check([]byte(c.file), c.frame); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v, want it refused", name, err)
		}
	}
	for name, c := range map[string]struct {
		f     Format
		frame Frame
		file  string
	}{
		"at the bounds": {KeyValue, Frame{First: "#!v", Last: "a = 1", MaxBytes: 10, MaxLine: 5}, "#!v\na = 1\n"},
		"said again":    {KeyValue, Frame{Again: []string{"a"}}, "a = user:1\na = admin:2\nb = 1\n"},
		"CR LF":         {KeyValue, Frame{EOL: "crlf", Last: "a=1"}, "#x\r\na=1\r\n"},
		"colon":         {Colon, Frame{}, "# c\nadmin mode password: a:b\n\n"},
		"section":       {Section, Frame{}, "<<VOIP>>Version:2.0\n[ a ]\n; c\nSIP1 Name :x\nkey=1\n<B>\nkey=1\n<<END>>\n"},
		"set":           {Set, Frame{}, "## c\nSET A \"b c\"\nSET B \"\"\nIF $MODEL SEQ J1 GOTO X\nGET more.txt\nSET K \"Key=1;b\"\nSET K \"Key=2;b\"\n"},
		"words":         {Words, Frame{}, "# c\n[A]\nB\nC d \"e f\"\nC d\n"},
		"quoted":        {Quoted, Frame{}, "# c\nA=\"x = 'y'\"\nB=\"\"\n"},
		"JSON":          {JSON, Frame{}, "{\"a\":[1]}\n"},
	} {
		if err := c.f.Check([]byte(c.file), c.frame); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{"a = {{.name}}\n", "{{range .lines}}{{.number}} = {{.label}}\n{{end}}", "{{with .gone}}{{.}}{{end}}", "<a b=\"{{.name}}\">{{.port}}</a>", "{{if and .on (eq 1 2)}}{{end}}", "{{/* c */}}{{define \"x\"}}{{end}}"} {
		f.Add(s, "Ada\n<&\"'", byte(5))
		f.Add(s, "x", byte(0))
	}
	shape := testShape()
	f.Fuzz(func(t *testing.T, source, value string, which byte) {
		format := Formats[int(which)%len(Formats)]
		tpl, err := Compile(Options{Name: "t", Source: source, Format: format, Shape: shape})
		if err != nil {
			if !errors.Is(err, ErrRefused) {
				t.Fatalf("%v is no refusal", err)
			}
			return
		}
		out, err := tpl.Execute(nil, testValues(shape, value), nil)
		if err == nil && len(out) > maxOutput+maxSource {
			t.Fatalf("%d bytes", len(out))
		}
	})
}

func FuzzEscape(f *testing.F) {
	for _, h := range hostile {
		f.Add(h)
	}
	shape := testShape()
	kv, _ := Compile(Options{Name: "k", Source: "#!version:1\na = {{.name}}\n", Format: KeyValue, Shape: shape})
	tags, _ := Compile(Options{Name: "x", Source: "<?xml version=\"1.0\"?><r a=\"{{.name}}\" b='{{.name}}'>{{.name}}</r>", Format: XML, Shape: shape})
	f.Fuzz(func(t *testing.T, value string) {
		v := testValues(shape, value)
		if out, err := kv.Execute(nil, v, nil); err != nil || KeyValue.Check(out, Frame{}) != nil || strings.Count(string(out), "\n") != 2 {
			t.Fatalf("%q, %v", out, err)
		}
		if out, err := tags.Execute(nil, v, nil); err != nil || XML.Check(out, Frame{}) != nil {
			t.Fatalf("%q, %v, %v", out, err, XML.Check(out, Frame{}))
		}
	})
}
