// Package trace keeps what the appliance and a traced phone, or those in a
// traced call, say to each other: bounded, for a while, and without secrets,
// which are masked before anything is kept (mask.go). ladder.go and pcap.go are
// how people read it.
package trace

import (
	"crypto/rand"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Errors of Start.
var (
	ErrTooMany = errors.New("too many traces")
	ErrNobody  = errors.New("a trace needs accounts or Call-IDs")
)

// The bounds of one trace: what is older makes room. A trace that has ended is
// kept for a while to be read.
const (
	MaxMessages = 2000
	maxBytes    = 4 << 20
	kept        = time.Hour
)

// Subject is who is traced: the phones of accounts, or the dialogs of a call.
type Subject struct {
	Organization string // who may see it
	Name         string // for people
	Accounts     []string
	CallIDs      []string
}

// Packet is one message on the wire, in or out. Data is valid during the call only.
type Packet struct {
	In            bool
	Local, Remote netip.AddrPort
	Transport     string
	Data          []byte
}

// Message is one message as it is kept, masked.
type Message struct {
	At            time.Time
	In            bool // to the appliance
	Local, Remote netip.AddrPort
	Transport     string
	Data          []byte
}

// Info is one trace in the list.
type Info struct {
	ID            string
	Subject       Subject
	By            string
	Started, Ends time.Time
	Running       bool
	Messages      int
	Dropped       int // that made room for newer ones
}

// Tracer holds the traces. Use New.
type Tracer struct {
	now       func() time.Time
	accountAt func(remote netip.AddrPort, transport string) string
	on        atomic.Int32 // running traces: the only thing looked at while there are none

	mu   sync.Mutex
	list map[string]*one
}

type one struct {
	Info
	messages []Message
	bytes    int
	calls    map[string]bool
	accounts map[string]bool
}

// New makes a tracer; accountAt names the account that is bound by a flow.
func New(now func() time.Time, accountAt func(netip.AddrPort, string) string) *Tracer {
	return &Tracer{now: now, accountAt: accountAt, list: map[string]*one{}}
}

// Start begins a trace that ends by itself.
func (t *Tracer) Start(s Subject, by string, d time.Duration, most int) (Info, error) {
	if len(s.Accounts)+len(s.CallIDs) == 0 {
		return Info{}, ErrNobody
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sweep()
	if len(t.list) >= most {
		return Info{}, ErrTooMany
	}
	now := t.now()
	o := &one{Info: Info{ID: strings.ToLower(rand.Text()[:12]), Subject: s, By: by, Started: now, Ends: now.Add(d), Running: true},
		calls: set(s.CallIDs), accounts: set(s.Accounts)}
	t.list[o.ID] = o
	t.on.Add(1)
	return o.Info, nil
}

func set(words []string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// Stop ends a trace; what it has is kept for a while. False: there is none.
func (t *Tracer) Stop(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	o := t.list[id]
	if o != nil && o.Running {
		t.end(o, t.now())
	}
	return o != nil
}

func (t *Tracer) end(o *one, at time.Time) {
	o.Running, o.Ends = false, at
	t.on.Add(-1)
}

// Delete forgets a trace at once.
func (t *Tracer) Delete(id string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	o := t.list[id]
	if o == nil {
		return false
	}
	if o.Running {
		t.end(o, t.now())
	}
	delete(t.list, id)
	return true
}

// sweep ends what has run out and forgets what has long ended. t.mu is held.
func (t *Tracer) sweep() {
	now := t.now()
	for id, o := range t.list {
		if o.Running && !now.Before(o.Ends) {
			t.end(o, o.Ends)
		}
		if !o.Running && now.Sub(o.Ends) > kept {
			delete(t.list, id)
		}
	}
}

// List gives all traces, the newest first.
func (t *Tracer) List() []Info {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sweep()
	out := make([]Info, 0, len(t.list))
	for _, o := range t.list {
		out = append(out, o.Info)
	}
	slices.SortFunc(out, func(a, b Info) int { return b.Started.Compare(a.Started) })
	return out
}

// Get gives a trace with its messages, the oldest first.
func (t *Tracer) Get(id string) (Info, []Message, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sweep()
	o := t.list[id]
	if o == nil {
		return Info{}, nil, false
	}
	return o.Info, slices.Clone(o.messages), true
}

// On tells whether anybody is traced.
func (t *Tracer) On() bool { return t.on.Load() > 0 }

// Tap takes in one message, if anybody is traced whom it concerns.
func (t *Tracer) Tap(p Packet) {
	if !t.On() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sweep()
	var masked []byte
	account, users, call := "", []string(nil), ""
	for _, o := range t.list {
		if !o.Running {
			continue
		}
		if masked == nil {
			account = t.accountAt(p.Remote, p.Transport)
			users, call = parties(p.Data)
			masked = Mask(p.Data)
		}
		if !o.concerns(account, users, call) {
			continue
		}
		o.keep(Message{At: t.now(), In: p.In, Local: p.Local, Remote: p.Remote, Transport: p.Transport, Data: masked})
	}
}

func (o *one) concerns(account string, users []string, call string) bool {
	if o.accounts[account] || o.calls[call] {
		return true
	}
	// What a phone says before it is registered, or from another address.
	return account == "" && slices.ContainsFunc(users, func(u string) bool { return o.accounts[u] })
}

func (o *one) keep(m Message) {
	o.messages = append(o.messages, m)
	o.bytes += len(m.Data)
	for len(o.messages) > MaxMessages || o.bytes > maxBytes {
		o.bytes -= len(o.messages[0].Data)
		o.messages[0] = Message{}
		o.messages = o.messages[1:]
		o.Dropped++
	}
	o.Messages = len(o.messages)
}
