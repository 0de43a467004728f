package catalog

import (
	"fmt"
	"maps"
	"slices"

	"cradle/provisioning/render"
)

// layer is what a range of firmware versions says otherwise.
type layer struct {
	from, below string // from the first on, below the second; empty: no bound
	facts       map[string]string
}

func (l *layer) holds(version string) bool {
	return (l.from == "" || render.CompareVersions(version, l.from) >= 0) && (l.below == "" || render.CompareVersions(version, l.below) < 0)
}

// takeFacts reads the facts of the family and the layers of its firmwares.
func (f *Family) takeFacts(y *familyYAML) error {
	f.facts = slices.Sorted(maps.Keys(y.Facts))
	for i, w := range y.Firmwares {
		l := layer{from: w.From, below: w.Below, facts: w.Facts}
		switch {
		case l.from == "" && l.below == "":
			return fmt.Errorf("firmwares[%d]: neither from nor below", i)
		case l.from != "" && l.below != "" && render.CompareVersions(l.from, l.below) >= 0:
			return fmt.Errorf("firmwares[%d]: from %s is not below %s", i, l.from, l.below)
		}
		if err := f.declared(l.facts); err != nil {
			return fmt.Errorf("firmwares[%d]: %w", i, err)
		}
		f.layers = append(f.layers, l)
	}
	f.common = f.layered(y.Facts, y.Defaults.Facts)
	return f.declared(y.Defaults.Facts)
}

func (f *Family) declared(facts map[string]string) error {
	for name := range facts {
		if !slices.Contains(f.facts, name) {
			return fmt.Errorf("facts: %q is not among the family's facts", name)
		}
	}
	return nil
}

// layered gives the texts of all facts, first for an unknown firmware, then for
// each layer. What stands later wins.
func (f *Family) layered(stack ...map[string]string) []render.Facts {
	out := make([]render.Facts, 1+len(f.layers))
	for i := range out {
		texts := make(render.Facts, len(f.facts))
		all := stack
		if i > 0 {
			all = append(slices.Clone(stack), f.layers[i-1].facts)
		}
		for _, facts := range all {
			for name, text := range facts {
				if at := slices.Index(f.facts, name); at >= 0 {
					texts[at] = text
				}
			}
		}
		out[i] = texts
	}
	return out
}

// Facts are the texts that the family's templates may name, for a phone of this
// model with that firmware; empty: not known.
func (m *Model) Facts(firmware string) render.Facts {
	if firmware != "" {
		for i := range m.Family.layers {
			if m.Family.layers[i].holds(firmware) {
				return m.facts[1+i]
			}
		}
	}
	return m.facts[0]
}

// Firmwares are versions of which each has facts of its own: one of every layer.
func (f *Family) Firmwares() (all []string) {
	for i := range f.layers {
		version := f.layers[i].from
		if version == "" {
			version = "0"
		}
		all = append(all, version)
	}
	return all
}

// FactNames are the names of the facts, in the order of the texts.
func (f *Family) FactNames() []string { return f.facts }
