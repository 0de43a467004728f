package event

import "testing"

func TestEveryReaderHears(t *testing.T) {
	var f Feed
	a, b := f.Watch(), f.Watch()
	defer a.Close()
	f.Publish(Event{Kind: Ringing, From: "101"})
	if e := <-a.C(); e.Kind != Ringing || e.From != "101" {
		t.Fatalf("first reader got %+v", e)
	}
	b.Close()
	b.Close() // twice does no harm
	f.Publish(Event{Kind: Ended})
	if e := <-a.C(); e.Kind != Ended {
		t.Fatalf("got %+v", e)
	}
	if e, ok := <-b.C(); !ok || e.Kind != Ringing {
		t.Fatalf("what was sent before Close is lost: %+v %v", e, ok)
	}
	if _, ok := <-b.C(); ok {
		t.Fatal("a closed reader still hears")
	}
}

func TestSlowReaderIsToldAndNeverWaitedFor(t *testing.T) {
	var f Feed
	w := f.Watch()
	defer w.Close()
	for range 3 * depth {
		f.Publish(Event{Kind: Ringing})
	}
	for range depth {
		if e := <-w.C(); e.Kind != Ringing {
			t.Fatalf("got %v within the first %d", e.Kind, depth)
		}
	}
	f.Publish(Event{Kind: Answered})
	if e := <-w.C(); e.Kind != Lost {
		t.Fatalf("after an overflow came %v, want %v", e.Kind, Lost)
	}
	if e := <-w.C(); e.Kind != Answered {
		t.Fatalf("then came %v", e.Kind)
	}
}
