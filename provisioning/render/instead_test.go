package render

import (
	"strings"
	"testing"
)

// ownShape has a list of settings by the vendor's own names.
func ownShape() *Shape {
	item := NewShape(Field{Name: "name", Kind: String}, Field{Name: "value", Kind: String})
	return NewShape(Field{Name: "port", Kind: Int}, Field{Name: "extra", Kind: List, Item: item, ByName: true})
}

func ownValues(pairs ...string) Values {
	v := ownShape().New()
	v[0] = I(5060)
	var items []Values
	for i := 0; i < len(pairs); i += 2 {
		items = append(items, Values{S(pairs[i]), S(pairs[i+1])})
	}
	v[1] = L(items)
	return v
}

// A setting by the vendor's own name takes the place of the template's word, in
// every format; where there is none it stands where the template puts it.
func TestOwnSettingsReplace(t *testing.T) {
	for name, c := range map[string]struct {
		format       Format
		source       string
		pairs        []string
		want, traced string // traced: the lines that are of an own setting
	}{
		"keyvalue": {
			KeyValue, "a.1 = 0\nb = {{.port}}\n{{range .extra -}}\n{{.name}} = {{.value}}\n{{end -}}\nc = 1\n", []string{"a.1", "x", "new", "y"},
			"a.1 = x\nb = 5060\nnew = y\nc = 1\n", "a.1 = x|new = y",
		},
		"before the line": {
			KeyValue, "{{range .extra -}}\n{{.name}} = {{.value}}\n{{end -}}\nb = {{.port}}\n", []string{"b", "x"}, "b = x\n", "b = x",
		},
		"ends before": {
			KeyValue, "a = 0{{- range .extra}}\n{{.name}} = {{.value}}\n{{- end}}\nb = 1\n", []string{"b", "x"}, "a = 0\nb = x\n", "b = x",
		},
		"no blank line is left": {
			KeyValue, "a = 0\n{{- range .extra}}\n{{.name}} = {{.value}}\n{{- end}}\nb = 1\n", []string{"b", "x", "a", "y"}, "a = y\nb = x\n", "a = y|b = x",
		},
		"colon": {
			Colon, "sip line1 mode: 0\nb: 1\n{{range .extra -}}\n{{.name}}: {{.value}}\n{{end -}}\n", []string{"sip line1 mode", "5"},
			"sip line1 mode: 5\nb: 1\n", "sip line1 mode: 5",
		},
		"quoted": {
			Quoted, "A=\"0\"\n{{range .extra -}}\n{{.name}}=\"{{.value}}\"\n{{end -}}\n", []string{"A", "x"}, "A=\"x\"\n", "A=\"x\"",
		},
		"set": {
			Set, "SET A 0\n{{range .extra -}}\nSET {{.name}} \"{{.value}}\"\n{{end -}}\n", []string{"A", "two words"},
			"SET A \"two words\"\n", "SET A \"two words\"",
		},
		"an entry of a list in set": {
			Set, "SET A Key=1;x\nSET A Key=2;x\n{{range .extra -}}\nSET {{.name}} \"{{.value}}\"\n{{end -}}\n", []string{"A", "Key=2;y"},
			"SET A Key=1;x\nSET A \"Key=2;y\"\n", "SET A \"Key=2;y\"",
		},
		"its own section before another": {
			Section, "<A>\nuser :0\n<B>\nuser :0\n{{range .extra -}}\n{{.name}} :{{.value}}\n{{end -}}\n", []string{"user", "x"},
			"<A>\nuser :0\n<B>\nuser :x\n", "user :x",
		},
		"another section": {
			Section, "[A]\nuser=0\n[B]\n{{range .extra -}}\n{{.name}}={{.value}}\n{{end -}}\n[C]\nuse=1\n", []string{"user", "x"},
			"[A]\nuser=x\n[B]\n[C]\nuse=1\n", "user=x",
		},
		"two other sections": { // which one is meant cannot be told
			Section, "[A]\nuser=0\n[C]\nuser=0\n[B]\n{{range .extra -}}\n{{.name}}={{.value}}\n{{end -}}\n", []string{"user", "x"},
			"[A]\nuser=0\n[C]\nuser=0\n[B]\nuser=x\n", "user=x",
		},
		"words": {
			Words, "[A]\nvlan 5\n[B]\nname \"x\"\n{{range .extra -}}\n{{.name}} {{.value}}\n{{end -}}\n", []string{"vlan", "7"},
			"[A]\nvlan 7\n[B]\nname \"x\"\n", "vlan 7",
		},
		"elements": {
			XML, "<c>\n  <P1>0</P1>\n  <P2 para=\"y\">{{.port}}</P2>\n  {{- range .extra}}\n  <{{.name}}>{{.value}}</{{.name}}>\n  {{- end}}\n</c>\n", []string{"P2", "a&b"},
			"<c>\n  <P1>0</P1>\n  <P2 para=\"y\">a&amp;b</P2>\n</c>\n", "  <P2 para=\"y\">a&amp;b</P2>",
		},
		"numbered elements": {
			XML, "<s>\n<u idx=\"1\" perm=\"R\">a</u>\n<u idx=\"2\" perm=\"R\">a</u>\n{{range .extra -}}\n<{{.name}} perm=\"R\">{{.value}}</{{.name}}>\n{{end -}}\n</s>\n", []string{"u2", "x"},
			"<s>\n<u idx=\"1\" perm=\"R\">a</u>\n<u idx=\"2\" perm=\"R\">x</u>\n</s>\n", "<u idx=\"2\" perm=\"R\">x</u>",
		},
		"named elements": {
			XML, "<s>\n<i name=\"a.b\">0</i>\n<i name=\"c\">0</i>\n{{range .extra -}}\n<i name=\"{{.name}}\">{{.value}}</i>\n{{end -}}\n</s>\n", []string{"a.b", "x"},
			"<s>\n<i name=\"a.b\">x</i>\n<i name=\"c\">0</i>\n</s>\n", "<i name=\"a.b\">x</i>",
		},
		"values in attributes": {
			XML, "<s>\n<setting id='a' value='0'/>\n{{range .extra -}}\n<setting id=\"{{.name}}\" value=\"{{.value}}\" />\n{{end -}}\n</s>\n", []string{"a", "it's"},
			"<s>\n<setting id='a' value='it&#39;s'/>\n</s>\n", "<setting id='a' value='it&#39;s'/>",
		},
		"attributes": {
			XML, "<s>\n<reg reg.1.a=\"0\" reg.1.b=\"0\"/>\n{{range .extra -}}\n<extra {{.name}}=\"{{.value}}\"/>\n{{end -}}\n</s>\n", []string{"reg.1.b", "x"},
			"<s>\n<reg reg.1.a=\"0\" reg.1.b=\"x\"/>\n</s>\n", "<reg reg.1.a=\"0\" reg.1.b=\"x\"/>",
		},
		"an element that holds others": {
			XML, "<s>\n<a><b>0</b></a>\n{{range .extra -}}\n<{{.name}}>{{.value}}</{{.name}}>\n{{end -}}\n</s>\n", []string{"a", "x"},
			"<s>\n<a><b>0</b></a>\n<a>x</a>\n</s>\n", "<a>x</a>",
		},
	} {
		tpl, err := Compile(Options{Name: "t", Source: c.source, Format: c.format, Shape: ownShape()})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := tpl.Execute([]byte("head"), ownValues(c.pairs...), nil)
		if err != nil || string(got) != "head"+c.want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
		lines, err := tpl.Trace(ownValues(c.pairs...), nil)
		var text, traced []string
		for _, l := range lines {
			text = append(text, l.Text)
			if strings.Contains(strings.Join(l.Names, " "), OwnPrefix) {
				traced = append(traced, l.Text)
			}
		}
		if err != nil || strings.Join(text, "\n")+"\n" != c.want || strings.Join(traced, "|") != c.traced {
			t.Errorf("%s: traced %q, of which own %q, %v", name, text, traced, err)
		}
	}
}

// What is worked out from the whole file stays in its place, and is worked out
// after all.
func TestOwnSettingsBeforeDigest(t *testing.T) {
	source := "a = 0\nv = {{digest 6}}\nb = 0\n{{range .extra -}}\n{{.name}} = {{.value}}\n{{end -}}\n"
	tpl, err := Compile(Options{Name: "t", Source: source, Format: KeyValue, Shape: ownShape(), Frame: Frame{EOL: "crlf"}})
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]bool{}
	for _, value := range []string{"long enough to move it", "y"} {
		out, err := tpl.Execute(nil, ownValues("a", value), nil)
		lines := strings.Split(string(out), "\r\n")
		if err != nil || len(lines) != 4 || lines[0] != "a = "+value || lines[2] != "b = 0" || len(lines[1]) != len("v = 123456") || lines[1] == "v = 000000" {
			t.Fatalf("%q, %v", out, err)
		}
		made[lines[1]] = true
	}
	if len(made) != 2 {
		t.Error("two files have one digest")
	}
}

// No file makes the reader of settings stumble.
func FuzzSaid(f *testing.F) {
	f.Add("a = b\n<x a=\"1\" idx='2'>t</x>\n")
	f.Add("<a b=></a>")
	f.Add("<a b=\"")
	f.Fuzz(func(t *testing.T, file string) {
		for _, format := range Formats {
			for _, s := range format.said([]byte(file)) {
				if s.from < 0 || s.to < s.from || s.to > len(file) {
					t.Fatalf("%s: %+v of %d bytes", format, s, len(file))
				}
			}
		}
	})
}
