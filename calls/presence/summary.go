package presence

import (
	"context"
	"fmt"
	"sync"
	"time"

	"cradle/directory"
	"cradle/registrar"
)

const (
	summaryType  = "application/simple-message-summary"
	summaryEvent = "message-summary"
)

// summaryState is the package "message-summary" (RFC 3842): the messages of who
// sits at the watcher's line.
func (p *Presence) summaryState(w registrar.Watcher) registrar.EventState {
	e := own(w)
	s := registrar.EventState{ContentType: summaryType, Watch: append(keysOf(w, e), lineKey(at(w)))}
	if e != nil {
		s.Watch = append(s.Watch, mailKey(e.ID))
	}
	s.Body = summary(w.Snapshot, e, uri(w, plain(w.User)))
	return s
}

// summary is the body of section 5.2.
func summary(snap *directory.Snapshot, e *directory.Extension, account string) []byte {
	m := &directory.Mailbox{}
	if e != nil {
		if box := snap.MailboxOf(e.ID); box != nil {
			m = box
		}
	}
	waiting := "no"
	if m.New > 0 {
		waiting = "yes"
	}
	return fmt.Appendf(nil, "Messages-Waiting: %s\r\nMessage-Account: %s\r\nVoice-Message: %d/%d (%d/%d)\r\n",
		waiting, account, m.New, m.Old, m.UrgentNew, m.UrgentOld)
}

// tellers is how many phones are told unasked at once, maxTold how many wait.
const (
	tellers  = 4
	maxTold  = 20000
	tellTime = 10 * time.Second
)

// told are the accounts to be told of their messages without having asked; one
// that waits already is told once, as it stands then.
type told struct {
	mu      sync.Mutex
	waiting map[string]bool
	more    chan struct{}
}

func (t *told) init() { t.waiting, t.more = map[string]bool{}, make(chan struct{}, 1) }

func (t *told) add(account string) {
	t.mu.Lock()
	if len(t.waiting) < maxTold {
		t.waiting[account] = true
	}
	t.mu.Unlock()
	t.wake()
}

func (t *told) wake() {
	select {
	case t.more <- struct{}{}:
	default:
	}
}

func (t *told) next() (account string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for account = range t.waiting {
		delete(t.waiting, account)
		return account, true
	}
	return "", false
}

// force marks the phones where somebody sits whose phones hear of messages unasked.
func (p *Presence) force(snap *directory.Snapshot, ext directory.ID) {
	e := snap.Extension(ext)
	if e == nil || !e.SIP.ForceMWI {
		return
	}
	for _, line := range snap.Rings(ext) {
		if d := snap.Device(line.Device); d != nil && line.Line <= len(d.Lines) {
			p.told.add(d.Lines[line.Line-1].Account.User)
		}
	}
}

// tell is one teller.
func (p *Presence) tell() {
	for {
		select {
		case <-p.stop:
			return
		case <-p.told.more:
		}
		for {
			account, ok := p.told.next()
			if !ok {
				break
			}
			p.told.wake() // the others help
			p.tellOne(account)
		}
	}
}

// tellOne sends one NOTIFY outside a dialog, to a phone that has not subscribed.
func (p *Presence) tellOne(account string) {
	defer func() {
		if x := recover(); x != nil {
			p.log.Error("a phone could not be told of its messages", "account", account, "panic", x)
		}
	}()
	snap := p.c.Directory.Snapshot()
	acc := snap.Account(account)
	if acc == nil {
		return
	}
	s := snap.Sitting(acc.Device.At(acc.Line))
	if s.Extension == nil || s.Vacated || !s.Extension.SIP.ForceMWI || p.asked(account) {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, tellTime)
	defer cancel()
	body := summary(snap, s.Extension, "sip:"+account+"@"+acc.Realm)
	if err := p.c.Door.Notify(ctx, account, summaryEvent, summaryType, body); err != nil {
		p.log.Debug("a phone did not take word of its messages", "account", account, "error", err)
	}
}

// asked tells whether an account has subscribed to its messages.
func (p *Presence) asked(account string) bool {
	for _, s := range p.c.Door.Subscribed(account) {
		if s.Package == summaryEvent {
			return true
		}
	}
	return false
}
