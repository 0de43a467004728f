package seating

import (
	"strconv"
	"testing"
	"time"
)

func TestPending(t *testing.T) {
	now := time.Unix(1000, 0)
	p := NewPending[int](2, time.Minute, func() time.Time { return now })
	held := func(key string, want int, there bool) {
		t.Helper()
		if got, ok := p.Held(key); got != want || ok != there {
			t.Errorf("%s: %d %v", key, got, ok)
		}
	}
	held("a", 0, false)
	p.Keep("a", 1)
	p.Keep("b", 2)
	p.Keep("c", 3) // one too many
	held("a", 1, true)
	held("c", 0, false)
	if got, ok := p.Take("a"); got != 1 || !ok {
		t.Errorf("taken: %d %v", got, ok)
	}
	if _, ok := p.Take("a"); ok {
		t.Error("taken twice")
	}
	now = now.Add(time.Minute)
	held("b", 2, true)
	now = now.Add(1)
	held("b", 0, false)
	for i := range 10 { // what is over makes room
		p.Keep(strconv.Itoa(i), i)
	}
	held("0", 0, true)
	held("1", 1, true)
	held("2", 0, false)
	if len(p.held) != 2 {
		t.Errorf("%d are held", len(p.held))
	}
}
