package render

import (
	"strings"
	"testing"
)

func TestTrace(t *testing.T) {
	source := `h = 0
{{- with .name}}
name = {{.}}!
{{- end}}
{{- range .lines}}
{{- if .used}}
l.{{.number}} = {{.label}} {{$.port}}
{{- range .codecs}}
c.{{.line}} = {{upper .name}}
{{- end}}
{{- end}}
{{- end}}
x = {{choose .on "1" "0"}} {{fact "f"}}
v = {{digest 4}}
y = 1
`
	for _, frame := range []Frame{{}, {EOL: "crlf"}} {
		tpl, err := Compile(Options{Name: "t", Source: source, Format: KeyValue, Frame: frame, Shape: testShape(), Facts: []string{"f"}})
		if err != nil {
			t.Fatal(err)
		}
		lines, err := tpl.Trace(testValues(testShape(), "Ada"), Facts{"F"})
		if err != nil {
			t.Fatal(err)
		}
		want := []struct{ text, names string }{
			{"h = 0", ""}, {"name = Ada!", "name"}, {"l.1 = Ada 5060", "lines.label lines.number lines.used port"},
			{"c.1 = G722", "lines.codecs.line lines.codecs.name lines.used"}, {"x = 1 F", "fact.f on"}, {"v = ", ""}, {"y = 1", ""},
		}
		if len(lines) != len(want) {
			t.Fatalf("%d lines: %+v", len(lines), lines)
		}
		var all []string
		for i, w := range want {
			if !strings.HasPrefix(lines[i].Text, w.text) || strings.Join(lines[i].Names, " ") != w.names {
				t.Errorf("line %d is %+v, want %+v", i+1, lines[i], w)
			}
			all = append(all, lines[i].Text)
		}
		out, err := tpl.Execute(nil, testValues(testShape(), "Ada"), Facts{"F"})
		if err != nil || strings.ReplaceAll(string(out), "\r\n", "\n") != strings.Join(all, "\n")+"\n" {
			t.Errorf("%v: %q is not %q", err, out, all)
		}
	}
	tpl := compile(t, KeyValue, "a = {{.gone}}\n")
	if _, err := tpl.Trace(testValues(testShape(), "x"), nil); err == nil {
		t.Error("a missing value is traced")
	}
}
