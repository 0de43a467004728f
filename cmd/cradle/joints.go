package main

import (
	"context"
	"sync"

	"cradle/calls"
	"cradle/calls/event"
	"cradle/directory"
	"cradle/media"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/provisioning/door/pnpdoor"
	"cradle/provisioning/resync"
	"cradle/registrar"
	"cradle/ui/live"
)

// The rooms never meet; here each joint that one declares is met by another.

// translated turns one room's feed into the portal's words until it is closed.
type translated[T any] struct {
	out   chan T
	stop  func()
	once  sync.Once
	leave chan struct{}
}

// translate starts the goroutine between two feeds. It ends when in is closed,
// which stop brings about; a reader that has left is never waited for.
func translate[In, Out any](in <-chan In, stop func(), turn func(In) Out) *translated[Out] {
	t := &translated[Out]{out: make(chan Out), stop: stop, leave: make(chan struct{})}
	go func() {
		defer close(t.out)
		for v := range in {
			select {
			case t.out <- turn(v):
			case <-t.leave:
			}
		}
	}()
	return t
}

func (t *translated[T]) C() <-chan T { return t.out }

func (t *translated[T]) Close() { t.once.Do(func() { close(t.leave); t.stop() }) }

// liveRegistrar shows the registrar to the portal.
type liveRegistrar struct{ r *registrar.Registrar }

func (l liveRegistrar) Registrations(account string) []live.Registration {
	var list []live.Registration
	for _, b := range l.r.Lookup(account) {
		if b.FlowLost {
			continue // its connection is gone: nothing can be said to it until it is back
		}
		list = append(list, live.Registration{
			Account: b.Account, Source: b.Source, Transport: b.Transport, UserAgent: b.UserAgent, Since: b.Registered, Expires: b.Expires,
			RoundTrip: b.RoundTrip, Unreachable: b.Unreachable,
		})
	}
	return list
}

func (l liveRegistrar) Count() (n int) {
	l.r.Bindings(func(b registrar.Binding) bool {
		if !b.FlowLost {
			n++
		}
		return true
	})
	return n
}

func (l liveRegistrar) Watch() live.Feed[[]string] {
	w := l.r.Watch()
	return translate(w.C(), w.Close, func(changes []registrar.BindingChange) []string {
		accounts := make([]string, 0, len(changes))
		for _, c := range changes {
			accounts = append(accounts, c.Account)
		}
		return accounts
	})
}

// liveProvisioning shows phones' steps and the catalogue to the portal.
type liveProvisioning struct{ p *provisioning.Provisioning }

func (l liveProvisioning) Steps(mac directory.MAC) []live.Step {
	var list []live.Step
	for _, s := range l.p.Journal().Of(mac) {
		list = append(list, liveStep(s))
	}
	return list
}

func (l liveProvisioning) Watch() live.Feed[[]live.Step] {
	w := l.p.Journal().Watch()
	return translate(w.C(), w.Close, func(s provisioning.Step) []live.Step { return []live.Step{liveStep(s)} })
}

func (l liveProvisioning) Models() []live.Model {
	var list []live.Model
	for _, m := range l.p.Catalog().Models() {
		list = append(list, live.Model{Name: m.Name, Vendor: m.Vendor.Label, Label: m.Label, Lines: m.Lines, Program: m.Kind == "softphone"})
	}
	return list
}

func liveStep(s provisioning.Step) live.Step {
	return live.Step{
		At: s.At, MAC: s.MAC, Door: string(s.Door), File: s.File, Status: s.Status, Bytes: s.Bytes, Took: s.Took,
		Source: s.Source, Vendor: s.Vendor, Model: s.Model, Firmware: s.Firmware, Sure: s.Sure, Rule: s.Rule, Hash: s.Hash, LeftOut: s.LeftOut,
		TLS: s.TLS, Suite: s.Suite, Certificate: s.Certificate,
	}
}

// liveResync shows how far phones are with their settings.
type liveResync struct{ r *resync.Resync }

func (l liveResync) Resync(ctx context.Context, device directory.ID, reboot bool) error {
	return l.r.Resync(ctx, device, reboot)
}

// State is empty for a phone that nothing was asked of since the start.
func (l liveResync) State(device directory.ID) live.ResyncState {
	s := l.r.State(device)
	if s.At.IsZero() {
		return live.ResyncState{}
	}
	return live.ResyncState{Status: string(s.Status), Reason: s.Reason, At: s.At}
}

// liveCalls shows calls to the portal.
type liveCalls struct{ x *calls.Exchange }

func (l liveCalls) Calls() []live.Call {
	var list []live.Call
	for _, c := range l.x.Calls() {
		list = append(list, liveCall(c))
	}
	return list
}

func (l liveCalls) Records(ctx context.Context, org directory.ID, after string, n int) ([]directory.CallRecord, string, error) {
	return l.x.Records(ctx, org, after, n)
}

func (l liveCalls) Watch() live.Feed[live.CallNews] {
	w := l.x.Events().Watch()
	return translate(w.C(), w.Close, l.news)
}

func (l liveCalls) Listened() live.Listened {
	t := l.x.Totals()
	out := live.Listened{Classes: make(map[string]uint64, len(t.Legs)), OneWay: t.OneWay, Reports: t.Phones}
	for class, n := range t.Legs {
		out.Classes[string(class)] = n
	}
	return out
}

// news is a call as it stands when its event is read; one that is over by then is
// told as it was.
func (l liveCalls) news(e event.Event) live.CallNews {
	if e.Kind == event.Lost {
		return live.CallNews{Lost: true}
	}
	if e.Kind != event.Ended {
		if c, up := l.x.Call(e.Call); up {
			return live.CallNews{Call: liveCall(c)}
		}
	}
	return live.CallNews{Ended: e.Kind == event.Ended, Call: live.Call{
		ID: string(e.Call), Organization: e.Organization, Since: e.Time, State: string(e.Kind),
		From: live.Party{Number: e.From, Device: e.FromDevice}, To: live.Party{Number: e.To, Device: e.ToDevice},
	}}
}

func liveCall(c calls.Info) live.Call {
	state, since := "ringing", c.Started
	switch c.State {
	case calls.Talking:
		state, since = "answered", c.Answered
	case calls.Held:
		state, since = "held", c.Answered
	}
	out := live.Call{
		ID: string(c.ID), Organization: c.Organization, State: state, Since: since, Codec: c.Codec,
		From: live.Party{Number: c.From, Name: c.FromName, Device: c.FromDevice},
		To:   live.Party{Number: c.To, Name: c.ToName, Device: c.ToDevice},
	}
	if c.Heard != [2]calls.Heard{} {
		out.Heard = []live.Heard{liveHeard(c.Heard[0]), liveHeard(c.Heard[1])}
	}
	return out
}

func liveHeard(h calls.Heard) live.Heard {
	return live.Heard{Device: h.Device, Codec: h.Codec, Encryption: h.Encryption, Packets: h.Received, Lost: h.Lost, Late: h.Late, Loss: h.Loss(),
		Jitter: h.Jitter, RoundTrip: h.RoundTrip, MOS: h.MOS, PartyMOS: h.PartyMOS, Silent: h.Silent}
}

// liveMedia reads the relay's counters for the metrics.
func liveMedia(m *media.Relay) func() live.Media {
	return func() live.Media {
		s := m.Stats()
		d := s.Dropped
		return live.Media{Sessions: s.Sessions, FreePorts: s.FreePairs, Relayed: s.Relayed.Packets,
			Forwarded: s.Kernel.Packets, Flows: s.Flows, InKernel: s.InKernel,
			Dropped: d.Malformed + d.Source + d.Payload + d.Flood + d.Nowhere + d.Send}
	}
}

// softphone tells the registrar which phones are programs.
func softphone(shelf catalog.Source) func(*directory.Device) bool {
	return func(d *directory.Device) bool {
		m := shelf.Current().Model(d.Model)
		return m != nil && m.Kind == "softphone"
	}
}

// plugAndPlay hands a multicast SUBSCRIBE to provisioning's door.
func plugAndPlay(answer func(context.Context, pnpdoor.Ask) pnpdoor.Reply) registrar.EventHandler {
	return func(ctx context.Context, e registrar.EventRequest) registrar.EventAnswer {
		r := answer(ctx, pnpdoor.Ask{User: e.User, Params: e.Params, UserAgent: e.UserAgent, Source: e.Source, Local: e.Local})
		return registrar.EventAnswer{Status: r.Status, ContentType: r.ContentType, Body: r.Body, State: r.State}
	}
}
