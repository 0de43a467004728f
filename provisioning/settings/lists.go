package settings

import (
	"maps"
	"slices"
	"strings"

	"cradle/directory"
	"cradle/provisioning/render"
)

// The slots of small lists.
var (
	actionEvent, actionName, actionURL = actionShape.Slot("event"), actionShape.Slot("name"), actionShape.Slot("url")
	extraName, extraValue              = extraShape.Slot("name"), extraShape.Slot("value")
)

// actions are the events that the model knows, with the URLs that a layer said
// for them: phones keep what is not said, so the others are there to be emptied.
func (p *phone) actions(v render.Values) {
	all := actionShape.Rows(int(ActionIdle-ActionBoot) + 1)
	n := 0
	for k := ActionBoot; k <= ActionIdle; k++ {
		event := strings.TrimPrefix(Schema[k].Name, actionPrefix)
		name, known := p.Abilities.Actions[event]
		if !known {
			continue
		}
		item := all[n]
		n++
		item[actionEvent], item[actionName] = render.S(event), render.S(name)
		if url := p.stack.Text(k); url != "" && p.Mode == Full {
			item[actionURL] = render.S(url)
		}
	}
	v[atActions] = render.L(all[:n])
}

// extras are the vendor's settings said by hand, by name; the last layer wins.
func (p *phone) extras(v render.Values) {
	var all []render.Values
	if p.Mode == Full {
		said := Extras(p.Snapshot, p.who, p.Abilities.Vendor)
		for _, name := range slices.Sorted(maps.Keys(said)) {
			item := Extra(name, said[name].Text)
			if p.Mask && directory.SoundsSecret(name) {
				item[extraValue] = render.S(Masked)
			}
			all = append(all, item)
		}
	}
	v[atExtra] = render.L(all)
}

// Extra is a vendor's setting added by hand as templates get it.
func Extra(name, value string) render.Values {
	item := extraShape.New()
	item[extraName], item[extraValue] = render.S(name), render.S(value)
	return item
}

// Masked stands for a value that people should not read.
const Masked = "***"

// Shown is a setting's value as people may read it.
func Shown(name, value string) string {
	if value != "" && Veiled(name) {
		return Masked
	}
	return value
}

// Veiled reports whether people should not read a setting: one that was added by
// hand and sounds secret.
func Veiled(name string) bool {
	own, raw := strings.CutPrefix(name, rawPrefix)
	return raw && directory.SoundsSecret(own)
}
