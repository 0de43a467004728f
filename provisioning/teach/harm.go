package teach

import (
	"fmt"
	"slices"
	"strings"

	"cradle/provisioning/catalog"
	"cradle/provisioning/identify"
)

// maxHarm bounds what is told of one lesson.
const maxHarm = 5

// Harm says which phones that were known would be recognised in another way
// after a change of the shelf: every model is asked as its phones ask, with all
// that they say and with each clue alone.
func Harm(before, after *catalog.Catalog) (all []string) {
	old, now := identify.New(), identify.New()
	for _, v := range before.Vendors() {
		for _, f := range v.Families {
			for i, m := range f.Models {
				for _, c := range asks(m, i == 0) {
					was, is := old.Find(before, c), now.Find(after, c)
					if told := differ(was, is, c); told != "" {
						all = append(all, m.Label+": "+told)
						break
					}
				}
				if len(all) == maxHarm {
					return all
				}
			}
		}
	}
	return all
}

// asks are the requests of a model's phones; with all prefixes of its vendor, or
// with one.
func asks(m *catalog.Model, all bool) (out []identify.Clues) {
	prefixes := append(slices.Clone(m.Prefixes), m.Vendor.Prefixes...)
	if !all && len(prefixes) > 1 {
		prefixes = prefixes[:1]
	}
	macs := []string{"02c0de123456"}
	for _, p := range prefixes {
		macs = append(macs, (p + "123456")[:12])
	}
	for _, mac := range macs {
		agent := m.Says(m.Family.Boot.UserAgent, mac)
		out = append(out, identify.Clues{UserAgent: agent})
		for _, f := range m.Family.Files {
			if strings.Contains(f.Name, "{code}") && m.Code == "" || strings.Contains(f.Name, "{book}") {
				continue
			}
			name := "/p/" + m.FileName(f.Name, mac)
			out = append(out, identify.Clues{Path: name}, identify.Clues{Path: name, UserAgent: agent})
		}
	}
	return out
}

func differ(was, is identify.Finding, c identify.Clues) string {
	a, b := who(was), who(is)
	if a == b && was.Liar == is.Liar {
		return ""
	}
	asked := strings.TrimPrefix(c.Path, "/p/")
	switch {
	case asked == "":
		asked = "its User-Agent " + c.UserAgent
	case c.UserAgent != "":
		asked += ", with its User-Agent"
	}
	return fmt.Sprintf("%s would be taken for %s, not for %s", asked, b, a)
}

func who(f identify.Finding) string {
	switch {
	case f.Vendor == nil:
		return "nobody's"
	case f.Model == nil:
		return "one of " + f.Vendor.Label
	}
	return f.Model.Label
}

// Recognised says what would still be wrong when the phone asks again.
func Recognised(after *catalog.Catalog, l *Lesson, seen Evidence) string {
	m := after.Model(l.Model)
	if m == nil {
		return "the model is not in the catalogue"
	}
	finder := identify.New()
	for _, asked := range seen.Files {
		found := finder.Find(after, identify.Clues{Path: asked, UserAgent: seen.UserAgent})
		file := found.FileOf(m.Family)
		if file == nil || file.Kind != catalog.Device {
			continue
		}
		switch {
		case found.Liar != "":
			return found.Liar
		case found.Vendor != m.Vendor:
			return fmt.Sprintf("the phone would still be taken for %s: give a User-Agent's pattern or a MAC prefix that only it has", who(found))
		case found.Model != m && (found.Model != nil || found.Fallback() != m):
			return fmt.Sprintf("the phone would be taken for %s, because nothing it says names its model: its User-Agent has to", who(found))
		case found.MAC == "":
			return "nothing it sends holds its MAC"
		}
		return ""
	}
	return ""
}
