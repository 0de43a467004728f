package location

import (
	"errors"
	"hash/maphash"
	"net/netip"
	"strconv"
	"time"

	"cradle/registrar/sipmsg"
)

// The refusals of Save.
var (
	ErrOutOfOrder = errors.New("an older CSeq of the same Call-ID") // 500, RFC 3261 section 10.3 step 7
	ErrTooMany    = errors.New("more contacts than one account may have")
	ErrReplayed   = errors.New("this nonce count was used before") // 401 with stale=true
	ErrTooLong    = errors.New("contact too long")
)

// Contact is one Contact of a REGISTER. Granted 0 removes it.
type Contact struct {
	URI, Params, Instance []byte
	RegID                 uint32
	Granted               uint32 // seconds
	Q                     uint16 // thousandths
}

// Registration is one REGISTER whose sender has proved to be the account. The
// byte slices are not kept.
type Registration struct {
	Account       string // kept: give the directory's own string
	CallID        []byte
	CSeq          uint32
	Source, Local netip.AddrPort
	Transport     sipmsg.Transport
	UserAgent     []byte
	Star          bool // Contact: *
	Contacts      []Contact
	MaxContacts   int
	Nonce         uint64
	NC            uint32
	SHA256        bool
	Path          []byte // of RFC 3327, values with commas between them
	// Decorate adds parameters of ours to a Contact in the answer; nil: none.
	Decorate func(out []byte, instance string) []byte
}

// maxText bounds what one binding may store.
const maxText = 2048

// Save makes, refreshes and removes bindings, all or nothing (RFC 3261 section
// 10.3 steps 6 to 8), and appends the Contact headers of the answer to out.
// The same request again (same Call-ID and CSeq) is answered again.
func (t *Table) Save(r *Registration, now time.Time, out []byte) ([]byte, error) {
	s := t.shard(r.Account)
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.account(r.Account)
	call, n := maphash.Bytes(t.seed, r.CallID), seconds(now)
	again := a.call == call && a.cseq == r.CSeq && a.last != 0
	if !a.count(r.Nonce, r.NC) && !again {
		return out, ErrReplayed
	}
	t.removeExpired(s, a, n)
	if err := a.check(r); err != nil {
		return out, err
	}
	a.call, a.cseq, a.sha256 = call, r.CSeq, r.SHA256
	t.apply(s, a, r, n)
	return a.appendContacts(out, n, r.Decorate), nil
}

func (s *shard) account(name string) *account {
	a := s.accounts[name]
	if a == nil {
		a = &account{name: name}
		s.accounts[name] = a
	}
	return a
}

// check looks whether the whole request can be done.
func (a *account) check(r *Registration) error {
	if r.Star {
		for i := range a.entries {
			if a.entries[i].older(r) {
				return ErrOutOfOrder
			}
		}
		return nil
	}
	added := 0
	for i := range r.Contacts {
		c := &r.Contacts[i]
		if len(c.URI)+len(c.Params)+len(c.Instance)+len(r.CallID)+len(r.Path) > maxText {
			return ErrTooLong
		}
		switch at := a.find(r, c); {
		case at >= 0 && a.entries[at].older(r):
			return ErrOutOfOrder
		case at < 0 && c.Granted > 0:
			added++
		}
	}
	if added > 0 && a.reachable()+added > r.MaxContacts {
		return ErrTooMany
	}
	return nil
}

// reachable counts the bindings that are more than a memory: those whose
// connection is gone make room for new ones.
func (a *account) reachable() (n int) {
	for i := range a.entries {
		if !a.entries[i].lost {
			n++
		}
	}
	return n
}

// makeRoom drops the oldest lost bindings until there are no more than most.
func (t *Table) makeRoom(a *account, most int) {
	for i := 0; i < len(a.entries) && len(a.entries) > most; {
		if a.entries[i].lost {
			t.remove(a, i)
		} else {
			i++
		}
	}
}

// older is true for a request that was sent before the one that made e.
func (e *entry) older(r *Registration) bool {
	return e.callID() == string(r.CallID) && r.CSeq < e.cseq
}

// find is the binding that c means: that of the same instance and reg-id (RFC
// 5626 section 6), else that with the same URI, else, for a phone that has one
// contact only, that of the same Call-ID, so that a phone with a new address
// leaves no ghost behind, and at last what is left of it from before it started
// anew (ghost).
func (a *account) find(r *Registration, c *Contact) int {
	if len(c.Instance) > 0 {
		for i := range a.entries {
			if e := &a.entries[i]; e.regID == c.RegID && e.instance() == string(c.Instance) {
				return i
			}
		}
	}
	for i := range a.entries {
		if e := &a.entries[i]; e.contact() == string(c.URI) && (len(c.Instance) == 0 || e.instance() == "") {
			return i
		}
	}
	if len(r.Contacts) != 1 || c.Granted == 0 {
		return -1
	}
	if at, shared := a.sameCall(r, c); at >= 0 || shared {
		return at
	}
	return a.ghost(r, c)
}

// sameCall is the binding of the same Call-ID; shared: there are several.
func (a *account) sameCall(r *Registration, c *Contact) (at int, shared bool) {
	at = -1
	for i := range a.entries {
		if e := &a.entries[i]; e.callID() == string(r.CallID) && e.regID == c.RegID {
			if at >= 0 {
				return -1, true
			}
			at = i
		}
	}
	return at, false
}

// ghost is the binding of a phone without an instance that forgot its Call-ID and
// its Contact with its last start: a connection from the same address, which is
// gone, of a phone of the same name.
func (a *account) ghost(r *Registration, c *Contact) int {
	if len(c.Instance) > 0 {
		return -1
	}
	for i := range a.entries {
		e := &a.entries[i]
		if e.lost && e.instance() == "" && e.agent == string(r.UserAgent) && e.transport == r.Transport && e.source.Addr() == r.Source.Addr() {
			return i
		}
	}
	return -1
}

func (t *Table) apply(s *shard, a *account, r *Registration, now uint32) {
	if r.Star {
		for i := len(a.entries) - 1; i >= 0; i-- {
			t.remove(a, i)
		}
		s.mark(a)
	}
	for i := range r.Contacts {
		c := &r.Contacts[i]
		at := a.find(r, c)
		switch {
		case c.Granted == 0 && at >= 0:
			t.remove(a, at)
			s.mark(a)
		case c.Granted > 0:
			t.put(s, a, at, r, c, now)
		}
	}
	if len(a.entries) > r.MaxContacts {
		t.makeRoom(a, r.MaxContacts)
	}
	if len(r.Contacts) > 0 && !r.Star {
		a.last, a.lastSource = now, r.Source.Addr()
	}
}

// put writes one binding, in place or new.
func (t *Table) put(s *shard, a *account, at int, r *Registration, c *Contact, now uint32) {
	fresh := at < 0
	if fresh {
		a.entries = append(a.entries, entry{registered: now})
		at = len(a.entries) - 1
		t.live.Add(1)
	}
	e := &a.entries[at]
	moved := fresh || e.source != r.Source || e.transport != r.Transport || e.lost || *e.local != r.Local || e.contact() != string(c.URI) || e.params() != string(c.Params) || e.path() != string(r.Path)
	if !fresh && (e.source != r.Source || e.transport != r.Transport) {
		t.flows.remove(e.flow(), a)
	}
	e.pack(c.URI, c.Params, c.Instance, r.CallID, r.Path)
	if e.agent != string(r.UserAgent) {
		e.agent = t.words.intern(r.UserAgent)
	}
	if moved {
		e.source, e.transport, e.lost = r.Source, r.Transport, false
		e.local = t.words.local(r.Local)
		t.flows.add(e.flow(), a)
	}
	e.cseq, e.regID, e.q = r.CSeq, c.RegID, c.Q
	e.granted, e.expires = c.Granted, now+c.Granted
	s.queue(a, e.expires)
	if moved {
		s.mark(a)
		t.feed.post(Change{Account: a.name, Binding: e.binding(a.name)})
	} else if now-a.saved >= c.Granted/4 {
		s.mark(a) // only its time moved: written now and then
	}
}

// remove drops a binding; the caller marks the account.
func (t *Table) remove(a *account, i int) {
	e := a.entries[i]
	t.flows.remove(e.flow(), a)
	a.entries = append(a.entries[:i], a.entries[i+1:]...)
	for j := range a.entries { // another binding may share the flow
		if o := &a.entries[j]; !o.lost && o.flow() == e.flow() {
			t.flows.add(o.flow(), a)
		}
	}
	t.live.Add(-1)
	t.feed.post(Change{Account: a.name, Binding: e.binding(a.name), Gone: true})
}

// appendContacts writes the bindings as the answer to a REGISTER lists them.
func (a *account) appendContacts(out []byte, now uint32, decorate func([]byte, string) []byte) []byte {
	for i := range a.entries {
		e := &a.entries[i]
		out = append(append(append(out, "Contact: <"...), e.contact()...), '>')
		out = append(out, e.params()...)
		if decorate != nil && e.instance() != "" {
			out = decorate(out, e.instance())
		}
		out = append(out, ";expires="...)
		out = strconv.AppendUint(out, uint64(e.expires-now), 10)
		out = append(out, "\r\n"...)
	}
	return out
}
