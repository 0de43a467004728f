package calls_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/calls"
	"cradle/calls/calltest"
	"cradle/directory"
	"cradle/registrar"
)

// TestLossyLine: every third datagram is lost in each direction, and calls
// still come up, are held, and end on both sides.
func TestLossyLine(t *testing.T) {
	b := calltest.Start(t, calltest.NewOffice(t, 2), calltest.Settings{})
	bad := calltest.Lossy(t, b.Server, 3)
	anna, bert := b.Phone(0, calltest.Options{Server: bad}), b.Phone(1, calltest.Options{Server: bad})
	for round := range 3 {
		out := anna.Call("102", anna.SDP("sendrecv"))
		in := bert.Incoming()
		in.Reply(180, nil)
		in.Reply(200, bert.SDP("sendrecv"))
		ok := out.Expect(200)
		out.Ack(ok, nil)
		anna.Say(ok.Body(), 440+100*round)
		bert.Hear(440 + 100*round)
		if round == 1 {
			in.Bye()
			out.TakeBye()
			continue
		}
		out.Bye()
		in.TakeBye()
	}
	calltest.Eventually(t, "nothing is left", func() bool { return len(b.Exchange.Calls()) == 0 })
}

// faulty is a front door that panics when it is told to.
type faulty struct {
	calls.Registrar
	lookup, host atomic.Bool
}

func (f *faulty) Lookup(a string) []registrar.Binding {
	if f.lookup.Load() {
		panic("fault made by a test")
	}
	return f.Registrar.Lookup(a)
}

func (f *faulty) Host(b registrar.Binding) string {
	if f.host.Load() {
		panic("fault made by a test")
	}
	return f.Registrar.Host(b)
}

// TestFaultEndsOneCallOnly: a panic in a call ends that call with 500; others
// go on and new ones work.
func TestFaultEndsOneCallOnly(t *testing.T) {
	door := &faulty{}
	b := calltest.Start(t, calltest.NewOffice(t, 2), calltest.Settings{Wrap: func(r calls.Registrar) calls.Registrar { door.Registrar = r; return door }})
	anna, bert := b.Phone(0, calltest.Options{}), b.Phone(1, calltest.Options{})
	out, in, _ := talk(t, anna, bert, "102")
	for _, fault := range []*atomic.Bool{&door.lookup, &door.host} {
		fault.Store(true)
		anna.Call("102", anna.SDP("sendrecv")).Expect(500)
		fault.Store(false)
	}
	if res := out.Request(sip.UPDATE, "", nil); res.StatusCode != 200 {
		t.Errorf("the other call is hurt: %d", res.StatusCode)
	}
	out.Bye()
	in.TakeBye()
	out, in, _ = talk(t, anna, bert, "102")
	in.Bye()
	out.TakeBye()
	calltest.Eventually(t, "nothing is left", func() bool { return len(b.Exchange.Calls()) == 0 && !b.Exchange.Busy(b.Devices[0].ID) })
}

// TestLoops: an INVITE of ours that comes back, one that is out of hops, and
// one that arrives twice by different ways.
func TestLoops(t *testing.T) {
	_, anna, bert := two(t)
	hops := sip.MaxForwardsHeader(0)
	d := anna.Call("102", anna.SDP("sendrecv"), &hops)
	d.Expect(483)

	out := anna.Call("102", anna.SDP("sendrecv"))
	in := bert.Incoming()
	if got := in.Invite().MaxForwards().Val(); got != 69 {
		t.Errorf("Max-Forwards goes on as %d", got)
	}
	back := bert.Connected("101", bert.SDP("sendrecv"), func(req *sip.Request) {
		id := sip.CallIDHeader(in.Invite().CallID().Value())
		req.ReplaceHeader(&id)
		req.From().Params.Add("tag", in.Invite().From().Params.GetOr("tag", ""))
	})
	if back.StatusCode != 482 {
		t.Errorf("our own INVITE got %d, want 482", back.StatusCode)
	}
	twice := anna.Connected("102", anna.SDP("sendrecv"), func(req *sip.Request) {
		id := sip.CallIDHeader(out.Invite().CallID().Value())
		req.ReplaceHeader(&id)
		req.From().Params.Add("tag", out.Invite().From().Params.GetOr("tag", ""))
	})
	if twice.StatusCode != 482 {
		t.Errorf("a merged request got %d, want 482", twice.StatusCode)
	}
	in.Reply(486, nil)
	out.Expect(486)
}

// TestDrain: no new calls, those that are up may go on for a while, then BYE.
func TestDrain(t *testing.T) {
	b := calltest.Start(t, calltest.NewOffice(t, 3), calltest.Settings{})
	anna, bert, carl := b.Phone(0, calltest.Options{}), b.Phone(1, calltest.Options{}), b.Phone(2, calltest.Options{})
	out, in, _ := talk(t, bert, carl, "103")
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	drained := make(chan struct{})
	go func() { b.Exchange.Drain(ctx); close(drained) }()
	calltest.Eventually(t, "new calls are turned away", func() bool {
		res := anna.Call("102", anna.SDP("sendrecv")).Last()
		return res.StatusCode == 503 && res.GetHeader("retry-after") != nil
	})
	help := carl.Call("911", carl.SDP("sendrecv")) // an emergency call still passes
	anna.Incoming().Reply(486, nil)
	help.Expect(486)
	if h := out.TakeBye().GetHeader("reason"); h == nil || !strings.Contains(h.Value(), "shutting down") {
		t.Errorf("the reason given: %v", h)
	}
	in.TakeBye()
	<-drained
	if len(b.Exchange.Calls()) != 0 {
		t.Error("calls are left after Drain")
	}
}

// TestCallsCutByACrash: what was up when the process died is hung up after
// the restart, and its record is closed.
func TestCallsCutByACrash(t *testing.T) {
	folder, after := t.TempDir(), t.TempDir()
	office := calltest.OpenOffice(t, folder, 2)
	b := calltest.Start(t, office, calltest.Settings{})
	anna, bert := b.Phone(0, calltest.Options{}), b.Phone(1, calltest.Options{})
	out, in, _ := talk(t, anna, bert, "102")
	calltest.Eventually(t, "the call is noted", func() bool {
		items, err := office.Directory.Shelf("livecalls").Page("", 10)
		return err == nil && len(items) == 1
	})
	copyFolder(t, folder, after) // the disk as a crash would leave it now
	listen := b.Server.String()
	b.Close()
	out.TakeBye()
	in.TakeBye()

	office = calltest.OpenOffice(t, after, 2)
	b = calltest.Start(t, office, calltest.Settings{Listen: listen})
	for _, d := range []*calltest.Dialog{out, in} {
		bye := d.TakeBye()
		if h := bye.GetHeader("reason"); h == nil || !strings.Contains(h.Value(), "Cut by a restart") {
			t.Errorf("the reason given: %v", h)
		}
	}
	var records []directory.CallRecord
	calltest.Eventually(t, "the record is closed", func() bool {
		records, _, _ = b.Exchange.Records(t.Context(), office.Organization.ID, "", 10)
		return len(records) == 1
	})
	if r := records[0]; r.EndedBy != "system" || r.Reason != "cut by a restart" || r.From != "101" || r.Answered.IsZero() || r.Ended.IsZero() {
		t.Errorf("the record says %+v", r)
	}
	calltest.Eventually(t, "the note is gone", func() bool {
		items, err := office.Directory.Shelf("livecalls").Page("", 10)
		return err == nil && len(items) == 0
	})
}

func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	if err := filepath.WalkDir(from, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o600)
	}); err != nil {
		t.Fatal(err)
	}
}

// TestRecord: the book knows who talked to whom, how long, and what media saw.
func TestRecord(t *testing.T) {
	b, anna, bert := two(t)
	out, in, ok := talk(t, anna, bert, "102")
	anna.Say(ok.Body(), 440)
	bert.Hear(440)
	out.Bye()
	in.TakeBye()
	var records []directory.CallRecord
	calltest.Eventually(t, "the call is in the book", func() bool {
		records, _, _ = b.Exchange.Records(t.Context(), b.Organization.ID, "", 10)
		return len(records) == 1
	})
	r := records[0]
	if r.From != "101" || r.FromName != "Person 101" || r.To != "102" || r.Status != 200 || r.EndedBy != "caller" ||
		r.FromDevice != b.Devices[0].ID || r.ToDevice != b.Devices[1].ID || r.Answered.Before(r.Started) || r.Ended.Before(r.Answered) {
		t.Errorf("the record says %+v", r)
	}
	if len(r.Legs) != 2 || r.Legs[0].Codec != "PCMU" || r.Legs[0].Received < 20 || r.Legs[1].Sent < 20 {
		t.Errorf("the legs say %+v", r.Legs)
	}
}
