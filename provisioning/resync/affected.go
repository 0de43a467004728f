package resync

import (
	"reflect"
	"strings"
	"time"

	"cradle/directory"
)

// affected lists the devices whose settings a commit may have changed. It errs
// on the side of naming one too many, never of naming all for one. Contacts
// touch nobody: phones look after their phonebooks themselves.
func affected(s *directory.Snapshot, changes []directory.Change) map[directory.ID]struct{} {
	out := set{}
	for _, c := range changes {
		switch c.Kind {
		case directory.KindDevice:
			out.device(c)
		case directory.KindSeat:
			out.seat(s, c.Old)
			out.seat(s, c.New)
		case directory.KindExtension:
			out.extension(s, c.ID)
			out.named(s, c)
		case directory.KindSite:
			if c.Old != nil {
				out.site(s, c.ID)
			}
		case directory.KindOrganization:
			if c.Old != nil {
				out.organization(s, c.ID)
			}
		case directory.KindLayout:
			out.layout(s, c.ID)
		case directory.KindProfile:
			out.profile(s, c.ID)
		case directory.KindCode:
			if code, ok := either(c).(*directory.Code); ok {
				out.organization(s, code.Organization)
			}
		case directory.KindNumber:
			out.number(s, c)
		case directory.KindTemplate:
			out.template(s, c)
		case directory.KindFirmware:
			out.firmware(s, c)
		case directory.KindRollout:
			out.rollout(s, c)
		case directory.KindSetting:
			if setting, ok := either(c).(*directory.Setting); ok {
				out.setting(s, setting.Scope)
			}
		case directory.KindOverflow:
			out.organization(s, "")
		}
	}
	return out
}

// either gives the record of a change, the new one if there is one.
func either(c directory.Change) any {
	if c.New != nil {
		return c.New
	}
	return c.Old
}

type set map[directory.ID]struct{}

func (d set) add(id directory.ID) { d[id] = struct{}{} }

// device adds a device that was changed or deleted. A new one has nothing to
// read again.
func (d set) device(c directory.Change) {
	before, _ := c.Old.(*directory.Device)
	after, _ := c.New.(*directory.Device)
	if after == nil || before != nil && matters(before, after) {
		d.add(c.ID)
	}
}

// matters compares two states of a device without what the phone itself tells
// us at each boot and what no setting is made of.
func matters(before, after *directory.Device) bool {
	a, b := *before, *after
	if a.Step.Approved() && b.Step.Approved() {
		a.Step = b.Step // nothing more is in its settings than when approved
	}
	for _, x := range []*directory.Device{&a, &b} {
		x.Revision, x.Seen, x.Approved = 0, time.Time{}, time.Time{}
		x.Vendor, x.Firmware, x.Conflict = "", "", false
		x.Token, x.TokenSealed = "", directory.Secret{}
		x.Remote, x.RemoteUntil, x.Certificate, x.Equipment = "", time.Time{}, "", ""
	}
	return !reflect.DeepEqual(&a, &b)
}

// seat adds the phone of a guest's seat and the guest's own phones.
func (d set) seat(s *directory.Snapshot, record any) {
	if seat, ok := record.(*directory.Seat); ok && seat != nil {
		d.add(seat.Device)
		d.extension(s, seat.Extension)
	}
}

// extension adds every phone on which an extension shows: where it is active,
// and its home.
func (d set) extension(s *directory.Snapshot, ext directory.ID) {
	for _, l := range s.Rings(ext) {
		d.add(l.Device)
	}
	for l := range s.HomeLines(ext) {
		d.add(l.Device)
	}
}

func (d set) site(s *directory.Snapshot, site directory.ID) {
	for dev := range s.DevicesAt(site) {
		d.add(dev.ID)
	}
}

func (d set) organization(s *directory.Snapshot, org directory.ID) {
	for dev := range s.Devices(org) {
		d.add(dev.ID)
	}
}

// setting adds the phones under a layer of settings.
func (d set) setting(s *directory.Snapshot, at directory.Scope) {
	switch at.Kind {
	case "device":
		d.add(directory.ID(at.ID))
	case "extension":
		d.extension(s, directory.ID(at.ID))
	case "site":
		d.site(s, directory.ID(at.ID))
	case "organization":
		d.organization(s, directory.ID(at.ID))
	case "profile":
		d.profile(s, directory.ID(at.ID))
	case "model":
		for dev := range s.Devices("") {
			if strings.EqualFold(dev.Model, at.ID) {
				d.add(dev.ID)
			}
		}
	default:
		d.organization(s, "")
	}
}
