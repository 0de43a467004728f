package calls

import (
	"net/netip"

	"cradle/directory"
	"cradle/media"
)

// together says whether the caller and the phone that is to ring are of one site that lets voice go straight from phone
// to phone, and on one of its networks.
func (c *Call) together(b bell) bool {
	other := c.snapshot.Device(b.target.Line.Device)
	if other == nil || other.Site != c.peer.Device.Site {
		return false
	}
	site := c.snapshot.Site(other.Site)
	return site != nil && site.DirectMedia && oneNetwork(site, c.caller, b.binding.Source.Addr().Unmap())
}

func oneNetwork(site *directory.Site, caller *party, callee netip.Addr) bool {
	from := caller.binding.Source.Addr().Unmap()
	for _, n := range site.Networks {
		if n.Contains(from) && n.Contains(callee) {
			return true
		}
	}
	return false
}

// describe makes what a party is told of another: that it hears where we do, or where it really does. An answer follows
// its offer.
func (c *Call) describe(to, from *party, w word) ([]byte, error) {
	c.direct = c.near && (w == offer || c.direct) && media.CanMeet(from.media, to.media)
	to.media.Aside(c.direct)
	return to.media.Describe(from.media)
}
