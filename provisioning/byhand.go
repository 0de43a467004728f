package provisioning

import (
	"cmp"
	"errors"
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
