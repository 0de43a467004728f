package calls_test

import (
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/calltest"
	"cradle/directory"
	"cradle/media"
)

// TestAnswers walks through the table of answers in the contract.
func TestAnswers(t *testing.T) {
	b := calltest.Start(t, calltest.NewOffice(t, 4), calltest.Settings{})
	free := b.AddDevice(t, "") // a hot-desk phone without anybody
	lobby := b.AddDevice(t, "")
	b.Update(t, func(tx *directory.Tx) error {
		d := *tx.Snapshot().Device(lobby.ID)
		d.Step = directory.StepLobby
		if err := tx.PutDevice(&d); err != nil {
			return err
		}
		alone := *tx.Snapshot().Device(free.ID)
		alone.NeverShared = true
		if err := tx.PutDevice(&alone); err != nil {
			return err
		}
		_, err := tx.Sit(directory.SitRequest{Extension: b.Extensions[3].ID, At: b.Devices[2].At(1), How: directory.HowPortal, Force: true})
		return err
	})
	anna, bert := b.Phone(0, calltest.Options{}), b.Phone(1, calltest.Options{})
	cases := []struct {
		name   string
		from   int // index of the phone
		to     string
		sdp    string
		status int
		reason string
	}{
		{name: "unknown number", to: "999", status: 404},
		{name: "known, nobody registered", to: "104", status: 480},
		{name: "a base extension whose phone has a guest", to: "103", status: 486},
		{name: "own number, one line", to: "101", status: 486},
		{name: "encrypted media demanded", to: "102", sdp: "RTP/SAVP", status: 488},
		{name: "no audio at all", to: "102", sdp: "none", status: 488},
		{name: "a phone at which nobody may sit", from: 4, to: "102", status: 403, reason: "Nobody Logged In"},
		{name: "a vacated phone", from: 3, to: "102", status: 403, reason: "Logged In Elsewhere"},
		{name: "a phone in the lobby", from: 5, to: "102", status: 403, reason: "Phone Not Approved"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := anna
			if c.from > 0 {
				p = b.Phone(c.from, calltest.Options{})
			}
			sdp := p.SDP("sendrecv")
			switch c.sdp {
			case "":
			case "none":
				sdp = []byte("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n")
			default:
				sdp = []byte(strings.Replace(string(sdp), "RTP/AVP", c.sdp, 1))
			}
			res := p.Call(c.to, sdp).Expect(c.status)
			if c.reason != "" && res.Reason != c.reason {
				t.Errorf("the phone is told %q, want %q", res.Reason, c.reason)
			}
		})
	}
	bert.Silent(50 * time.Millisecond)
	calltest.Eventually(t, "no call is left", func() bool { return len(b.Exchange.Calls()) == 0 })
}

func TestBusyAndDeclined(t *testing.T) {
	for phone, caller := range map[int]int{486: 486, 600: 486, 603: 603, 480: 480, 500: 480, 302: 480, 488: 488} {
		_, anna, bert := two(t)
		out := anna.Call("102", anna.SDP("sendrecv"))
		bert.Incoming().Reply(phone, nil)
		if phone == 488 { // it is asked once more, with our codecs beside the caller's
			bert.Incoming().Reply(phone, nil)
		}
		out.Expect(caller)
	}
}

func TestNobodyAnswers(t *testing.T) {
	b, anna, bert := two(t)
	b.Update(t, func(tx *directory.Tx) error { return tx.SetLimit("ring_seconds", 1) })
	out := anna.Call("102", anna.SDP("sendrecv"))
	in := bert.Incoming()
	in.Reply(180, nil)
	started := time.Now()
	cancel := in.TakeCancel()
	if d := time.Since(started); d < 500*time.Millisecond || d > 3*time.Second {
		t.Errorf("rang for %v, not for about a second", d)
	}
	if h := cancel.GetHeader("reason"); h == nil || strings.Contains(h.Value(), "cause=200") {
		t.Errorf("a missed call must not look as if it was answered elsewhere: %v", h)
	}
	if res := out.Expect(480); res.Reason != "No Answer" {
		t.Errorf("the caller is told %q", res.Reason)
	}
}

func TestOverTheLimit(t *testing.T) {
	b, anna, bert := two(t)
	b.Update(t, func(tx *directory.Tx) error { return tx.SetLimit("calls_per_device", 1) })
	first := anna.Call("102", anna.SDP("sendrecv"))
	in := bert.Incoming()
	res := anna.Call("102", anna.SDP("sendrecv")).Expect(503)
	if res.GetHeader("retry-after") == nil {
		t.Error("503 without Retry-After")
	}
	in.Reply(486, nil)
	first.Expect(486)
	// room again, also for an emergency call, which counts apart
	again := anna.Call("102", anna.SDP("sendrecv"))
	bert.Incoming().Reply(486, nil)
	again.Expect(486)
}

func TestNoPortsLeft(t *testing.T) {
	b := calltest.Start(t, calltest.NewOffice(t, 2), calltest.Settings{Ports: [2]int{34000, 34003}}) // two pairs
	anna, bert := b.Phone(0, calltest.Options{}), b.Phone(1, calltest.Options{})
	first := anna.Call("102", anna.SDP("sendrecv"))
	in := bert.Incoming()
	res := anna.Call("102", anna.SDP("sendrecv")).Expect(503)
	if res.GetHeader("retry-after") == nil {
		t.Error("503 without Retry-After")
	}
	in.Reply(486, nil)
	first.Expect(486)
	var s media.RelayStats
	calltest.Eventually(t, "ports come back", func() bool { s = b.Media.Stats(); return s.FreePairs == 2 })
}

func TestEmergency(t *testing.T) {
	b := calltest.Start(t, calltest.NewOffice(t, 2), calltest.Settings{})
	free := b.AddDevice(t, "")
	desk := b.Phone(0, calltest.Options{}) // the emergency route
	b.Update(t, func(tx *directory.Tx) error { return tx.SetLimit("calls_per_device", 1) })
	nobody := b.Phone(2, calltest.Options{})
	out := nobody.Call("911", nobody.SDP("sendrecv"))
	in := desk.Incoming()
	from := in.Invite().From()
	if !strings.HasPrefix(from.DisplayName, "EMERGENCY "+free.PhoneID) || !strings.Contains(from.DisplayName, "Head office, Desk 3") {
		t.Errorf("the route is shown %q, without caller or place", from.DisplayName)
	}
	if h := in.Invite().GetHeader("priority"); h == nil || h.Value() != "emergency" {
		t.Errorf("Priority: %v", h)
	}
	// limits do not hold it up: a second one at once passes, a third is over the budget of its own
	second := nobody.Call("911", nobody.SDP("sendrecv"))
	other := desk.Incoming()
	nobody.Call("911", nobody.SDP("sendrecv")).Expect(503)
	for i, d := range []*calltest.Dialog{in, other} {
		d.Reply(486, nil)
		[]*calltest.Dialog{out, second}[i].Expect(486)
	}
	// nowhere to go: 503 and an alarm
	b.Update(t, func(tx *directory.Tx) error {
		s := *tx.Snapshot().Site(b.Site.ID)
		s.EmergencyRoute = ""
		return tx.PutSite(&s)
	})
	nobody.Call("911", nobody.SDP("sendrecv")).Expect(503)
}

func TestWhatIsNotUnderstood(t *testing.T) {
	_, anna, bert := two(t)
	sdp := anna.SDP("sendrecv")
	res := anna.Call("102", sdp, sip.NewHeader("Require", "timer, 100rel")).Expect(420)
	if h := res.GetHeader("unsupported"); h == nil || h.Value() != "100rel" {
		t.Errorf("Unsupported: %v", h)
	}
	bert.Silent(20 * time.Millisecond)
}

// Who calls is told that it is tried where nothing else is said soon, and at once
// before something that may take its time, such as a connection.
func TestTrying(t *testing.T) {
	_, anna, bert := two(t)
	out, in := anna.Call("102", anna.SDP("sendrecv")), bert.Incoming()
	out.Expect(100) // nobody says anything
	in.Reply(486, nil)
	out.Expect(486)
	b := calltest.Start(t, calltest.NewOffice(t, 2), calltest.Settings{})
	anna, bert = b.Phone(0, calltest.Options{}), b.Phone(1, calltest.Options{TCP: true})
	rings := make(chan *calltest.Dialog)
	go func() {
		in := bert.Incoming()
		in.Reply(180, nil) // at once
		rings <- in
	}()
	out = anna.Call("102", anna.SDP("sendrecv"))
	out.Expect(100)
	out.Expect(180)
	in = <-rings
	in.Reply(486, nil)
	out.Expect(486)
}
