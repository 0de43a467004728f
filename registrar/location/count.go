package location

import "net/netip"

// Count notes that an account gave a right answer with this nonce and count;
// it is false when it was used before. The last 64 counts of a nonce are told
// apart, so that requests may overtake each other.
func (t *Table) Count(name string, nonce uint64, nc uint32) bool {
	s := t.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.account(name).count(nonce, nc)
}

// KnowsSHA256 tells whether the account answered its last challenge with
// SHA-256 and is bound from that very address.
func (t *Table) KnowsSHA256(name string, from netip.Addr) bool {
	s := t.shard(name)
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.accounts[name]
	return a != nil && a.sha256 && a.lastSource == from
}

// counter is a nonce with the counts used of it. Nonces are numbered in the
// order they were made.
type counter struct {
	nonce  uint64
	window uint64 // bit n: count nc-n was used
	nc     uint32 // the highest count used; 0: none
}

// keptNonces is how many nonces an account may use side by side. One that is
// older than all of them is over, so that nothing can be sent twice.
const keptNonces = 3

func (a *account) count(nonce uint64, nc uint32) bool {
	nc = max(nc, 1) // without a count, a nonce serves once
	oldest := &a.nonces[0]
	for i := range a.nonces {
		c := &a.nonces[i]
		if c.nc != 0 && c.nonce == nonce {
			return c.use(nc)
		}
		if c.nonce < oldest.nonce {
			oldest = c
		}
	}
	if oldest.nc != 0 && nonce < oldest.nonce {
		return false
	}
	*oldest = counter{nonce, 1, nc}
	return true
}

func (c *counter) use(nc uint32) bool {
	if nc > c.nc {
		if d := nc - c.nc; d < 64 {
			c.window = c.window<<d | 1
		} else {
			c.window = 1
		}
		c.nc = nc
		return true
	}
	bit := uint64(1) << min(c.nc-nc, 63)
	if c.nc-nc > 63 || c.window&bit != 0 {
		return false
	}
	c.window |= bit
	return true
}
