package calls_test

import (
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
