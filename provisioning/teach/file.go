package teach

import (
	"regexp"
	"slices"
	"strings"

	"cradle/directory"
	"cradle/provisioning/catalog"
)

// macInName is a MAC at the beginning, in any spelling that the catalogue knows.
var macInName = regexp.MustCompile(`(?i)^[0-9a-f]{2}(?:[:_-]?[0-9a-f]{2}){5}`)

// pattern turns a path that was asked for into a name of the catalogue: the
// phone's MAC becomes {mac} in its spelling; own tells that it holds one.
func pattern(asked string, mac directory.MAC) (name string, own bool) {
	name = strings.TrimPrefix(strings.TrimPrefix(asked, "/"), "p/")
	for at := range name {
		text := macInName.FindString(name[at:])
		found, err := directory.ParseMAC(strings.ReplaceAll(text, "_", ""))
		if err != nil || mac != "" && found != mac {
			continue
		}
		return name[:at] + mark(text) + name[at+len(text):], true
	}
	return name, false
}

// mark is how the catalogue writes a MAC of this spelling.
func mark(text string) string {
	word := "mac"
	if upper := strings.ToUpper(text); text == upper && upper != strings.ToLower(text) {
		word = "MAC"
	}
	switch {
	case strings.Contains(text, ":"):
		word += ":colons"
	case strings.Contains(text, "-"):
		word += ":dashes"
	case strings.Contains(text, "_"):
		word += ":underscores"
	}
	return "{" + word + "}"
}

// takeFiles settles the files it asks for. All those of the model it is like are
// its own only where both are of one vendor: names that the phones of one vendor
// ask for alone would not tell the vendor any more.
func (l *lesson) takeFiles() {
	if l.Files = l.wish.Files; len(l.Files) == 0 {
		l.deriveFiles()
	}
	own := slices.ContainsFunc(l.Files, func(f File) bool { return f.Kind == catalog.Device })
	switch {
	case len(l.Files) > 16:
		l.problem("files", "more than 16 files")
	case !own && l.like == nil || !own && len(l.Files) > 0:
		l.problem("files", "none of the files is the phone's own: nothing it asked for, and not its User-Agent, holds its MAC")
	case !own:
		l.note("It has not asked for a file yet: it is sent to that of %s.", l.like.Label)
		l.Files = []File{{l.main().Name, catalog.Device}}
	}
	l.Inherited = l.like != nil && l.like.Vendor == l.vendor && len(l.wish.Files) == 0 && !slices.ContainsFunc(l.Files, func(f File) bool { return !l.asLike(f.Name) })
	if l.Inherited {
		l.note("It asks for the same files as %s.", l.like.Label)
	}
}

func (l *lesson) deriveFiles() {
	for _, asked := range l.seen.Files {
		name, own := pattern(asked, l.seen.MAC)
		if name == "" || strings.HasPrefix(name, "~") || name == "SUBSCRIBE" {
			continue
		}
		kind := catalog.Absent
		if own {
			kind = catalog.Device
		}
		if !slices.ContainsFunc(l.Files, func(f File) bool { return strings.EqualFold(f.Name, name) }) {
			l.Files = append(l.Files, File{name, kind})
		}
	}
	own := slices.ContainsFunc(l.Files, func(f File) bool { return f.Kind == catalog.Device })
	if !own && l.agent.mac && len(l.Files) > 0 {
		l.Files[0].Kind = catalog.Device // its User-Agent tells whose it is
		l.note("Only its User-Agent tells one such phone from another: %s is given to each by that.", l.Files[0].Name)
	}
}

// asLike: the model it is like asks for a file of this name too, and not by a
// name that tells the model.
func (l *lesson) asLike(name string) bool {
	bare := func(s string) string {
		return strings.NewReplacer(":dashes", "", ":colons", "", ":underscores", "").Replace(strings.ToLower(s))
	}
	for _, f := range l.like.Family.Files {
		for _, other := range append([]string{f.Name}, f.Also...) {
			if bare(other) == bare(name) {
				return true
			}
		}
	}
	return false
}
