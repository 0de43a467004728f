package provisioning

import (
	"cmp"
	"net/http"
	"slices"

	"cradle/provisioning/identify"
	"cradle/provisioning/onboard"
)

// strange notes a request from a site's network that no vendor's data recognises.
func (p *Provisioning) strange(v *visit, status int) {
	switch {
	case status == http.StatusOK || v.site == nil || v.device != nil || v.looked || !v.snap.SetUp():
		return
	case v.found.Path.Tokenised || v.found.Liar != "":
		return
	case v.found.Vendor != nil && (len(v.found.Matches) > 0 || v.Door == DoorPnP):
		return
	}
	s := onboard.Stranger{
		MAC: cmp.Or(v.found.MAC, onboard.MACIn(v.found.Path.Name), onboard.MACIn(v.UserAgent)), Source: v.Source.Addr().Unmap(),
		UserAgent: cut(v.UserAgent, maxUserAgent), Site: v.site.ID, Doors: []string{string(v.Door)},
	}
	if known, first := p.strangers.Note(s, v.found.Path.Masked(), v.now); first {
		p.news.send(known)
	}
}

// Strangers are those who asked from a site's network and whom nobody
// recognises, the last first. One who is a device by now is none any more, nor
// is one whose model was taught meanwhile.
func (p *Provisioning) Strangers() []onboard.Stranger {
	snap, shelf := p.c.Directory.Snapshot(), p.Catalog()
	known := func(s onboard.Stranger) bool {
		return s.MAC != "" && snap.DeviceByMAC(s.MAC) != nil || slices.ContainsFunc(s.Files, func(file string) bool {
			found := p.find.Find(shelf, identify.Clues{Path: file, UserAgent: s.UserAgent})
			return found.Vendor != nil && found.FileOf(found.Fallback().Family) != nil
		})
	}
	return slices.DeleteFunc(p.strangers.List(), known)
}

// WatchStrangers opens a feed of strangers, each when he asks for the first time.
func (p *Provisioning) WatchStrangers() *Feed[onboard.Stranger] { return p.news.watch() }
