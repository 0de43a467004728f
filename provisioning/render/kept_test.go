package render

import (
	"bytes"
	"fmt"
	"testing"
)

// What is kept of items that never change is what would be made of them anew,
// in whatever the template does with them.
func TestKeptItemsAreMadeAsOthers(t *testing.T) {
	item := NewShape(Field{Name: "n", Kind: Int}, Field{Name: "name", Kind: String, Maybe: true})
	shape := NewShape(Field{Name: "lines", Kind: List, Item: item}, Field{Name: "host", Kind: String})
	parts := map[string]string{"one": "x={{.n}}\n"}
	for body, kept := range map[string]int{
		"a.{{.n}}={{orclear .name}}\n":                                 3,
		"{{if has .name}}a={{.name}}\n{{else}}b={{add .n 1}}\n{{end}}": 3,
		"{{with .name}}c={{.}}\n{{end}}d={{.n}}\n":                     3,
		"{{template \"one\" .}}\ne={{.n}}\n":                           3,
		"{{template \"one\" .}}":                                       0, // a line break behind one counts
		"\n{{template \"one\" .}}":                                     0,
		"f={{$.host}}{{.n}}\n":                                         0,
		"i={{if has .name}}{{$.host}}{{end}}\n":                        2,
		"g={{fact \"a\"}}\n":                                           3,
		"h={{digest 4}}\n":                                             0,
	} {
		o := Options{Name: "t", Source: "top=1\n{{range .lines}}" + body + "{{end}}\nend={{.host}}\n", Format: KeyValue, Shape: shape, Clear: "%NULL%", Facts: []string{"a"},
			Include: func(name string) (string, error) { return parts[name], nil }}
		tmpl, err := Compile(o)
		if err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		shared := []Values{{I(3), {}}, {I(4), S("")}, {I(5), S("Ada")}}
		for round := range 4 {
			items := append([]Values{{I(1), S(fmt.Sprint("own", round))}}, shared...)
			want, err := tmpl.Execute(nil, Values{L(items), S(fmt.Sprint(round))}, Facts{fmt.Sprint(round)})
			if err != nil {
				t.Fatalf("%s: %v", body, err)
			}
			got, err := tmpl.Execute([]byte("before"), Values{Tail(items, 1), S(fmt.Sprint(round))}, Facts{fmt.Sprint(round)})
			if err != nil || !bytes.Equal(bytes.TrimPrefix(got, []byte("before")), want) {
				t.Errorf("%q, round %d: %v\n%s\nnot\n%s", body, round, err, got, want)
			}
		}
		n := 0
		tmpl.kept.texts.Range(func(any, any) bool { n++; return true })
		if n != kept && n != 4*kept { // or those of each round's facts
			t.Errorf("%q: %d texts are kept", body, n)
		}
	}
}

func TestKeptTextsAreBounded(t *testing.T) {
	item := NewShape(Field{Name: "n", Kind: Int})
	tmpl, err := Compile(Options{Name: "t", Source: "{{range .lines}}a.{{.n}}=1\n{{end}}", Format: KeyValue, Shape: NewShape(Field{Name: "lines", Kind: List, Item: item})})
	if err != nil {
		t.Fatal(err)
	}
	for i := range maxKept + 100 {
		if _, err := tmpl.Execute(nil, Values{Tail([]Values{{I(i)}}, 0)}, nil); err != nil {
			t.Fatal(err)
		}
	}
	kept := 0
	tmpl.kept.texts.Range(func(any, any) bool { kept++; return true })
	if kept != maxKept {
		t.Errorf("%d texts are kept", kept)
	}
}
