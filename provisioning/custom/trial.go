package custom

import (
	"slices"

	"cradle/directory"
	"cradle/provisioning/catalog"
)

// onTrial is the number of a version that is not saved.
const onTrial = -1

// Trial is a text in the place of a template's version in force.
type Trial struct {
	Template directory.ID
	Text     string
}

// Picks are the versions that would be in force for a phone; false: the
// template on trial is not the one this phone would get.
func (t Trial) Picks(snap *directory.Snapshot, a Asker) (Picks, bool) {
	picks := inForce(snap, a, &t)
	return picks, slices.ContainsFunc(picks, func(p Pick) bool { return p.Number == onTrial })
}

// Compile makes the templates of a set of versions, one of them on trial.
func (t Trial) Compile(snap *directory.Snapshot, f *catalog.Family, picks Picks) (catalog.Variant, error) {
	all := texts(snap, picks)
	for _, p := range picks {
		if p.Number == onTrial {
			all[p.Part] = t.Text
		}
	}
	return f.Variant(all)
}

// Check judges a text for a part of a family: whether it compiles, and how what
// it makes differs from what the built-in one does. Samples are made by make,
// which may give none.
func Check(f *catalog.Family, part, text string, samples func(catalog.Variant) []Sample) ([]Finding, error) {
	if _, ok := f.Part(part); !ok {
		_, err := f.Variant(map[string]string{part: text})
		return nil, err
	}
	v, err := f.Variant(map[string]string{part: text})
	if err != nil {
		return []Finding{Refused(err, part)}, nil
	}
	var all []Finding
	for _, s := range samples(v) {
		for _, finding := range judge(text, s) {
			if !slices.Contains(all, finding) {
				all = append(all, finding)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Finding) int { return a.Line - b.Line })
	return all, nil
}

// Bad tells whether findings keep a version from being saved.
func Bad(all []Finding) bool {
	return slices.ContainsFunc(all, func(f Finding) bool { return f.Severity == Error })
}
