package location

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"cradle/registrar/sipmsg"
)

// account is one account that has registered at some time.
type account struct {
	name       string
	entries    []entry
	lastSource netip.Addr
	nonces     [keptNonces]counter
	call       uint64 // hash of the Call-ID of the last REGISTER
	cseq       uint32 // of the last REGISTER
	last       uint32 // when it last registered; 0: never
	queued     uint32 // the earliest place in the due-list; 0: none
	saved      uint32 // when it was last written down
	dirty      bool
	sha256     bool // it answered with SHA-256
}

// entry is a binding, packed: contact, parameters, instance, Call-ID and path lie
// in one string, everything that many phones share is interned.
type entry struct {
	text                      string
	agent                     string
	local                     *netip.AddrPort
	source                    netip.AddrPort
	registered, expires, cseq uint32
	granted                   uint32
	regID                     uint32
	contactEnd, paramsEnd     uint16
	instanceEnd, callEnd      uint16
	q                         uint16 // thousandths
	transport                 sipmsg.Transport
	lost                      bool
}

func (e *entry) contact() string  { return e.text[:e.contactEnd] }
func (e *entry) params() string   { return e.text[e.contactEnd:e.paramsEnd] }
func (e *entry) instance() string { return e.text[e.paramsEnd:e.instanceEnd] }
func (e *entry) callID() string   { return e.text[e.instanceEnd:e.callEnd] }
func (e *entry) path() string     { return e.text[e.callEnd:] }

func (e *entry) flow() flowKey { return keyOf(e.source, e.transport) }

func (e *entry) binding(account string) Binding {
	return Binding{Account: account, Contact: e.contact(), Params: e.params(), Source: e.source, Local: *e.local, Transport: e.transport.String(),
		Instance: e.instance(), UserAgent: e.agent, CallID: e.callID(), Path: e.path(), RegID: int(e.regID), CSeq: e.cseq, Q: float32(e.q) / 1000,
		Registered: time.Unix(int64(e.registered), 0), Expires: time.Unix(int64(e.expires), 0), FlowLost: e.lost}
}

// second says whether another flow of the same phone is to be used instead.
func (a *account) second(i int, now uint32) bool {
	e := &a.entries[i]
	if e.instance() == "" || e.regID == 0 {
		return false
	}
	for j := range a.entries {
		o := &a.entries[j]
		if j == i || o.regID == 0 || o.expires <= now || o.instance() != e.instance() {
			continue
		}
		if e.lost != o.lost {
			if e.lost {
				return true
			}
			continue
		}
		// When it was refreshed tells which is alive; of two of one moment, the later one.
		if mine, other := e.expires-e.granted, o.expires-o.granted; other > mine || other == mine && j > i {
			return true
		}
	}
	return false
}

func sortNewest(l []Binding) {
	slices.SortStableFunc(l, func(a, b Binding) int {
		if c := b.Registered.Compare(a.Registered); c != 0 {
			return c
		}
		return cmp.Compare(b.Q, a.Q)
	})
}

// words keeps one copy of what many bindings share: User-Agents and local
// addresses. It is bounded: past the bound nothing new is shared.
type words struct {
	mu     sync.RWMutex
	known  map[string]string
	locals []*netip.AddrPort
}

const maxWords = 4096

func (w *words) intern(b []byte) string {
	w.mu.RLock()
	s, ok := w.known[string(b)]
	w.mu.RUnlock()
	if ok {
		return s
	}
	s = string(b)
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.known) < maxWords && len(s) <= 256 {
		w.known[s] = s
	}
	return s
}

func (w *words) local(a netip.AddrPort) *netip.AddrPort {
	w.mu.RLock()
	for _, l := range w.locals {
		if *l == a {
			w.mu.RUnlock()
			return l
		}
	}
	w.mu.RUnlock()
	p := new(netip.AddrPort)
	*p = a
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.locals) < 64 {
		w.locals = append(w.locals, p)
	}
	return p
}

// pack lays the five texts of a binding into one string.
func (e *entry) pack(contact, params, instance, callID, path []byte) {
	if e.contact() == string(contact) && e.params() == string(params) && e.instance() == string(instance) && e.callID() == string(callID) && e.path() == string(path) {
		return
	}
	var b strings.Builder
	b.Grow(len(contact) + len(params) + len(instance) + len(callID) + len(path))
	b.Write(contact)
	e.contactEnd = uint16(b.Len())
	b.Write(params)
	e.paramsEnd = uint16(b.Len())
	b.Write(instance)
	e.instanceEnd = uint16(b.Len())
	b.Write(callID)
	e.callEnd = uint16(b.Len())
	b.Write(path)
	e.text = b.String()
}
