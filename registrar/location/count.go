package location

import "net/netip"

// Count notes that an account gave a right answer with this nonce and count;
// it is false when it was used before. The account's last 64 counts are told
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

func (a *account) count(nonce uint64, nc uint32) bool {
	nc = max(nc, 1) // without a count, a nonce serves once
	if a.nonce != nonce || a.nc == 0 {
		a.nonce, a.nc, a.window = nonce, nc, 1
		return true
	}
	if nc > a.nc {
		if d := nc - a.nc; d < 64 {
			a.window = a.window<<d | 1
		} else {
			a.window = 1
		}
		a.nc = nc
		return true
	}
	bit := uint64(1) << min(a.nc-nc, 63)
	if a.nc-nc > 63 || a.window&bit != 0 {
		return false
	}
	a.window |= bit
	return true
}
