package resync

import (
	"slices"
	"strings"

	"cradle/directory"
	"cradle/provisioning/custom"
	"cradle/provisioning/settings"
)

// template adds the phones that get another version of a template than before.
func (d set) template(s *directory.Snapshot, c directory.Change) {
	before, _ := c.Old.(*directory.Template)
	after, _ := c.New.(*directory.Template)
	version := func(t *directory.Template, dev *directory.Device) int {
		if t == nil || !within(t.Scope, dev) || !strings.EqualFold(t.Model, dev.Model) {
			return 0
		}
		return custom.Number(t, dev)
	}
	for dev := range s.Devices("") {
		if version(before, dev) != version(after, dev) {
			d.add(dev.ID)
		}
	}
}

func within(scope directory.Scope, dev *directory.Device) bool {
	switch scope.Kind {
	case "organization":
		return scope.ID == string(dev.Organization)
	case "site":
		return scope.ID == string(dev.Site)
	case "device":
		return scope.ID == string(dev.ID)
	}
	return true
}

// firmware adds the phones that wait for a firmware and may get this one, or no
// longer: it has come, gone, or is said to be bad.
func (d set) firmware(s *directory.Snapshot, c directory.Change) {
	f, ok := either(c).(*directory.Firmware)
	if !ok {
		return
	}
	for dev := range s.Devices(f.Organization) {
		if !slices.ContainsFunc(f.Models, func(m string) bool { return strings.EqualFold(m, dev.Model) }) {
			continue
		}
		wanted := pile(s, dev).Text(settings.Firmware)
		if r := s.RolledOut(dev); r != nil {
			wanted = r.Target
		}
		if wanted != "" && wanted != dev.Firmware {
			d.add(dev.ID)
		}
	}
}

// rollout adds the phones that a firmware's roll-out has reached now.
func (d set) rollout(s *directory.Snapshot, c directory.Change) {
	before, _ := c.Old.(*directory.Rollout)
	after, _ := c.New.(*directory.Rollout)
	for dev := range s.Devices("") {
		had, has := before != nil && before.Brings(dev), after != nil && after.Brings(dev)
		if had != has && dev.Firmware != either(c).(*directory.Rollout).Target {
			d.add(dev.ID)
		}
	}
}

// pile stacks the settings of a device without those of who sits there.
func pile(s *directory.Snapshot, dev *directory.Device) *settings.Stack {
	stack := settings.Pile(s, settings.Subject{
		Organization: s.Organization(dev.Organization), Site: s.Site(dev.Site), Model: dev.Model, Profile: dev.Profile, Device: dev,
	})
	return &stack
}
