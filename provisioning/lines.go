package provisioning

import (
	"slices"
	"strings"

	"cradle/directory"
	"cradle/provisioning/custom"
	"cradle/provisioning/settings"
)

// Line is a line of a device's file as people may see it, with who says so.
type Line struct {
	Text string // secrets and token masked
	// Names are the values it is made from or stands for the sake of.
	Names []string
	// Layers are those that say these values, the weakest first; none: the
	// template says all of it.
	Layers []settings.Layer
}

// layers in their order, from the weakest.
var layers = []settings.Layer{
	settings.FromDefault, settings.FromAppliance, settings.FromOrganization, settings.FromSite, settings.FromModel, settings.FromProfile,
	settings.FromDevice, settings.FromExtension,
}

// Lines shows a file as Render does, line by line.
func (p *Provisioning) Lines(id directory.ID, name string) ([]Line, error) {
	v, file, err := p.shown(id, name)
	if err != nil {
		return nil, err
	}
	values, stack := p.maker.Values(p.facts(v, file, settings.Full, p.maskedBase(v), true))
	variant, err := p.custom.Compiled(v.snap, v.model.Family, custom.InForce(v.snap, v.asker(file)))
	if err != nil {
		return nil, err
	}
	template, _ := custom.Of(variant, file)
	traced, err := template.Trace(values, v.model.Facts(v.firmware(file)))
	if err != nil {
		return nil, err
	}
	lines := make([]Line, len(traced))
	for i, t := range traced {
		lines[i] = Line{Text: t.Text, Names: t.Names, Layers: layersOf(&stack, t.Names)}
	}
	return lines, nil
}

func layersOf(stack *settings.Stack, names []string) (all []settings.Layer) {
	for _, name := range names {
		layer := stack.Origin(name)
		if strings.HasPrefix(name, "fact.") {
			layer = settings.FromModel
		}
		if !slices.Contains(all, layer) {
			all = append(all, layer)
		}
	}
	slices.SortFunc(all, func(a, b settings.Layer) int { return slices.Index(layers, a) - slices.Index(layers, b) })
	return all
}
