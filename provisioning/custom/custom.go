// Package custom holds the templates that administrators upload: how their text
// is judged before it is saved, which of them is in force for a phone, and what
// a change would alter before it is made.
package custom

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/render"
)

// maxVariants bounds the compiled templates that are kept. Over it they are
// thrown away together and made again as they are needed.
const maxVariants = 1024

// Templates compiles what is uploaded, once for each set of versions that is in
// force together.
type Templates struct {
	mu       sync.Mutex
	variants map[variantKey]*variant
	good     good
}

// New gives an empty store of compiled templates that knows which versions last
// rendered for the phones of a directory.
func New(dir *directory.Directory) (*Templates, error) {
	t := &Templates{variants: map[variantKey]*variant{}}
	t.good.picks, t.good.faults, t.good.unkept = map[directory.ID]Picks{}, map[directory.ID]string{}, map[directory.ID]bool{}
	return t, t.good.load(dir)
}

type variantKey struct {
	family *catalog.Family
	picks  string
}

// variant is compiled by the first who needs it; the others wait for that.
type variant struct {
	once  sync.Once
	files catalog.Variant
	err   error
}

// Pick is one version of one template that is in force for a phone.
type Pick struct {
	Template directory.ID
	Part     string // the template's file name
	Number   int    // 0: the built-in one
}

// Picks are the versions in force for one phone, by part.
type Picks []Pick

// String is the set of versions as a key.
func (p Picks) String() string {
	if len(p) == 0 {
		return ""
	}
	var b strings.Builder
	for _, one := range p {
		b.WriteString(string(one.Template))
		b.WriteByte('/')
		b.WriteString(strconv.Itoa(one.Number))
		b.WriteByte(' ')
	}
	return b.String()
}

// Asker is for whom a file is made. Device is nil for a file that is the same
// for a whole model.
type Asker struct {
	Site   *directory.Site
	Device *directory.Device
	Model  *catalog.Model
}

// rank is how near a scope is to an asker; 0: it is not in it.
func (a Asker) rank(scope directory.Scope) int {
	switch {
	case scope.Kind == "appliance":
		return 1
	case a.Site != nil && scope.Kind == "organization" && scope.ID == string(a.Site.Organization):
		return 2
	case a.Site != nil && scope.Kind == "site" && scope.ID == string(a.Site.ID):
		return 3
	case a.Device != nil && scope.Kind == "device" && scope.ID == string(a.Device.ID):
		return 4
	}
	return 0
}

// InForce tells which uploaded versions are in force: for each part the nearest
// scope's.
func InForce(snap *directory.Snapshot, a Asker) Picks { return inForce(snap, a, nil) }

func inForce(snap *directory.Snapshot, a Asker, trial *Trial) Picks {
	var picks Picks
	var ranks []int
	for t := range snap.Templates("") {
		rank := a.rank(t.Scope)
		if rank == 0 || !strings.EqualFold(t.Model, a.Model.Name) {
			continue
		}
		one := Pick{t.ID, t.File, Number(t, a.Device)}
		if trial != nil && trial.Template == t.ID {
			one.Number = onTrial
		}
		switch at := slices.IndexFunc(picks, func(p Pick) bool { return p.Part == t.File }); {
		case at < 0:
			picks, ranks = append(picks, one), append(ranks, rank)
		case rank > ranks[at]:
			picks[at], ranks[at] = one, rank
		}
	}
	return slices.DeleteFunc(picks, func(p Pick) bool { return p.Number == 0 })
}

// Number is the version of a template that a device gets: while a change is
// rolled out, a part of the devices has the new one. Which ones stays the same
// as the part grows.
func Number(t *directory.Template, d *directory.Device) int {
	if t.Share >= 100 {
		return t.Active
	}
	if d == nil || directory.Lot(t.ID, d.ID) >= t.Share {
		return t.Previous
	}
	return t.Active
}

// Compiled are the templates of one set of versions.
func (t *Templates) Compiled(snap *directory.Snapshot, f *catalog.Family, picks Picks) (catalog.Variant, error) {
	if len(picks) == 0 {
		return nil, nil
	}
	key := variantKey{f, picks.String()}
	t.mu.Lock()
	v := t.variants[key]
	if v == nil {
		if len(t.variants) >= maxVariants {
			clear(t.variants)
		}
		v = &variant{}
		t.variants[key] = v
	}
	t.mu.Unlock()
	v.once.Do(func() { v.files, v.err = f.Variant(texts(snap, picks)) })
	return v.files, v.err
}

// Forget throws out what is compiled.
func (t *Templates) Forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.variants)
}

// texts are those of the versions picked, by part.
func texts(snap *directory.Snapshot, picks Picks) map[string]string {
	all := map[string]string{}
	for _, p := range picks {
		if version := snap.TemplateVersion(p.Template, p.Number); version != nil {
			all[p.Part] = version.Text
		}
	}
	return all
}

// Of are the two templates of a file: the variant's where it has them.
func Of(v catalog.Variant, file *catalog.File) (template, bootstrap *render.Template) {
	template, bootstrap = file.Template, file.Bootstrap
	if pair, ok := v[file]; ok {
		if pair.Template != nil {
			template = pair.Template
		}
		if pair.Bootstrap != nil {
			bootstrap = pair.Bootstrap
		}
	}
	return template, bootstrap
}
