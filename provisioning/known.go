package provisioning

import (
	"bytes"
	"fmt"
	"slices"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/identify"
	"cradle/provisioning/settings"
)

// Known is all that is known of a phone, and what about it is not as it should be.
type Known struct {
	Clues     []identify.Clue
	Conflicts []string // in plain words
	Drift     []Drift  // the worst first
	// Says is the model that it calls itself; empty: it names none.
	Says string
}

// Drift is a difference between a phone and its record.
type Drift struct {
	Kind DriftKind
	Text string // for people
}

// DriftKind says what differs.
type DriftKind string

// The kinds of drift.
const (
	DriftModel    DriftKind = "model"    // it says it is another one
	DriftFirmware DriftKind = "firmware" // it does not run what it is to load
	DriftSettings DriftKind = "settings" // its file has changed since it fetched it
)

// Known says what is known of a phone. sip is what it calls itself where it is
// registered; empty: it is not.
func (p *Provisioning) Known(id directory.ID, sip string) (k Known) {
	v := &visit{now: p.now(), snap: p.c.Directory.Snapshot(), shelf: p.Catalog(), looked: true}
	if v.device = v.snap.Device(id); v.device == nil {
		return k
	}
	c, certificate := p.lastClues(v.device)
	v.found, k.Clues = p.find.Explain(v.shelf, c, sip, certificate)
	k.Conflicts = identify.Conflicts(k.Clues)
	if v.found.Liar != "" {
		k.Conflicts = append(k.Conflicts, v.found.Liar)
	}
	if v.device.Disabled || !v.device.Retired.IsZero() {
		return k
	}
	k.drift(p, v, c, sip)
	return k
}

// lastClues are those of the newest requests that say something.
func (p *Provisioning) lastClues(d *directory.Device) (c identify.Clues, certificate string) {
	certificate = d.Certificate
	for _, s := range slices.Backward(p.journal.Of(d.MAC)) {
		if s.Door == DoorPnP {
			if c.Event == nil {
				c.Event = s.Event
			}
			continue
		}
		if c.UserAgent == "" {
			c.UserAgent = s.UserAgent
		}
		if c.Path == "" && !s.Needless {
			c.Path = s.File
		}
		if certificate == "" {
			certificate = s.Certificate
		}
	}
	return c, certificate
}

func (k *Known) drift(p *Provisioning, v *visit, c identify.Clues, sip string) {
	recorded := v.shelf.Model(v.device.Model)
	for _, said := range []struct{ text, where string }{{c.UserAgent, "when it fetches its settings"}, {sip, "when it registers"}} {
		m, _ := p.find.Called(v.shelf, said.text)
		if m == nil {
			continue
		}
		k.Says = m.Name
		if recorded != nil && m != recorded && len(k.Drift) == 0 {
			k.Drift = append(k.Drift, Drift{DriftModel, fmt.Sprintf("It is entered as a %s, but calls itself a %s %s.", recorded.Label, m.Label, said.where)})
		}
	}
	if v.model = recorded; recorded == nil || !v.device.Step.Approved() {
		return
	}
	v.site = v.snap.Site(v.device.Site)
	v.Local = p.metAt(v.device.MAC)
	k.firmware(p, v, sip)
	for _, file := range recorded.Family.Files {
		if p.stale(v, file) {
			k.Drift = append(k.Drift, Drift{DriftSettings, fmt.Sprintf("%s has changed since it fetched it.", v.model.FileName(file.Name, string(v.device.MAC)))})
			return
		}
	}
}

// firmware compares what it runs with what its settings let it load.
func (k *Known) firmware(p *Provisioning, v *visit, sip string) {
	for _, file := range v.model.Family.Files {
		if file.Kind != catalog.Device {
			continue
		}
		values, _ := p.maker.Values(p.facts(v, file, settings.Full, p.maskedBase(v), true))
		runs := v.device.Firmware
		if _, version := p.find.Called(v.shelf, sip); version != "" {
			runs = version
		}
		if wanted := settings.FirmwareWanted(values); wanted != "" && wanted != runs {
			k.Drift = append(k.Drift, Drift{DriftFirmware, fmt.Sprintf("It runs firmware %s and is to load %s.", runs, wanted)})
		}
		return
	}
}

// stale tells whether a file would be another one now than the phone last got.
// Secrets are left out of it: whoever changes them has the phones told.
func (p *Provisioning) stale(v *visit, file *catalog.File) bool {
	if file.Kind != catalog.Device {
		return false
	}
	got, is := p.Fetched(v.device.ID, file.Name)
	if !is || got.Text == nil {
		return false
	}
	now, err := p.masked(v, file, nil)
	return err == nil && !bytes.Equal(got.Text, now)
}
