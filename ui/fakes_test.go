package ui

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"cradle/directory"
	"cradle/ui/live"
)

// feed is a feed of the tests: many listeners, bounded, never waiting.
type feed[T any] struct {
	mu   sync.Mutex
	subs map[*sub[T]]struct{}
}

type sub[T any] struct {
	f *feed[T]
	c chan T
}

func (f *feed[T]) watch() *sub[T] {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.subs == nil {
		f.subs = map[*sub[T]]struct{}{}
	}
	s := &sub[T]{f: f, c: make(chan T, 64)}
	f.subs[s] = struct{}{}
	return s
}

func (f *feed[T]) say(v T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for s := range f.subs {
		select {
		case s.c <- v:
		default:
		}
	}
}

func (s *sub[T]) C() <-chan T { return s.c }

func (s *sub[T]) Close() {
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	if _, open := s.f.subs[s]; open {
		delete(s.f.subs, s)
		close(s.c)
	}
}

// fakeRegistrar knows who the test says is registered.
type fakeRegistrar struct {
	feed feed[[]string]
	mu   sync.Mutex
	live map[string]live.Registration
}

func (f *fakeRegistrar) register(account string) {
	f.mu.Lock()
	if f.live == nil {
		f.live = map[string]live.Registration{}
	}
	f.live[account] = live.Registration{Account: account, Source: netip.MustParseAddrPort("127.0.0.5:5060"), Transport: "udp",
		UserAgent: "Test 1.0", Since: time.Now(), Expires: time.Now().Add(time.Hour)}
	f.mu.Unlock()
	f.feed.say([]string{account})
}

func (f *fakeRegistrar) Registrations(account string) []live.Registration {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r, ok := f.live[account]; ok {
		return []live.Registration{r}
	}
	return nil
}

func (f *fakeRegistrar) Count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.live)
}

func (f *fakeRegistrar) Watch() live.Feed[[]string] { return f.feed.watch() }

// fakeProvisioning has the steps the test puts in.
type fakeProvisioning struct {
	feed  feed[[]live.Step]
	mu    sync.Mutex
	steps map[directory.MAC][]live.Step
}

func (f *fakeProvisioning) step(s live.Step) {
	f.mu.Lock()
	if f.steps == nil {
		f.steps = map[directory.MAC][]live.Step{}
	}
	f.steps[s.MAC] = append(f.steps[s.MAC], s)
	f.mu.Unlock()
	f.feed.say([]live.Step{s})
}

func (f *fakeProvisioning) Steps(mac directory.MAC) []live.Step {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]live.Step(nil), f.steps[mac]...)
}

func (f *fakeProvisioning) Watch() live.Feed[[]live.Step] { return f.feed.watch() }

func (f *fakeProvisioning) Models() []live.Model {
	return []live.Model{
		{Name: "acme-one", Vendor: "Acme", Label: "Acme One", Lines: 2},
		{Name: "acme-two", Vendor: "Acme", Label: "Acme Two", Lines: 6, Firmware: "2.1"},
		{Name: "acme-soft", Vendor: "Acme", Label: "Acme Soft", Lines: 1, Program: true},
	}
}

// fakeCalls has the calls the test puts in.
type fakeCalls struct {
	feed    feed[live.CallNews]
	mu      sync.Mutex
	up      []live.Call
	records []directory.CallRecord
}

func (f *fakeCalls) begin(c live.Call) {
	f.mu.Lock()
	f.up = append(f.up, c)
	f.mu.Unlock()
	f.feed.say(live.CallNews{Call: c})
}

func (f *fakeCalls) Calls() []live.Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]live.Call(nil), f.up...)
}

func (f *fakeCalls) Listened() live.Listened {
	return live.Listened{Classes: map[string]uint64{"high": 7, "poor": 1}, OneWay: 2, Reports: 3}
}

func (f *fakeCalls) Watch() live.Feed[live.CallNews] { return f.feed.watch() }

func (f *fakeCalls) Records(_ context.Context, org directory.ID, after string, n int) ([]directory.CallRecord, string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var mine []directory.CallRecord
	begun := after == ""
	for _, r := range f.records {
		if r.Organization != org {
			continue
		}
		if !begun {
			begun = string(r.ID) == after
			continue
		}
		if len(mine) == n {
			return mine, string(mine[n-1].ID), nil
		}
		mine = append(mine, r)
	}
	return mine, "", nil
}

// fakeResync notes what it was asked; err is what it answers.
type fakeResync struct {
	mu    sync.Mutex
	asked []directory.ID
	err   error
}

func (f *fakeResync) Resync(_ context.Context, device directory.ID, _ bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, device)
	return f.err
}

func (f *fakeResync) State(device directory.ID) live.ResyncState {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, d := range f.asked {
		if d == device {
			return live.ResyncState{Status: "applied", Reason: "read", At: time.Now()}
		}
	}
	return live.ResyncState{}
}
