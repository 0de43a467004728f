package provisioning

import (
	"cmp"
	"errors"
	"fmt"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/custom"
	"cradle/provisioning/render"
	"cradle/provisioning/settings"
)

// errMasked says that a value only stands for the one that people may not read.
var errMasked = errors.New(settings.Masked + " stands for the value that is there: say a new one, or leave it")

// Judge says what layers may tell phones. It serves none of them and writes
// nothing, so it judges for a store on which no appliance runs as well.
type Judge struct {
	dir    *directory.Directory
	shelf  catalog.Source
	custom *custom.Templates
}

// NewJudge makes a Judge by a directory's templates and a shelf of models.
func NewJudge(dir *directory.Directory, shelf catalog.Source) (*Judge, error) {
	own, err := custom.New(dir)
	if err != nil {
		return nil, err
	}
	return &Judge{dir, shelf, own}, nil
}

func (p *Provisioning) layerJudge() *Judge { return &Judge{p.c.Directory, p.c.Catalog, p.custom} }

// Holds is Judge.Holds for the phones that are served here.
func (p *Provisioning) Holds(scope directory.Scope, key, value string) error {
	return p.layerJudge().Holds(scope, key, value)
}

// JudgeSetting is Judge.Setting for the phones that are served here.
func (p *Provisioning) JudgeSetting(s *directory.Snapshot, scope directory.Scope, key, value string) error {
	return p.layerJudge().Setting(s, scope, key, value)
}

// Setting refuses what a document may not say in a layer: a name or a value that
// the schema does not know, a mask in the place of a secret, and what Holds
// refuses. A phone that the document itself brings stands in s alone, the
// directory as the document makes it; it is judged by its model.
func (j *Judge) Setting(s *directory.Snapshot, scope directory.Scope, key, value string) error {
	if err := settings.Check(key, value); err != nil {
		return err
	}
	if value == settings.Masked && settings.Veiled(key) {
		return errMasked
	}
	if id := directory.ID(scope.ID); scope.Kind == "device" && j.dir.Snapshot().Device(id) == nil {
		scope = directory.Scope{Kind: "model", ID: s.Device(id).Model}
	}
	return j.Holds(scope, key, value)
}

// Holds says whether phones can be told a setting of a layer by the vendor's own
// name; of others nothing is said. Where the layer names a phone or a model, its
// files decide, else those of all the vendor's phones: one that can is enough.
// The error wraps ErrByHand.
func (j *Judge) Holds(scope directory.Scope, key, value string) error {
	vendor, name, own := settings.ByHandOf(key)
	if !own || value == "" { // which takes back what another layer says
		return nil
	}
	snap, shelf, item := j.dir.Snapshot(), j.shelf.Current(), settings.Extra(name, value)
	switch scope.Kind {
	case "device":
		if d := snap.Device(directory.ID(scope.ID)); d != nil {
			m := shelf.Model(d.Model)
			return j.heldBy(m, vendor, custom.Asker{Site: snap.Site(d.Site), Device: d, Model: m}, item)
		}
		return nil
	case "model":
		m := shelf.Model(scope.ID)
		return j.heldBy(m, vendor, custom.Asker{Model: m}, item)
	}
	var fault error
	for _, m := range shelf.Models() {
		if m.Vendor.Name != vendor {
			continue
		}
		if fault = j.heldBy(m, vendor, custom.Asker{Model: m}, item); fault == nil {
			return nil
		}
	}
	return fault
}

// heldBy is Holds for one model, nil where it is not known, with the templates in
// force or the built-in ones.
func (j *Judge) heldBy(m *catalog.Model, vendor string, a custom.Asker, item render.Values) error {
	switch {
	case m == nil:
		return nil
	case m.Vendor.Name != vendor:
		return fmt.Errorf("%w: the %s is told settings of raw.%s, not of raw.%s", ErrByHand, m.Label, m.Vendor.Name, vendor)
	}
	snap := j.dir.Snapshot()
	var fault error
	for _, picks := range []custom.Picks{custom.InForce(snap, a), nil} {
		variant, err := j.custom.Compiled(snap, m.Family, picks)
		if err != nil {
			continue // it is judged when it is uploaded
		}
		for _, file := range m.Family.Files {
			template, _ := custom.Of(variant, file)
			if template == nil {
				continue
			}
			asked, err := template.Holds(item)
			if asked && err == nil {
				return nil
			}
			fault = cmp.Or(fault, err)
		}
	}
	if fault == nil {
		return fmt.Errorf("%w: no file of the %s takes settings by hand", ErrByHand, m.Label)
	}
	return fmt.Errorf("%w: %s: %w", ErrByHand, m.Label, fault)
}
