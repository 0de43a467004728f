package identify

import (
	"hash/maphash"
	"strings"
	"sync/atomic"

	"cradle/directory"
	"cradle/provisioning/catalog"
)

// maxAgent is the longest User-Agent that is looked at, in bytes.
const maxAgent = 512

// agent is what a User-Agent says.
type agent struct {
	text    string
	shelf   *catalog.Catalog // by what it was understood
	vendor  *catalog.Vendor
	model   *catalog.Model
	version string
	mac     directory.MAC
}

// agentCache remembers the last User-Agents, because a phone asks several times
// and patterns are slow. One slot for each hash, overwritten freely, no lock.
type agentCache struct {
	seed  atomic.Pointer[maphash.Seed]
	slots [4096]atomic.Pointer[agent]
}

func (c *agentCache) parse(cat *catalog.Catalog, text string) agent {
	if text == "" || len(text) > maxAgent {
		return agent{}
	}
	seed := c.seed.Load()
	if seed == nil {
		made := maphash.MakeSeed()
		c.seed.CompareAndSwap(nil, &made)
		seed = c.seed.Load()
	}
	slot := &c.slots[maphash.String(*seed, text)%uint64(len(c.slots))]
	if known := slot.Load(); known != nil && known.text == text && known.shelf == cat {
		return *known
	}
	a := parseAgent(cat, text)
	a.text, a.shelf = strings.Clone(text), cat
	slot.Store(&a)
	return a
}

// clear forgets all of them.
func (c *agentCache) clear() {
	for i := range c.slots {
		c.slots[i].Store(nil)
	}
}

// parseAgent tries every vendor's patterns. Where several match, one that knows
// the model wins.
func parseAgent(cat *catalog.Catalog, text string) agent {
	var best agent
	low := strings.ToLower(text)
	for _, v := range cat.Vendors() {
		for _, p := range v.Agents {
			groups := p.Match(text, low)
			if groups == nil {
				continue
			}
			a := agent{vendor: v}
			if p.Model >= 0 {
				a.model = v.ByAgent(groups[p.Model])
			}
			if p.Version >= 0 {
				a.version = cut(groups[p.Version], 64)
			}
			if p.MAC >= 0 {
				a.mac = phoneMAC(strings.ToLower(strings.NewReplacer(":", "", "-", "").Replace(groups[p.MAC])))
			}
			if best.vendor == nil || best.model == nil && a.model != nil {
				best = a
			}
			break
		}
	}
	return best
}
