package provisioning

import (
	"cmp"
	"slices"

	"cradle/directory"
	"cradle/provisioning/onboard"
)

// OverTFTP is a phone that is given its secrets over TFTP, which carries none
// safely.
type OverTFTP struct {
	Device directory.ID
	MAC    directory.MAC
	Site   directory.ID
	// OnlyTFTP: its model knows no other door; else its site is set to it.
	OnlyTFTP bool
}

// OverTFTP lists an organization's phones that get all their settings over TFTP
// when they ask for them from their site's networks, by MAC.
func (p *Provisioning) OverTFTP(org directory.ID) []OverTFTP {
	snap, shelf := p.c.Directory.Snapshot(), p.Catalog()
	var all []OverTFTP
	for d := range snap.Devices(org) {
		site := snap.Site(d.Site)
		if site == nil || len(site.Networks) == 0 {
			continue
		}
		model := p.modelOf(&visit{snap: snap, shelf: shelf, device: d})
		only := model != nil && model.Family.OnlyTFTP
		if onboard.InFullOverTFTP(d, site.TFTP, only) {
			all = append(all, OverTFTP{Device: d.ID, MAC: d.MAC, Site: site.ID, OnlyTFTP: only})
		}
	}
	slices.SortFunc(all, func(a, b OverTFTP) int { return cmp.Compare(a.MAC, b.MAC) })
	return all
}
