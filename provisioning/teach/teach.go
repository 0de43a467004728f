// Package teach holds how a phone that nobody recognised becomes a model of
// one's own: rules derived from what it sent, a folder for the catalogue made of
// them, and the proof that no other phone is recognised in another way by it.
package teach

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/render"
	"cradle/provisioning/settings"
)

// Evidence is what one phone sent.
type Evidence struct {
	MAC       directory.MAC // empty: nothing it sent holds one
	UserAgent string
	Files     []string // it asked for, as in the journal ("/p/cfg.xml")
	Doors     []string // it came by: http, https, tftp, pnp
}

// Wish is what an administrator says of the model. What is empty is derived.
type Wish struct {
	Vendor string // its folder or what people call it; a name not on the shelf makes a new one
	Label  string // of the model, as people write it
	Lines  int
	// Like is the catalogue name of a model whose settings its own are like; empty:
	// Template is a text of its own, of this Format.
	Like     string
	Template string
	// Waiting is what a phone gets that nobody has approved; empty: Template
	// without its lines that name secrets. Not with Like.
	Waiting string
	Format  string
	Agent   string // pattern of its User-Agent (RE2)
	Says    string // the name it gives itself in it
	Files   []File // it asks for
	Prefix  string // of its MACs, 6 to 11 hexadecimal digits
	// OnlyTFTP phones know no other door, and so get their secrets by it.
	OnlyTFTP bool
}

// NoPrefix as a Wish's prefix: its MACs say nothing.
const NoPrefix = "-"

// File is a file it asks for: its own (device) or one it need not have (absent).
type File struct {
	Name string
	Kind catalog.Kind
}

// Lesson is a model as it would be written.
type Lesson struct {
	Vendor, VendorLabel string // folder and name
	NewVendor           bool
	Model, Label        string // catalogue name, and as people write it
	Folder              string // vendor/family
	Lines               int
	Like                string
	Format              string
	Files               []File
	Inherited           bool   // the files are those of Like
	Agent               string // pattern; empty: the vendor's own serve, or it sends none
	Says                string
	Prefix              string
	OnlyTFTP            bool
	// Also are the models on the shelf whose User-Agents the pattern matches too.
	Also     []string
	Notes    []string // what was decided, for people
	Problems []Problem
	// Texts are the files of the catalogue, by their place.
	Texts map[string]string
}

// Problem keeps a model from being taught.
type Problem struct {
	Field string // of the wish, in lower case; empty: the model as a whole
	Line  int    // of a text; 0: as a whole
	Text  string
}

// lesson is a Lesson in the making.
type lesson struct {
	Lesson
	shelf  *catalog.Catalog
	seen   Evidence
	wish   Wish
	vendor *catalog.Vendor // nil: a new one
	like   *catalog.Model  // nil: a text of its own
	agent  derived
}

// Derive makes a lesson of what a phone sent and what an administrator says.
// Where it has problems its texts are of no use.
func Derive(shelf *catalog.Catalog, seen Evidence, wish Wish) Lesson {
	l := &lesson{shelf: shelf, seen: seen, wish: wish}
	l.Texts = map[string]string{}
	for _, step := range []func(){l.takeLike, l.takeAgent, l.takeNames, l.takeFiles, l.takePrefix, l.takeTexts} {
		step()
	}
	return l.Lesson
}

func (l *lesson) problem(field, text string, args ...any) {
	l.Problems = append(l.Problems, Problem{Field: field, Text: fmt.Sprintf(text, args...)})
}

func (l *lesson) note(text string, args ...any) {
	l.Notes = append(l.Notes, fmt.Sprintf(text, args...))
}

// takeLike finds the model whose settings it shares.
func (l *lesson) takeLike() {
	l.OnlyTFTP, l.Format = l.wish.OnlyTFTP, l.wish.Format
	switch l.like = l.shelf.Model(l.wish.Like); {
	case l.like != nil:
		l.Like, l.Format, l.Lines = l.like.Name, string(l.like.Family.Format), cmp.Or(l.wish.Lines, l.like.Lines)
	case l.wish.Like != "":
		l.problem("like", "no such model in the catalogue: %s", l.wish.Like)
	case l.wish.Template == "":
		l.problem("like", "say which model its settings are like, or give a template of its own")
	case !render.Format(l.wish.Format).Valid():
		l.problem("format", "say of which format the template is: %v", render.Formats)
	}
	if l.like == nil {
		l.Lines = cmp.Or(l.wish.Lines, 1)
	}
	if l.Lines < 0 || l.Lines > settings.MaxLines {
		l.problem("lines", "%d lines are not 0 to %d", l.Lines, settings.MaxLines)
	}
}

// takeNames settles vendor, model and folder.
func (l *lesson) takeNames() {
	wanted := strings.TrimSpace(cmp.Or(l.wish.Vendor, l.agent.vendor))
	for _, v := range l.shelf.Vendors() {
		if strings.EqualFold(v.Name, wanted) || strings.EqualFold(v.Label, wanted) || v.Name == slug(wanted) {
			l.vendor = v
		}
	}
	if l.vendor != nil {
		l.Vendor, l.VendorLabel = l.vendor.Name, l.vendor.Label
		l.vendorsAgent()
	} else {
		l.Vendor, l.VendorLabel, l.NewVendor = slug(wanted), wanted, true
	}
	l.Label = strings.TrimSpace(cmp.Or(l.wish.Label, strings.TrimSpace(l.VendorLabel+" "+l.Says)))
	model := slug(l.Label)
	if rest, found := strings.CutPrefix(model, l.Vendor+"-"); found {
		model = rest
	}
	l.Model, l.Folder = l.Vendor+"-"+model, l.Vendor+"/own-"+model
	switch {
	case l.Vendor == "":
		l.problem("vendor", "say whose phone this is")
	case len(l.Vendor) > 40 || len(model) > 60 || len(l.Label) > 100:
		l.problem("label", "this name is too long")
	case model == "" || strings.EqualFold(l.Label, l.VendorLabel):
		l.problem("label", "say what the model is called")
	case l.shelf.Model(l.Model) != nil:
		l.problem("label", "the catalogue has a model %s already", l.Model)
	}
	if l.Says == "" {
		l.Says = l.Label
	}
	if l.vendor != nil {
		if other := l.vendor.ByAgent(l.Says); other != nil {
			l.problem("says", "phones that call themselves %s are %s already", l.Says, other.Label)
		}
	}
}

// notSlug is what no folder's name holds.
var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

func slug(s string) string {
	return strings.Trim(notSlug.ReplaceAllString(strings.ToLower(s), "-"), "-")
}

// takePrefix settles what the MAC says. A prefix that other phones have too is
// never taken: it would take their recognition away.
func (l *lesson) takePrefix() {
	prefix := strings.ToLower(l.wish.Prefix)
	if prefix == NoPrefix || prefix == "" && l.seen.MAC == "" {
		return
	}
	if prefix == "" {
		prefix = string(l.seen.MAC[:6])
	}
	owner := l.owner(prefix)
	switch {
	case owner == nil:
		l.Prefix = prefix
	case owner == l.vendor:
		l.note("The MAC prefix %s is known as one of %s.", prefix, owner.Label)
	case l.wish.Prefix == "":
		l.note("The MAC prefix %s belongs to %s, so it says nothing of this model.", prefix, owner.Label)
	default:
		l.problem("prefix", "the MAC prefix %s belongs to %s", prefix, owner.Label)
	}
	if len(prefix) < 6 || len(prefix) > 11 || strings.Trim(prefix, "0123456789abcdef") != "" {
		l.problem("prefix", "%q is not 6 to 11 hexadecimal digits", prefix)
	} else if l.wish.Prefix != "" && l.seen.MAC != "" && !strings.HasPrefix(string(l.seen.MAC), prefix) {
		l.problem("prefix", "the phone's MAC %s does not begin with %s", l.seen.MAC.Colons(), prefix)
	}
}

// owner is a vendor that has a prefix, a part of it, or a longer one; its own
// vendor first.
func (l *lesson) owner(prefix string) (found *catalog.Vendor) {
	has := func(p string) bool { return strings.HasPrefix(p, prefix) || strings.HasPrefix(prefix, p) }
	for _, v := range l.shelf.Vendors() {
		all := slices.Clone(v.Prefixes)
		for _, f := range v.Families {
			for _, m := range f.Models {
				all = append(all, m.Prefixes...)
			}
		}
		if slices.ContainsFunc(all, has) && (found == nil || v == l.vendor) {
			found = v
		}
	}
	return found
}
