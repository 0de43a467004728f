package directory

import "maps"

// apply moves every index of a snapshot from the old state of a record to its
// new one; either may be nil. Keys that stay as they were are not touched.
func (s *Snapshot) apply(epoch uint64, old, rec record) {
	if old != nil {
		s.unindex(epoch, old, rec)
	}
	if rec != nil {
		s.index(epoch, old, rec)
	}
	s.applySpecial(epoch, old, rec)
}

func (s *Snapshot) unindex(epoch uint64, old, rec record) {
	id, _ := old.head()
	t := old.table()
	if rec == nil {
		s.records[t].remove(epoch, id)
	}
	if rec == nil || orderKey(old) != orderKey(rec) {
		s.order[t].remove(epoch, orderKey(old))
	}
	keep := make(map[unique]bool)
	keepRef := make(map[ref]bool)
	if rec != nil {
		for _, u := range rec.uniques() {
			keep[u] = true
		}
		for _, r := range rec.refs() {
			keepRef[r] = true
		}
	}
	for _, u := range old.uniques() {
		if !keep[u] {
			s.uniq[u.kind].remove(epoch, u.value)
		}
	}
	for _, r := range old.refs() {
		if !keepRef[r] {
			s.refs.remove(epoch, r.key(id))
		}
	}
}

func (s *Snapshot) index(epoch uint64, old, rec record) {
	id, _ := rec.head()
	t := rec.table()
	s.records[t].set(epoch, id, rec)
	if old == nil || orderKey(old) != orderKey(rec) {
		s.order[t].set(epoch, orderKey(rec), id)
	}
	for _, u := range rec.uniques() {
		if owner, ok := s.uniq[u.kind].get(u.value); !ok || owner != id {
			s.uniq[u.kind].set(epoch, u.value, id)
		}
	}
	for _, r := range rec.refs() {
		k := r.key(id)
		if _, ok := s.refs.get(k); !ok {
			s.refs.set(epoch, k, struct{}{})
		}
	}
}

// applySpecial keeps what only some kinds have: accounts, networks, counts.
func (s *Snapshot) applySpecial(epoch uint64, old, rec record) {
	switch r := firstOf(rec, old).(type) {
	case *Device:
		d, _ := rec.(*Device)
		o, _ := old.(*Device)
		s.applyDevice(epoch, o, d)
	case *Site:
		s.networks = nil // made anew by finish
	case *User:
		n, _ := rec.(*User)
		o, _ := old.(*User)
		if o != nil && o.ownerWithPassword() {
			s.owners--
		}
		if n != nil && n.ownerWithPassword() {
			s.owners++
		}
	case *Organization:
		o, _ := old.(*Organization)
		if o != nil && rec != nil && o.Realm() != r.Realm() {
			for d := range s.Devices(r.ID) {
				s.applyDevice(epoch, d, d)
			}
		}
	}
}

func firstOf(a, b record) record {
	if a != nil {
		return a
	}
	return b
}

func (s *Snapshot) applyDevice(epoch uint64, old, d *Device) {
	before := make(map[string]*LineAccount, 2)
	if old != nil {
		s.count(epoch, old, -1)
		for _, l := range old.Lines {
			before[l.Account.User] = s.accounts.value(l.Account.User)
		}
	}
	if d != nil {
		s.count(epoch, d, +1)
		realm := defaultRealm
		if o := s.Organization(d.Organization); o != nil {
			realm = o.Realm()
		}
		for i := range d.Lines {
			user := d.Lines[i].Account.User
			s.accounts.set(user, lineAccount(d, i+1, realm, before[user]))
			delete(before, user)
		}
	}
	for user := range before {
		s.accounts.set(user, nil)
	}
}

func (s *Snapshot) count(epoch uint64, d *Device, by int) {
	if d.Step != StepSeen && d.Step != StepLobby {
		return
	}
	if n := s.waiting.value(d.Site) + by; n > 0 {
		s.waiting.set(epoch, d.Site, n)
	} else {
		s.waiting.remove(epoch, d.Site)
	}
}

// finish completes what is made as a whole; it is called before a snapshot is
// read by anybody.
func (s *Snapshot) finish() {
	if s.networks == nil {
		s.networks = buildNetworks(s)
	}
}

// setLimit changes the table of limits; snapshots that share it keep theirs.
func (s *Snapshot) setLimit(name string, v int64) {
	c := maps.Clone(s.limits)
	if c == nil {
		c = make(map[string]int64)
	}
	c[name] = v
	s.limits = c
}
