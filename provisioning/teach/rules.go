package teach

import (
	"path"
	"slices"

	"gopkg.in/yaml.v3"
)

// Rules are the signs by which phones of a taught model are recognised. Empty ones
// are those of the vendor, or of the model it is like.
type Rules struct {
	Agents   []string // patterns of their User-Agents
	Prefixes []string // of their MACs
	Files    []string // they ask for
}

// RulesIn reads the rules out of a lesson's texts. A text that is damaged says none.
func RulesIn(texts map[string]string) (r Rules) {
	for place, text := range texts {
		switch path.Base(place) {
		case "vendor.yaml":
			var v vendorText
			if yaml.Unmarshal([]byte(text), &v) == nil {
				r.Agents, r.Prefixes = append(r.Agents, v.Agents...), append(r.Prefixes, v.Prefixes...)
			}
		case "model.yaml":
			var f familyText
			if yaml.Unmarshal([]byte(text), &f) != nil {
				continue
			}
			r.Agents = append(r.Agents, f.Agents...)
			for _, m := range f.Models {
				r.Prefixes = append(r.Prefixes, m.Prefixes...)
			}
			for _, one := range f.Files {
				r.Files = append(r.Files, one.Name)
			}
		}
	}
	slices.Sort(r.Agents)
	slices.Sort(r.Prefixes)
	return r
}
