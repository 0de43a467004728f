package settings

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cradle/directory"
)

// board writes what lies where: "1=line 2=blf:102 m1.3=speed:7".
func (b *keyboard) String() string {
	var all []string
	for m, row := range b.rows {
		for i, k := range row {
			if !k.used {
				continue
			}
			at := fmt.Sprint(i + 1)
			if m > 0 {
				at = fmt.Sprintf("m%d.%d", m, i+1)
			}
			all = append(all, at+"="+strings.TrimSuffix(k.Type+":"+k.Value, ":"))
		}
	}
	return strings.Join(all, " ")
}

func somebody(n int) (all []*directory.Extension) {
	for i := range n {
		all = append(all, &directory.Extension{Number: fmt.Sprint(201 + i)})
	}
	return all
}

func TestArrange(t *testing.T) {
	people := func(string) []*directory.Extension { return somebody(3) }
	for _, c := range []struct {
		what             string
		keys, modules    int
		lines            int
		layout, personal []directory.Key
		want             string
		findings         []string
	}{
		{what: "lines alone", keys: 4, lines: 2, want: "1=line 2=line"},
		{what: "fewer keys than lines", keys: 1, lines: 2, want: "1=line"},
		{what: "the layout has its place, lines give way", keys: 4, lines: 1, layout: []directory.Key{{Position: 1, Type: "blf", Value: "102"}}, want: "1=blf:102"},
		{what: "the layout moves a line", keys: 4, lines: 1, layout: []directory.Key{{Position: 3, Type: "line"}}, want: "3=line"},
		{what: "next free", keys: 4, lines: 1, layout: []directory.Key{{Type: "park"}, {Position: 2, Type: "dnd"}}, want: "1=line 2=dnd 3=park"},
		{what: "kept empty", keys: 3, layout: []directory.Key{{Position: 1, Type: "none"}}, personal: []directory.Key{{Position: 1, Type: "speed", Value: "5"}}, want: "1=none 2=speed:5"},
		{what: "a person displaces nothing", keys: 3, lines: 1, layout: []directory.Key{{Position: 2, Type: "park"}}, personal: []directory.Key{{Position: 2, Type: "speed", Value: "5"}, {Position: 1, Type: "speed", Value: "6"}}, want: "1=line 2=park 3=speed:5",
			findings: []string{"0.1 no free key is left for speed 6"}},
		{what: "a person has what he wants where it is free", keys: 3, personal: []directory.Key{{Position: 3, Type: "speed", Value: "5"}}, want: "3=speed:5"},
		{what: "a rule goes on over modules", keys: 2, modules: 1, lines: 1, layout: []directory.Key{{Position: 1, Rule: "everyone"}, {Module: 1, Position: 1, Type: "park"}}, want: "1=line 2=blf:201 m1.1=park m1.2=blf:202 m1.3=blf:203"},
		{what: "a rule from a place on, as speed dials", keys: 4, layout: []directory.Key{{Position: 3, Rule: "site", Type: "speed"}}, want: "3=speed:201 4=speed:202", findings: []string{"0.3 1 of 3 people have no key"}},
		{what: "the last key and one past it", keys: 27, layout: []directory.Key{{Position: 27, Type: "dnd"}, {Position: 28, Type: "dnd"}}, want: "27=dnd", findings: []string{"0.28 key 28 does not fit: the phone has 27 keys and no module"}},
		{what: "twice", keys: 3, layout: []directory.Key{{Position: 2, Type: "dnd"}, {Position: 2, Type: "park"}}, want: "2=dnd", findings: []string{"0.2 key 2 is given twice"}},
		{what: "no such module", keys: 3, modules: 1, layout: []directory.Key{{Module: 2, Position: 1, Type: "dnd"}}, findings: []string{"2.1 key 1 of module 2 does not fit: 1 module"}},
		{what: "past the module", keys: 3, modules: 2, layout: []directory.Key{{Module: 2, Position: 20, Type: "dnd"}, {Module: 2, Position: 21, Type: "dnd"}}, want: "m2.20=dnd", findings: []string{"2.21 key 21 of module 2 does not fit: the module has 20 keys"}},
		{what: "nobody knows how many keys", layout: []directory.Key{{Position: 100, Type: "dnd"}, {Position: 101, Type: "dnd"}}, want: "100=dnd", findings: []string{"0.101 key 101 does not fit: the phone has 100 keys and no module"}},
		{what: "nonsense", keys: 2, layout: []directory.Key{{Module: -1, Position: 1, Type: "dnd"}, {Position: -1, Type: "dnd"}}, findings: []string{"-1.1 key 1 of module -1 does not fit: no module"}},
	} {
		b := newKeyboard(&Abilities{Keys: c.keys, Modules: Modules{Max: 2, Keys: 20}}, c.modules)
		b.arrange(c.layout, c.personal, lineKeys(c.lines), FromProfile, people)
		if got := b.String(); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
		if got := texts(b.findings); !slices.Equal(got, c.findings) {
			t.Errorf("%s: %q, want %q", c.what, got, c.findings)
		}
	}
}

func texts(findings []Finding) (all []string) {
	for _, f := range findings {
		all = append(all, fmt.Sprintf("%d.%d %s", f.Module, f.Position, f.Text))
	}
	return all
}

func TestBecome(t *testing.T) {
	full := map[string]string{"line": "15", "blf": "16", "speed": "13", "park": "10", "dnd": "5", "login": "27", "logout": "28", "xml": "30", "none": "0"}
	codes := Codes{"park": "*68", "seat": "*30", "record": "*44"}
	for _, c := range []struct {
		types   map[string]string
		wish    directory.Key
		want    string // type:value:label
		finding string
	}{
		{full, directory.Key{Type: "blf", Value: "102"}, "blf:102:", ""},
		{full, directory.Key{Type: "park", Value: "701"}, "park:*68701:", ""},
		{full, directory.Key{Type: "login", Value: "101"}, "login:*30101:", ""},
		{full, directory.Key{Type: "logout", Value: "101"}, "logout:*30:", ""},
		{full, directory.Key{Type: "record"}, "speed:*44:Record", "type record is dialled as a speed dial on this model"},
		{full, directory.Key{Type: "record", Label: "Rec"}, "speed:*44:Rec", "type record is dialled as a speed dial on this model"},
		{full, directory.Key{Type: "queue", Value: "1"}, "none::", "there is no code for queue, so the key stays empty"},
		{full, directory.Key{Type: "dnd"}, "dnd::", ""},
		{full, directory.Key{Type: "forward"}, "none::", "there is no code for forward, so the key stays empty"},
		{full, directory.Key{Type: "hold"}, "none::", "this model has no keys of type hold"},
		{full, directory.Key{Type: "xml", Value: "http://a/"}, "xml:http://a/:", ""},
		{map[string]string{"speed": "13"}, directory.Key{Type: "xml", Value: "http://a/"}, "none::", "this model has no keys of type xml"},
		{map[string]string{"speed": "13"}, directory.Key{Type: "blf", Value: "102"}, "speed:102:", "the model watches nobody: the key is a speed dial"},
		{map[string]string{"line": "15"}, directory.Key{Type: "blf", Value: "102"}, "none::", "this model has no keys of type blf"},
		{nil, directory.Key{Type: "blf", Value: "102"}, "none::", "how keys of this model are written is not known"},
		{nil, directory.Key{Type: "line", Line: 1}, "line::", ""},
	} {
		got, finding := (&Abilities{KeyTypes: c.types}).become(c.wish, codes)
		if s := got.Type + ":" + got.Value + ":" + got.Label; s != c.want || finding != c.finding {
			t.Errorf("%+v becomes %q, %q; want %q, %q", c.wish, s, finding, c.want, c.finding)
		}
	}
}

func TestFit(t *testing.T) {
	a := &Abilities{Keys: 2, KeyTypes: map[string]string{"line": "1", "blf": "2", "speed": "3"}}
	got := texts(Fit([]directory.Key{
		{Position: 1, Type: "line", Line: 1}, {Position: 2, Type: "line", Line: 2}, {Position: 31, Type: "blf", Value: "1"}, {Rule: "everyone"}, {Position: 2, Type: "none"},
		{Type: "park"},
	}, a, 0, 1, Codes{"park": "*68"}))
	want := []string{
		"0.31 key 31 does not fit: the phone has 2 keys and no module", "0.2 key 2 is given twice", "0.0 no free key is left for park ",
		"0.2 line 2 does not exist: the phone has 1", "0.0 type park is dialled as a speed dial on this model",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}
