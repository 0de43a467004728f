package route

import "cradle/directory"

// extension routes to a short number of the caller's organization, or to one
// of its outside numbers that leads to an extension.
func (p *Plan) extension(d Directory, from Caller) {
	callee := d.ExtensionByNumber(from.Device.Organization, p.To)
	if callee == nil {
		callee = p.outside(d, from.Device.Organization)
	}
	if callee == nil {
		p.refuse(404, "Not Found", "%s is no number of this organization", p.To)
		return
	}
	p.Callee = callee
	p.because("%s is extension %s", p.To, callee.Number)
	if d.Inactive(callee.ID) {
		p.refuse(486, "Busy Here", "a guest sits at the phone of %s", callee.Number)
		return
	}
	p.ring(d, from)
	switch {
	case len(p.Targets) > 0:
	case len(d.Rings(callee.ID)) > 0:
		p.refuse(486, "Busy Here", "the caller dialled the number he sits at")
	default:
		p.refuse(480, "Temporarily Unavailable", "%s has no phone", callee.Number)
	}
}

func (p *Plan) outside(d Directory, org directory.ID) *directory.Extension {
	n := d.NumberByE164(p.To)
	if n == nil || n.Organization != org || n.Extension == "" || n.Status != directory.NumberActive {
		return nil
	}
	p.because("%s is an outside number of this organization", p.To)
	return d.Extension(n.Extension)
}

// ring collects every line where the callee is active, without the line that
// dials: somebody who calls his own number rings his other phones.
func (p *Plan) ring(d Directory, from Caller) {
	for _, line := range d.Rings(p.Callee.ID) {
		if line.Device == from.Device.ID && line.Line == from.Line {
			continue
		}
		device := d.Device(line.Device)
		if device == nil || device.Disabled || line.Line < 1 || line.Line > len(device.Lines) {
			continue
		}
		p.Targets = append(p.Targets, Target{Line: line, Account: device.Lines[line.Line-1].Account.User})
		p.because("rings line %d of phone %s", line.Line, device.MAC)
	}
	if len(p.Targets) > 0 {
		p.Kind = Ring
	}
}
