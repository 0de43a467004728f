package calls_test

import (
	"strings"
	"testing"
	"time"

	"cradle/calls/calltest"
	"cradle/calls/event"
)

// next waits for an event of a kind; false: another came first that is not to come.
func nextEvent(t *testing.T, w *event.Watcher, want event.Kind) event.Event {
	t.Helper()
	end := time.After(calltest.Timeout)
	for {
		select {
		case e := <-w.C():
			if e.Kind == want {
				return e
			}
			if e.Kind == event.OneWay {
				t.Fatalf("told: %+v", e)
			}
		case <-end:
			t.Fatalf("no event %s", want)
		}
	}
}

// One party is heard and the other is not: it is told, with whom. While one is on hold, and when both are heard, it is not.
func TestOneWayAudioIsTold(t *testing.T) {
	b, anna, bert := two(t)
	events := b.Exchange.Events().Watch()
	defer events.Close()
	out, in, ok := talk(t, anna, bert, "102")
	begin := time.Now()
	anna.Say(ok.Body(), 440)
	e := nextEvent(t, events, event.OneWay)
	if took := e.Time.Sub(begin); took > 5*time.Second {
		t.Errorf("told after %v", took)
	}
	if e.By != "callee" || e.ToDevice != b.Devices[1].ID {
		t.Errorf("%+v", e)
	}
	bert.Say(in.Invite().Body(), 700)
	anna.Hear(700)
	bert.Hear(440)
	out.Bye()
	in.TakeBye()
	nextEvent(t, events, event.Ended)
}

// A phone that says by comfort noise that its user is silent is not one that is not heard, announced or not.
func TestComfortNoiseIsHeard(t *testing.T) {
	for _, formats := range []string{"RTP/AVP 0 8 13 101", "RTP/AVP 0 8 101"} {
		t.Run(formats, func(t *testing.T) {
			t.Parallel()
			b, anna, bert := two(t)
			events := b.Exchange.Events().Watch()
			defer events.Close()
			out := anna.Call("102", []byte(strings.Replace(string(anna.SDP("sendrecv")), "RTP/AVP 0 8 101", formats, 1)))
			in := bert.Incoming()
			in.Reply(200, []byte(strings.Replace(string(bert.SDP("sendrecv")), "RTP/AVP 0 8 101", formats, 1)))
			ok := out.Last()
			out.Ack(ok, nil)
			anna.Say(ok.Body(), 440)
			bert.Say(in.Invite().Body(), 700)
			anna.Hear(700)
			bert.Media.Pause(calltest.MediaAddr(t, in.Invite().Body()))
			from := anna.Media.Sent()
			calltest.Eventually(t, "anna speaks for 5 s", func() bool { return anna.Media.Sent() >= from+250 })
			out.Bye()
			in.TakeBye()
			nextEvent(t, events, event.Ended) // and none of one way
			if n := b.Exchange.Totals().OneWay; n != 0 {
				t.Errorf("%d times told", n)
			}
		})
	}
}
