package calls

import (
	"cmp"
	"slices"
	"time"

	"cradle/calls/event"
	"cradle/directory"
	"cradle/registrar"
)

// State is how far a call has come.
type State string

// The states of a call.
const (
	Ringing State = "ringing"
	Talking State = "talking"
	Held    State = "held"
	Over    State = "over"
)

// Info is one line of the list of live calls.
type Info struct {
	ID             directory.ID
	Organization   directory.ID
	From, FromName string
	To, ToName     string
	// Caller and Callee are the extensions; empty: nobody sits there, or none was dialled.
	Caller, Callee directory.ID
	FromDevice     directory.ID
	Rang           bool         // a phone has rung
	ToDevice       directory.ID // the phone that answered
	State          State
	Started        time.Time
	Answered       time.Time // zero: not yet
	Codec          string
	Emergency      bool
	Heard          [2]Heard // the caller and the one that answered, in the newest piece of the call; zero: nothing was measured yet
}

// Calls lists the calls that are up or ringing, the oldest first.
func (x *Exchange) Calls() []Info {
	var list []Info
	for _, c := range x.calls() {
		c.mu.Lock()
		info := c.show
		c.mu.Unlock()
		if info.State != Over {
			list = append(list, info)
		}
	}
	slices.SortFunc(list, func(a, b Info) int { return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.ID, b.ID)) })
	return list
}

// Call is one line of the list of live calls; false: no such call is up or ringing.
func (x *Exchange) Call(id directory.ID) (Info, bool) {
	x.mu.Lock()
	c := x.live[id]
	x.mu.Unlock()
	if c == nil {
		return Info{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.show, c.show.State != Over
}

// CallIDs are the SIP Call-IDs of a call's legs as it stands.
func (x *Exchange) CallIDs(id directory.ID) []string { return x.dialogs.callIDs(id) }

func (x *Exchange) calls() []*Call {
	x.mu.Lock()
	defer x.mu.Unlock()
	list := make([]*Call, 0, len(x.live))
	for _, c := range x.live {
		list = append(list, c)
	}
	return list
}

// begin gives a call its goroutine. False: the exchange closes.
func (x *Exchange) begin(c *Call) bool {
	c.ringTime = time.Duration(c.snapshot.Limit("ring_seconds")) * time.Second
	if c.plan.Emergency {
		c.ringTime = patience
	}
	c.show = Info{ID: c.id, Organization: c.record.Organization, From: c.plan.From.Number, FromName: c.plan.From.Name, To: c.plan.To,
		FromDevice: c.record.FromDevice, State: Ringing, Started: c.record.Started, Emergency: c.plan.Emergency}
	if e := c.plan.Callee; e != nil {
		c.show.Callee, c.show.ToName = e.ID, e.Name
	}
	if s := c.snapshot.Sitting(c.peer.Device.At(c.peer.Line)); s.Extension != nil && !s.Vacated && c.peer.Kind != registrar.Lobby {
		c.show.Caller = s.Extension.ID
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.shut {
		return false
	}
	if len(x.live) == 0 {
		x.empty = make(chan struct{})
	}
	x.live[c.id] = c
	x.work.Add(1)
	go c.run(c.start)
	return true
}

// forget takes a call that is over out of the list.
func (x *Exchange) forget(c *Call) {
	x.dialogs.dismiss(c.key)
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.live, c.id)
	if len(x.live) == 0 {
		close(x.empty)
	}
}

// setState changes what the list shows; false: it was so already.
func (c *Call) setState(s State) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	changed := c.show.State != s
	c.show.State = s
	return changed
}

// showPartner puts into the list who answered.
func (c *Call) showPartner() {
	codec := c.caller.media.Stats().Codec
	c.mu.Lock()
	defer c.mu.Unlock()
	c.show.ToDevice, c.show.Answered, c.show.Codec = c.partner.device, c.record.Answered, codec
}

func (c *Call) publish(kind event.Kind, by string, p *party) {
	if kind == event.Ringing {
		c.mu.Lock()
		c.show.Rang = true
		c.mu.Unlock()
	}
	e := event.Event{Kind: kind, Time: c.x.cfg.Now(), Call: c.id, Organization: c.record.Organization, From: c.plan.From.Number, To: c.plan.To,
		FromDevice: c.record.FromDevice, By: by}
	if p != nil {
		e.ToDevice = p.device
	}
	if kind == event.Ended {
		e.Status = c.record.Status
	}
	c.x.feed.Publish(e)
}
