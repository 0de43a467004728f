package settings

import (
	"fmt"
	"strings"

	"cradle/directory"
)

// Finding is what an administrator should know about one key of a layout.
type Finding struct {
	Module   int // 0: the phone itself
	Position int // 0: the next free one
	Text     string
}

// Bounds of keys where a model's data do not say how many there are.
const (
	maxPhoneKeys  = 100
	maxModuleKeys = 100
)

// keyboard is the keys of one phone while they are given out: row 0 is the
// phone itself, the others its modules.
type keyboard struct {
	rows     [][]placed
	known    []bool // the number of keys of the row is known
	findings []Finding
}

// Placed is a key where it lies, and the layer that wanted it.
type Placed struct {
	directory.Key
	From Layer
}

// placed is one place: taken where used, also by "none".
type placed struct {
	Placed
	used bool
}

func newKeyboard(a *Abilities, modules int) *keyboard {
	b := &keyboard{}
	b.row(a.Keys, maxPhoneKeys)
	for range min(modules, a.Modules.Max) {
		b.row(a.Modules.Keys, maxModuleKeys)
	}
	return b
}

func (b *keyboard) row(keys, most int) {
	b.known = append(b.known, keys > 0)
	if keys == 0 {
		keys = most
	}
	b.rows = append(b.rows, make([]placed, keys))
}

func (b *keyboard) find(k directory.Key, format string, args ...any) {
	b.findings = append(b.findings, Finding{k.Module, k.Position, fmt.Sprintf(format, args...)})
}

// put lays a key where it wants to lie; false: it is taken, or not there.
func (b *keyboard) put(k directory.Key, from Layer) bool {
	if k.Module < 0 || k.Module >= len(b.rows) || k.Position < 1 || k.Position > len(b.rows[k.Module]) {
		return false
	}
	at := &b.rows[k.Module][k.Position-1]
	if at.used {
		return false
	}
	*at = placed{Placed{k, from}, true}
	return true
}

// next lays a key on the first free place from a module and position on.
func (b *keyboard) next(k directory.Key, module, position int, from Layer) bool {
	for m := max(module, 0); m < len(b.rows); m++ {
		for p := max(position, 1); p <= len(b.rows[m]); p++ {
			if !b.rows[m][p-1].used {
				k.Module, k.Position = m, p
				return b.put(k, from)
			}
		}
		position = 1
	}
	return false
}

// arrange gives out the keys: those of the layout with a position, then the
// lines on the keys of their numbers, then what the layout wants anywhere, last
// the person's own, which displace nothing.
func (b *keyboard) arrange(layout, personal []directory.Key, lines []directory.Key, from Layer, people func(rule string) []*directory.Extension) {
	for _, k := range layout {
		if k.Position > 0 && k.Rule == "" && !b.put(k, from) {
			b.find(k, "%s", b.why(k))
		}
	}
	for _, k := range lines {
		if !hasLine(layout, k.Line) {
			b.put(k, FromDefault)
		}
	}
	for _, k := range layout {
		switch {
		case k.Rule != "":
			b.rule(k, from, people(k.Rule))
		case k.Position == 0 && !b.next(k, k.Module, 1, from):
			b.find(k, "no free key is left for %s %s", k.Type, k.Value)
		}
	}
	for _, k := range personal {
		switch {
		case k.Rule != "":
			b.rule(k, FromExtension, people(k.Rule))
		case !b.put(k, FromExtension) && !b.next(k, 0, 1, FromExtension):
			b.find(k, "no free key is left for %s %s", k.Type, k.Value)
		}
	}
}

func hasLine(keys []directory.Key, line int) bool {
	for _, k := range keys {
		if k.Type == "line" && max(k.Line, 1) == line {
			return true
		}
	}
	return false
}

// rule fills free keys with the people of a rule.
func (b *keyboard) rule(k directory.Key, from Layer, people []*directory.Extension) {
	if k.Type == "" || k.Type == "none" {
		k.Type = "blf"
	}
	module, position := k.Module, k.Position
	for i, e := range people {
		one := directory.Key{Type: k.Type, Value: e.Number, Line: k.Line}
		if !b.next(one, module, position, from) {
			b.find(k, "%d of %d people have no key", len(people)-i, len(people))
			return
		}
	}
}

// why says what is in the way of a key with a position.
func (b *keyboard) why(k directory.Key) string {
	modules := len(b.rows) - 1
	switch {
	case k.Module < 0 || k.Module > modules:
		return fmt.Sprintf("key %d of module %d does not fit: %s", k.Position, k.Module, moduleCount(modules))
	case k.Position > len(b.rows[k.Module]) && k.Module > 0:
		return fmt.Sprintf("key %d of module %d does not fit: the module has %d keys", k.Position, k.Module, len(b.rows[k.Module]))
	case k.Position > len(b.rows[0]):
		return fmt.Sprintf("key %d does not fit: the phone has %d keys and %s", k.Position, len(b.rows[0]), moduleCount(modules))
	default:
		return fmt.Sprintf("key %d is given twice", k.Position)
	}
}

func moduleCount(n int) string {
	switch n {
	case 0:
		return "no module"
	case 1:
		return "1 module"
	default:
		return fmt.Sprintf("%d modules", n)
	}
}

// Codes are the digits of an organization's codes by feature.
type Codes map[string]string

// CodesOf reads the codes of an organization.
func CodesOf(snap *directory.Snapshot, org directory.ID) Codes {
	codes := Codes{}
	for c := range snap.Codes(org) {
		if _, twice := codes[c.Feature]; !twice {
			codes[c.Feature] = c.Digits
		}
	}
	return codes
}

// featureOf is the code that a type of key dials.
var featureOf = map[string]string{
	"park": "park", "pickup": "pickup", "transfer": "transfer", "dnd": "dnd", "forward": "forward", "record": "record",
	"queue": "queue", "login": "seat", "logout": "seat", "voicemail": "voicemail",
}

// byItself are the features a phone that knows the key does without a code.
var byItself = map[string]bool{"dnd": true, "forward": true, "transfer": true}

// wordOf labels a feature that has become a speed dial.
var wordOf = map[string]string{
	"park": "Park", "pickup": "Pickup", "transfer": "Transfer", "dnd": "DND", "forward": "Forward", "record": "Record",
	"queue": "Queue", "login": "Login", "logout": "Logout", "voicemail": "Voicemail",
}

// become makes of a wanted key what the model can: its value is what is dialled
// or opened. A type the model does not know becomes a speed dial, or nothing;
// the finding says so.
func (a *Abilities) become(k directory.Key, codes Codes) (out directory.Key, finding string) {
	out = k
	_, native := a.KeyTypes[k.Type]
	if feature, ok := featureOf[k.Type]; ok {
		digits := codes[feature]
		switch {
		case digits == "" && native && byItself[k.Type]:
			return out, ""
		case digits == "":
			return empty(k), fmt.Sprintf("there is no code for %s, so the key stays empty", feature)
		case k.Type == "logout":
			out.Value = digits
		default:
			out.Value = digits + k.Value
		}
	}
	switch {
	case native:
		return out, ""
	case len(a.KeyTypes) == 0 && k.Type == "line":
		return out, ""
	case len(a.KeyTypes) == 0:
		return empty(k), "how keys of this model are written is not known"
	}
	_, speed := a.KeyTypes["speed"]
	if !speed || out.Value == "" || k.Type == "xml" || k.Type == "line" {
		return empty(k), fmt.Sprintf("this model has no keys of type %s", k.Type)
	}
	if out.Label == "" {
		out.Label = strings.TrimSpace(wordOf[k.Type] + " " + k.Value)
	}
	out.Type = "speed"
	if k.Type != "blf" {
		finding = fmt.Sprintf("type %s is dialled as a speed dial on this model", k.Type)
	} else {
		out.Label = k.Label
		finding = "the model watches nobody: the key is a speed dial"
	}
	return out, finding
}

func empty(k directory.Key) directory.Key {
	return directory.Key{Module: k.Module, Position: k.Position, Type: "none"}
}

// Fit says what of a layout a model with so many modules and lines cannot do.
// A rule fits whoever it brings.
func Fit(layout []directory.Key, a *Abilities, modules, lines int, codes Codes) []Finding {
	b := newKeyboard(a, modules)
	b.arrange(layout, nil, lineKeys(lines), FromProfile, func(string) []*directory.Extension { return nil })
	for _, k := range layout {
		if k.Type == "none" || k.Rule != "" {
			continue
		}
		if _, finding := a.become(k, codes); finding != "" {
			b.find(k, "%s", finding)
		}
		if line := max(k.Line, 1); line > lines {
			b.find(k, "line %d does not exist: the phone has %d", line, lines)
		}
	}
	return b.findings
}

// lineKeys are the keys of the phone's lines, each at its number.
func lineKeys(lines int) []directory.Key {
	wishes := make([]directory.Key, lines)
	for i := range wishes {
		wishes[i] = directory.Key{Position: i + 1, Type: "line", Line: i + 1}
	}
	return wishes
}
