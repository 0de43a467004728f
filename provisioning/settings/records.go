package settings

import (
	"slices"
	"strings"

	"cradle/directory"
	"cradle/provisioning/render"
)

// wishes are the keys that the administrator and the person at line 1 want, and
// the layer of the former: the device's own layout, else its profile's.
func (p *phone) wishes() (layout, personal []directory.Key, from Layer) {
	if p.Mode != Full {
		return nil, nil, FromDefault
	}
	from = FromProfile
	if l := p.Snapshot.LayoutOf(p.Device); l != nil {
		layout = l.Keys
		if l.ID == p.Device.Layout {
			from = FromDevice
		}
	}
	if p.who.Person != nil {
		personal = p.who.Person.Keys
	}
	return layout, personal, from
}

// register is where a line registers: the appliance, or the local server of who
// is at home there.
func (p *phone) register(at directory.Sitting) (host string, port int) {
	if e := at.Extension; e != nil && at.Kind == directory.SeatHome && e.Server != "" {
		if host, port, ok := hostPort(e.Server); ok {
			if port == 0 {
				port = p.port(p.stack)
			}
			return host, port
		}
	}
	return p.Host, p.port(p.stack)
}

// FirmwareWanted is the version that a phone's values tell it to load; empty: it
// keeps what it has.
func FirmwareWanted(v render.Values) string { return v[atVersion].Text() }

// firmware names the file a phone is to load, where a roll-out or a layer names a version
// that we have, that is not bad, and that the phone does not have yet. A file
// that needs another one before it is preceded by that one.
func (p *phone) firmware(v render.Values) {
	wanted := p.stack.Text(Firmware)
	if r := p.Snapshot.RolledOut(p.Device); r != nil && p.stack[Firmware].Layer != FromDevice {
		wanted = r.Target
	}
	if wanted == "" || p.Device.Firmware == "" || len(p.Abilities.Firmware) == 0 {
		return
	}
	all := p.files()
	for range all { // each step goes back to an older file, so it ends
		i := slices.IndexFunc(all, func(f *directory.Firmware) bool { return f.Version == wanted })
		switch {
		case i < 0 || all[i].Version == p.Device.Firmware:
			return
		case all[i].After == "" || !older(p.Device.Firmware, all[i].After):
			base := p.address("firmware/")
			v[atVersion], v[atFirmwareFile] = render.S(all[i].Version), render.S(all[i].File)
			v[atFirmwareBase], v[atFirmwareURL] = render.S(base), render.S(base+all[i].File)
			return
		}
		wanted = step(all, all[i])
	}
}

// files are the firmware files this model may load: its organization's and the
// appliance's own.
func (p *phone) files() (all []*directory.Firmware) {
	for f := range p.Snapshot.Firmwares("") {
		if f.Bad == "" && strings.EqualFold(f.Vendor, p.Abilities.Vendor) && slices.Contains(f.Models, p.Abilities.Model) &&
			(f.Organization == "" || f.Organization == p.Device.Organization) {
			all = append(all, f)
		}
	}
	return all
}

func older(a, b string) bool { return render.CompareVersions(a, b) < 0 }

// step is the version to be loaded before a file: the oldest that is enough
// for it and older than it; empty: there is none.
func step(all []*directory.Firmware, file *directory.Firmware) (version string) {
	for _, f := range all {
		if older(f.Version, file.Version) && !older(f.Version, file.After) && (version == "" || older(f.Version, version)) {
			version = f.Version
		}
	}
	return version
}
