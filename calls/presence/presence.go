// Package presence tells phones how things stand with people: who talks or is
// rung (dialog), who is there (presence), whose messages wait (message-summary),
// and what their own keys for do-not-disturb and forwards stand at
// (as-feature-event). What phones publish comes here too: their owner's state, and
// how calls sounded (vq-rtcpxr).
//
// It listens to the feeds of calls, of the directory and of registrations, and
// tells the desk of subscriptions which keys have changed; the desk asks back
// for the state of each watcher. One package, one file; subject.go says who is
// watched, talks.go who talks.
package presence

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/calls"
	"cradle/calls/event"
	"cradle/directory"
	"cradle/media/quality"
	"cradle/registrar"
	"cradle/registrar/desk"
)

// Door is the front door as presence uses it; *registrar.Registrar satisfies it.
type Door interface {
	HandlePackage(registrar.EventPackage)
	Handle(sip.RequestMethod, registrar.Handler)
	Changed(keys ...string)
	Watch() *registrar.BindingWatch
	Lookup(account string) []registrar.Binding
	Subscribed(account string) []desk.Subscription
	Notify(ctx context.Context, account, event, contentType string, body []byte) error
}

// Calls is what presence asks of the exchange; *calls.Exchange satisfies it.
type Calls interface {
	Calls() []calls.Info
	Call(directory.ID) (calls.Info, bool)
	Report(device directory.ID, r quality.Report) bool
	Events() *event.Feed
}

// Config is what New needs; Log and Now may be left out.
type Config struct {
	Directory *directory.Directory
	Door      Door
	Calls     Calls
	Log       *slog.Logger
	Now       func() time.Time
}

// Presence is the room that is open. Use New before the door runs.
type Presence struct {
	c     Config
	log   *slog.Logger
	talks talks
	pubs  publications
	told  told
	stop  chan struct{}
	ctx   context.Context // ends with Close
	end   context.CancelFunc
	work  sync.WaitGroup
}

// New puts the event packages on the desk and begins to listen.
func New(c Config) *Presence {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	p := &Presence{c: c, log: c.Log.With("room", "presence"), stop: make(chan struct{})}
	p.ctx, p.end = context.WithCancel(context.Background())
	p.told.init()
	for _, pkg := range []registrar.EventPackage{
		{Name: "dialog", Expires: time.Hour, Accept: p.acceptWatch, State: p.dialogState},
		{Name: "presence", Expires: time.Hour, Accept: p.acceptWatch, State: p.presenceState},
		{Name: "message-summary", Expires: time.Hour, Accept: p.acceptOwn, State: p.summaryState},
		{Name: "as-feature-event", Expires: time.Hour, Accept: p.acceptFeature, State: p.featureState},
	} {
		c.Door.HandlePackage(pkg)
	}
	c.Door.Handle(sip.PUBLISH, p.publish)
	feeds := p.watch()
	p.talks.reload(c.Calls.Calls())
	p.work.Go(func() { p.listen(feeds) })
	for range tellers {
		p.work.Go(p.tell)
	}
	return p
}

// Close ends listening.
func (p *Presence) Close() {
	close(p.stop)
	p.end()
	p.work.Wait()
}

// feeds are what presence listens to.
type feeds struct {
	calls    *event.Watcher
	records  *directory.Watcher
	bindings *registrar.BindingWatch
}

func (p *Presence) watch() feeds {
	return feeds{p.c.Calls.Events().Watch(), p.c.Directory.Watch(), p.c.Door.Watch()}
}

// listen turns news into keys until Close.
func (p *Presence) listen(f feeds) {
	defer f.calls.Close()
	defer f.records.Close()
	defer f.bindings.Close()
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-p.stop:
			return
		case e, ok := <-f.calls.C():
			if !ok {
				return
			}
			p.heard(e)
		case changes, ok := <-f.records.C():
			if !ok {
				return
			}
			p.c.Door.Changed(p.recordKeys(changes)...)
		case changes, ok := <-f.bindings.C():
			if !ok {
				return
			}
			p.bound(changes)
		case <-t.C:
			p.c.Door.Changed(p.pubs.sweep(p.c.Now())...)
		}
	}
}

// heard takes in one event of a call.
func (p *Presence) heard(e event.Event) {
	if e.Kind == event.Lost {
		p.talks.reload(p.c.Calls.Calls())
		p.c.Door.Changed(everything)
		return
	}
	info, up := p.c.Calls.Call(e.Call)
	p.c.Door.Changed(p.talks.note(e.Call, info, up && e.Kind != event.Ended)...)
}

// bound takes in registrations: a person is there when a phone of his is.
func (p *Presence) bound(changes []registrar.BindingChange) {
	snap := p.c.Directory.Snapshot()
	var keys []string
	for _, c := range changes {
		if c.Overflow {
			p.c.Door.Changed(everything)
			return
		}
		acc := snap.Account(c.Account)
		if acc == nil {
			continue
		}
		e := snap.Sitting(acc.Device.At(acc.Line)).Extension
		if e == nil {
			continue
		}
		keys = append(keys, stateKey(e.ID))
		if e.SIP.ForceMWI && !c.Gone && !c.Binding.FlowLost {
			p.told.add(c.Account)
		}
	}
	p.c.Door.Changed(keys...)
}
