package stream

import (
	"cradle/directory"
	"cradle/ui/live"
)

// gathered is what changed since the last event was sent.
type gathered struct {
	devices    map[directory.ID]bool
	removed    map[directory.ID]directory.ID // device -> its organization
	extensions map[directory.ID]bool         // their phones show another name
	sites      map[directory.ID]bool
	lost       bool // news was lost: clients must load everything again
}

func newGathered() *gathered {
	return &gathered{
		devices: map[directory.ID]bool{}, removed: map[directory.ID]directory.ID{},
		extensions: map[directory.ID]bool{}, sites: map[directory.ID]bool{},
	}
}

func (g *gathered) empty() bool {
	return !g.lost && len(g.devices) == 0 && len(g.removed) == 0 && len(g.extensions) == 0 && len(g.sites) == 0
}

// changes notes one commit of the directory.
func (g *gathered) changes(changes []directory.Change) {
	for _, c := range changes {
		switch c.Kind {
		case directory.KindOverflow:
			g.lost = true
		case directory.KindDevice:
			g.device(c)
		case directory.KindSeat:
			g.seat(c.Old)
			g.seat(c.New)
		case directory.KindExtension:
			g.extensions[c.ID] = true
		case directory.KindSite:
			g.sites[c.ID] = true
		}
	}
}

func (g *gathered) device(c directory.Change) {
	if !c.Deleted {
		g.devices[c.ID] = true
		return
	}
	if old, ok := c.Old.(*directory.Device); ok {
		g.removed[c.ID] = old.Organization
	}
}

// seat notes the phone of a seat, and the extension: its home phones are
// vacated or come back.
func (g *gathered) seat(record any) {
	if s, ok := record.(*directory.Seat); ok && s != nil {
		g.devices[s.Device] = true
		g.extensions[s.Extension] = true
	}
}

// accounts notes phones whose registration changed.
func (g *gathered) accounts(snap *directory.Snapshot, accounts []string) {
	for _, user := range accounts {
		if user == "" {
			g.lost = true
			continue
		}
		if a := snap.Account(user); a != nil {
			g.devices[a.Device.ID] = true
		}
	}
}

// steps notes phones that did something while they came up.
func (g *gathered) steps(snap *directory.Snapshot, steps []live.Step) {
	if len(steps) == 0 {
		g.lost = true
	}
	for _, s := range steps {
		if d := snap.DeviceByMAC(s.MAC); d != nil {
			g.devices[d.ID] = true
		}
	}
}

// resolve adds the phones of the extensions and sites that changed.
func (g *gathered) resolve(snap *directory.Snapshot) map[directory.ID]bool {
	for site := range g.sites {
		for d := range snap.DevicesAt(site) {
			g.devices[d.ID] = true
		}
	}
	for ext := range g.extensions {
		for at := range snap.HomeLines(ext) {
			g.devices[at.Device] = true
		}
		if guest := snap.Guest(ext); guest != nil {
			g.devices[guest.Device] = true
		}
	}
	return g.devices
}
