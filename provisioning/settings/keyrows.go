package settings

import (
	"sync"

	"cradle/directory"
	"cradle/provisioning/render"
)

// The slots of a key and a module.
var (
	keyNumber, keyIndex, keyPosition = keyShape.Slot("number"), keyShape.Slot("index"), keyShape.Slot("position")
	keyModule, keyPlace              = keyShape.Slot("module"), keyShape.Slot("place")
	keyUsed, keyType, keyKind        = keyShape.Slot("used"), keyShape.Slot("type"), keyShape.Slot("kind")
	keyLabel, keyValue               = keyShape.Slot("label"), keyShape.Slot("value")
	keyLine, keyLineIndex            = keyShape.Slot("line"), keyShape.Slot("line_index")
	keyExt, keyPickup, keyURI        = keyShape.Slot("extension"), keyShape.Slot("pickup"), keyShape.Slot("uri")
	moduleNumber, moduleIndex        = moduleShape.Slot("number"), moduleShape.Slot("index")
	moduleKeys                       = moduleShape.Slot("keys")
)

// row names a row of empty keys: most keys of most phones are empty, and such
// rows are shared by all renderings.
type row struct {
	kind         string // the vendor's word for none
	module, keys int
	before       int // keys on the phone and the modules before this one
	other        int // of those, on modules
}

type emptyRows struct{ known sync.Map } // row -> []render.Values

func (e *emptyRows) get(r row) []render.Values {
	if found, ok := e.known.Load(r); ok {
		return found.([]render.Values) //nolint:forcetypeassert // nothing else is stored
	}
	keys := make([]render.Values, r.keys)
	for i := range keys {
		k := keyShape.New()
		k[keyNumber], k[keyIndex] = render.I(i+1), render.I(i)
		k[keyPosition], k[keyPlace] = render.I(r.other+i+1), render.I(r.before+i)
		k[keyModule], k[keyUsed], k[keyType] = render.I(r.module), render.B(false), render.S("none")
		k[keyLine], k[keyLineIndex] = render.I(1), render.I(0)
		setText(k, keyKind, r.kind)
		keys[i] = k
	}
	e.known.Store(r, keys)
	return keys
}

// keyboard gives out the keys of a phone whose lines are filled. A family whose
// data name no types of keys has line keys only.
func (m *Maker) keyboard(p *phone) *keyboard {
	a := p.Abilities
	if len(a.KeyTypes) == 0 {
		few := *a
		few.Keys, few.Modules = min(a.Keys, a.Lines), Modules{}
		a = &few
	}
	layout, personal, from := p.wishes()
	b := newKeyboard(a, p.Device.Modules)
	var lines []directory.Key
	if p.Mode != Bootstrap {
		lines = lineKeys(min(len(p.lines), len(p.Device.Lines)))
	}
	b.arrange(layout, personal, lines, from, func(rule string) []*directory.Extension { return m.people(p, rule) })
	return b
}

// Keys are the keys in use on a phone as they come out, each with the layer
// that wanted it, and what does not fit.
func (m *Maker) Keys(f Facts) ([]Placed, []Finding) {
	who := f.subject()
	stack := Pile(f.Snapshot, who)
	p := &phone{Facts: f, who: who, stack: &stack, codes: codesOf(f.Snapshot, who.Organization)}
	p.fillLines()
	b := m.keyboard(p)
	var keys []Placed
	for _, row := range b.rows {
		for _, k := range row {
			if !k.used || k.Type == "none" {
				continue
			}
			out, finding := f.Abilities.become(p.byScreen(k.Key), p.codes)
			if finding != "" {
				b.find(k.Key, "%s", finding)
			}
			if out.Type != "none" {
				k.Key = out
				keys = append(keys, k.Placed)
			}
		}
	}
	return keys, b.findings
}

// keyboardValues writes the keys of phone and modules.
func (m *Maker) keyboardValues(v render.Values, p *phone, b *keyboard) {
	none := p.Abilities.KeyTypes["none"]
	modules := make([]render.Values, 0, len(b.rows)-1)
	before := 0
	for i, keys := range b.rows {
		empties := m.empty.get(row{none, i, len(keys), before, max(before-len(b.rows[0]), 0)})
		values := make([]render.Values, 0, len(keys))
		own := 0 // the rest are shared
		for j := range keys {
			k := empties[j]
			if keys[j].used && keys[j].Type != "none" {
				k = p.key(k, keys[j].Key)
			}
			used := k[keyUsed].Text() == "true"
			if b.known[i] || used {
				values = append(values, k)
			}
			if used {
				own = len(values)
			}
		}
		before += len(keys)
		if i == 0 {
			v[atKeys] = render.Tail(values, own)
			continue
		}
		module := moduleShape.New()
		module[moduleNumber], module[moduleIndex], module[moduleKeys] = render.I(i), render.I(i-1), render.Tail(values, own)
		modules = append(modules, module)
	}
	v[atModules] = render.L(modules)
}

// key writes one key over its empty form; what the model cannot do stays empty.
func (p *phone) key(blank render.Values, wish directory.Key) render.Values {
	k, _ := p.Abilities.become(p.byScreen(wish), p.codes)
	line := max(k.Line, 1)
	if k.Type == "none" || line > len(p.lines) || k.Type == "line" && !p.used(line) {
		return blank
	}
	out := keyShape.New()
	copy(out, blank)
	out[keyUsed], out[keyType] = render.B(true), render.S(k.Type)
	out[keyLine], out[keyLineIndex] = render.I(line), render.I(line-1)
	setText(out, keyKind, p.Abilities.KeyTypes[k.Type])
	label := k.Label
	if k.Type == "line" && label == "" {
		label = p.lines[line-1][lineLabel].Text()
	}
	if e := p.named(wish.Type, wish.Value); e != nil {
		if label == "" {
			label = nameOf(e)
		}
		if k.Type == "blf" {
			out[keyExt] = render.S(e.Number)
		}
	}
	if k.Type == "blf" && p.codes["pickup"] != "" {
		out[keyPickup] = render.S(p.codes["pickup"] + k.Value)
	}
	setText(out, keyLabel, label)
	setText(out, keyValue, k.Value)
	if k.Value != "" && k.Type != "xml" {
		out[keyURI] = render.S(k.Value + "@" + p.lines[line-1][lineHost].Text())
	}
	return out
}

// byScreen makes of a key that logs in or out the key that opens the page for it,
// where the model draws one: with nothing to dial there is nothing to say for it.
func (p *phone) byScreen(k directory.Key) directory.Key {
	_, xml := p.Abilities.KeyTypes["xml"]
	if k.Type != "login" && k.Type != "logout" || k.Value != "" || !xml || !p.Abilities.MenuKeys || !p.Screens || p.Mode != Full {
		return k
	}
	if k.Label == "" {
		k.Label = wordOf[k.Type]
	}
	k.Type, k.Value = "xml", p.address(p.Abilities.MenuPage)
	return k
}

// named is the extension that a key watches or dials.
func (p *phone) named(kind, value string) *directory.Extension {
	if kind != "blf" && kind != "speed" || value == "" || p.who.Organization == nil {
		return nil
	}
	return p.Snapshot.ExtensionByNumber(p.who.Organization.ID, value)
}

func nameOf(e *directory.Extension) string {
	if e.Name == "" {
		return e.Number
	}
	return e.Name
}
