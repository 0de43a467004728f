package provisioning

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/custom"
	"cradle/provisioning/render"
	"cradle/provisioning/settings"
)

// ErrByHand says that no file of the phones concerned can hold a setting under
// the vendor's own name.
var ErrByHand = errors.New("the phone's file cannot hold this setting")

// LeftOut is a setting by the vendor's own name that a phone is not told,
// because its file's format cannot hold it.
type LeftOut struct {
	Name  string
	Layer settings.Layer
	File  string // under the name by which the phone asks for it
	Why   string
}

// Holds says whether phones can be told a setting of a layer by the vendor's own
// name; of others nothing is said. Where the layer names a phone or a model, its
// files decide, else those of all the vendor's phones: one that can is enough.
// The error wraps ErrByHand.
func (p *Provisioning) Holds(scope directory.Scope, key, value string) error {
	vendor, name, own := settings.ByHandOf(key)
	if !own || value == "" { // which takes back what another layer says
		return nil
	}
	shelf, item := p.Catalog(), settings.Extra(name, value)
	switch scope.Kind {
	case "device":
		v, err := p.look(directory.ID(scope.ID))
		if err != nil {
			return nil //nolint:nilerr // its model is not known yet
		}
		return p.heldBy(v.model, vendor, custom.Asker{Site: v.site, Device: v.device, Model: v.model}, item)
	case "model":
		if m := shelf.Model(scope.ID); m != nil {
			return p.heldBy(m, vendor, custom.Asker{Model: m}, item)
		}
		return nil
	}
	var fault error
	for _, m := range shelf.Models() {
		if m.Vendor.Name != vendor {
			continue
		}
		if fault = p.heldBy(m, vendor, custom.Asker{Model: m}, item); fault == nil {
			return nil
		}
	}
	return fault
}

// heldBy is Holds for one model with the templates in force, or the built-in ones.
func (p *Provisioning) heldBy(m *catalog.Model, vendor string, a custom.Asker, item render.Values) error {
	if m.Vendor.Name != vendor {
		return fmt.Errorf("%w: the %s is told settings of raw.%s, not of raw.%s", ErrByHand, m.Label, m.Vendor.Name, vendor)
	}
	snap := p.c.Directory.Snapshot()
	var fault error
	for _, picks := range []custom.Picks{custom.InForce(snap, a), nil} {
		variant, err := p.custom.Compiled(snap, m.Family, picks)
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

// maxUnheld bounds what the journal says of one file, in bytes.
const maxUnheld = 256

// unheld names, for the journal, what a file leaves out.
func unheld(left []render.Left) string {
	names := make([]string, len(left))
	for i := range left {
		names[i] = left[i].Name
	}
	slices.Sort(names)
	return cut(strings.Join(names, ", "), maxUnheld)
}

// leftOut tells what a device's own files leave out, those of all layers.
func (p *Provisioning) leftOut(v *visit, file *catalog.File, facts settings.Facts) ([]LeftOut, error) {
	byHand := facts.ByHand()
	if len(byHand) == 0 {
		return nil, nil
	}
	facts.Mask = false // the true values are judged
	variant, err := p.custom.Compiled(v.snap, v.model.Family, custom.InForce(v.snap, v.asker(file)))
	if err != nil {
		return nil, err
	}
	values, _ := p.maker.Values(facts)
	template, _ := custom.Of(variant, file)
	_, left, err := template.Write(nil, values, v.model.Facts(v.firmware(file)))
	if err != nil {
		return nil, veil(v.device, err)
	}
	var all []LeftOut
	for _, one := range left {
		why := one.Why.Error()
		if directory.SoundsSecret(one.Name) {
			why = render.ErrValue.Error() // which might quote it
		}
		all = append(all, LeftOut{one.Name, byHand[one.Name].Layer, v.model.FileName(file.Name, string(v.device.MAC)), why})
	}
	slices.SortFunc(all, func(a, b LeftOut) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}
