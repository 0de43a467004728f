package main

import (
	"time"

	"cradle/calls"
	"cradle/directory"
	"cradle/registrar"
	"cradle/registrar/trace"
	"cradle/ui/live"
)

// liveSight shows the portal what phones and the appliance say to each other.
type liveSight struct {
	r *registrar.Registrar
	x *calls.Exchange
}

func (l liveSight) Past(account string) live.Past {
	p := l.r.Past(account)
	out := live.Past{Flapping: p.Flapping, RoundTrip: p.RoundTrip}
	for _, s := range p.Steps {
		out.Steps = append(out.Steps, live.PastStep(s))
	}
	return out
}

func (l liveSight) StartTrace(s live.TraceSubject, by string, d time.Duration) (live.Trace, error) {
	subject := trace.Subject{Organization: string(s.Organization), Name: s.Name, Accounts: s.Accounts}
	if s.Call != "" {
		subject.CallIDs = l.x.CallIDs(s.Call)
	}
	info, err := l.r.StartTrace(subject, by, d)
	return liveTrace(info), err
}

func (l liveSight) Traces() []live.Trace {
	list := l.r.Traces().List()
	out := make([]live.Trace, 0, len(list))
	for _, t := range list {
		out = append(out, liveTrace(t))
	}
	return out
}

func (l liveSight) Trace(id string) (live.Trace, []live.TraceMessage, bool) {
	info, list, ok := l.r.Traces().Get(id)
	out := make([]live.TraceMessage, 0, len(list))
	for _, m := range list {
		out = append(out, live.TraceMessage{At: m.At, In: m.In, Local: m.Local, Remote: m.Remote, Transport: m.Transport, Text: string(m.Data)})
	}
	return liveTrace(info), out, ok
}

func (l liveSight) StopTrace(id string) bool   { return l.r.Traces().Stop(id) }
func (l liveSight) DeleteTrace(id string) bool { return l.r.Traces().Delete(id) }

func (l liveSight) Ladder(id string) string {
	info, list, _ := l.r.Traces().Get(id)
	return trace.Ladder(info, list)
}

func (l liveSight) Capture(id string) []byte {
	_, list, _ := l.r.Traces().Get(id)
	return trace.Pcap(list)
}

func (l liveSight) Load() live.SIPLoad { return live.SIPLoad(l.r.Load()) }

func liveTrace(t trace.Info) live.Trace {
	return live.Trace{ID: t.ID, Organization: directory.ID(t.Subject.Organization), Name: t.Subject.Name, By: t.By,
		Started: t.Started, Ends: t.Ends, Running: t.Running, Messages: t.Messages, Dropped: t.Dropped}
}
