package calls

import (
	"testing"
	"time"

	"cradle/directory"
	"cradle/media"
)

func TestTheWorstPieceIsKept(t *testing.T) {
	var m measured
	now := media.Quality{Codec: "PCMU"}
	for i, lost := range []uint64{0, 0, 25, 0, 0} { // pieces of 250 packets
		now.Received, now.Lost = now.Received+250-lost, now.Lost+lost
		now.Jitter = time.Duration(i%3) * time.Millisecond
		if p, ok := m.look(now); !ok || p.Received != 250-lost || p.Lost != lost {
			t.Fatalf("piece %d: %+v", i, p)
		}
	}
	now.Received += few - 1
	if _, ok := m.look(now); ok {
		t.Error("a piece with next to nothing in it was judged")
	}
	m.end(now)
	if m.worst > 3.5 || m.worst < 2.5 || m.mos < 4.0 || m.mos > 4.3 || m.worstLoss != 0.1 || m.worstJitterMS != 2 {
		t.Errorf("%+v", m)
	}
	short := measured{}
	short.end(media.Quality{Codec: "PCMU", Received: 20, MOS: 4.2})
	if short.mos != 4.2 || short.worst != 4.2 {
		t.Errorf("a short call: %+v", short)
	}
}

// What is remembered for reports after the end has an end itself, and is bounded.
func TestEndedCallsAreForgotten(t *testing.T) {
	var a afterwards
	one := func(id string) {
		a.keep(&directory.CallRecord{Legs: []directory.LegRecord{{Device: "d"}}}, []string{id})
	}
	one("first")
	for range 2 {
		if _, ok := a.add("d", "first", &directory.PhoneReport{}); !ok {
			t.Fatal("not known any more after one generation")
		}
		a.turned = a.turned.Add(-2 * linger)
		one("next")
	}
	if _, ok := a.add("d", "first", &directory.PhoneReport{}); ok {
		t.Error("still known after two generations")
	}
	for i := range manyEnded + 10 {
		one(string(directory.NewID()))
		if len(a.legs) > manyEnded {
			t.Fatalf("%d are kept after %d", len(a.legs), i)
		}
	}
}
