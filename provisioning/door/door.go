// Package door holds what the provisioning doors share: the question they ask
// and the budgets of those who come. A door turns bytes into a request and a
// response into bytes, nothing else.
package door

import (
	"context"
	"net/netip"

	"cradle/directory"
	"cradle/provisioning"
)

// Answer answers one request of a phone; provisioning.Provisioning has it.
type Answer func(context.Context, provisioning.Request) provisioning.Response

// Budget is what a source may use of a door at the same time.
type Budget struct {
	// Inside tells that the source lies in a site's network.
	Inside bool
	// Key names those who share the budget: a site, or one source address.
	Key string
	// Max is how many transfers or connections the sharers may have at once.
	Max int
}

// Gate tells the budget of a source.
type Gate func(source netip.Addr) Budget

// NewGate makes a gate that reads the directory: sources inside a site's
// networks share the limit named site, because a whole office may sit behind
// one address; every other address has the limit named stranger for itself.
func NewGate(snapshot func() *directory.Snapshot, site, stranger string) Gate {
	return func(source netip.Addr) Budget {
		s := snapshot()
		source = source.Unmap()
		if at := s.SiteOf(source.WithZone("")); at != nil {
			return Budget{Inside: true, Key: string(at.ID), Max: int(s.Limit(site))}
		}
		if source.Is6() { // one host owns a /64
			if p, err := source.WithZone("").Prefix(64); err == nil {
				return Budget{Key: p.String(), Max: int(s.Limit(stranger))}
			}
		}
		return Budget{Key: source.String(), Max: int(s.Limit(stranger))}
	}
}
