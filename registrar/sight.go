package registrar

import (
	"net/netip"
	"time"

	"cradle/registrar/sipmsg"
	"cradle/registrar/trace"
)

// StartTrace begins to keep what is said with a phone or in a call, without
// secrets, until d is over. Errors: trace.ErrTooMany, trace.ErrNobody.
func (r *Registrar) StartTrace(s trace.Subject, by string, d time.Duration) (trace.Info, error) {
	info, err := r.traces.Start(s, by, d, int(r.dir.Snapshot().Limit("traces")))
	if err == nil && r.edge != nil {
		r.edge.SetTap(r.tap)
	}
	return info, err
}

// Traces are those that run and those that have ended a while ago.
func (r *Registrar) Traces() *trace.Tracer { return r.traces }

func (r *Registrar) tap(in bool, local, remote netip.AddrPort, by sipmsg.Transport, b []byte) {
	r.traces.Tap(trace.Packet{In: in, Local: local, Remote: remote, Transport: by.String(), Data: b})
}

// traceUpkeep takes the tap off when nobody traces any more.
func (r *Registrar) traceUpkeep() {
	if r.edge != nil && !r.traces.On() {
		r.edge.SetTap(nil)
	}
}

func (r *Registrar) newTracer() *trace.Tracer {
	return trace.New(r.now, func(remote netip.AddrPort, transport string) string {
		return r.loc.AccountAt(remote, sipmsg.TransportOf(transport))
	})
}

// Load is what the door and its desk do, in numbers without names.
type Load struct {
	Subscriptions, Connections, Traces int
	// Since the start: NOTIFYs that phones took or not; messages that passed the
	// screen, or were answered or dropped by it.
	NotifiesTaken, NotifiesNot uint64
	Passed, Screened           uint64
}

// Load reads the counters.
func (r *Registrar) Load() Load {
	l := Load{Subscriptions: r.subs.Len(), Traces: len(r.traces.List())}
	l.NotifiesTaken, l.NotifiesNot = r.subs.Counts()
	if r.edge != nil {
		l.Connections = r.edge.Connections()
		l.Passed, l.Screened = r.edge.Passed.Load(), r.edge.Screened.Load()
	}
	return l
}
