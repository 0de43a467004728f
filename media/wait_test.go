package media

import (
	"sync/atomic"
	"testing"
	"time"
)

// A reactor asks for a processor when it becomes busy, gives it back when it is calm or ends, and asks once only.
func TestBusyReactorKeepsAProcessor(t *testing.T) {
	var more, asked atomic.Int64
	r := start(t, Config{Ports: [2]int{43400, 43419}, Cores: 1, Silence: 200 * time.Millisecond, Widen: func(by int) {
		more.Add(int64(by))
		asked.Add(1)
	}})
	re := r.reactors[0]
	flood := func() { // commands are work too
		stop := time.Now().Add(15 * time.Second)
		for more.Load() != 1 && time.Now().Before(stop) {
			for range 200 {
				re.post(func() {})
			}
			time.Sleep(time.Millisecond)
		}
	}
	session(t, r, Party{}).Close()
	until(t, "a tick has passed", func() (counted bool) {
		re.do(func() { counted = re.counted > 0 })
		return counted
	})
	if more.Load() != 0 {
		t.Fatal("a processor for nothing")
	}
	flood()
	if more.Load() != 1 {
		t.Fatal("busy, and no processor")
	}
	until(t, "it is given back, without a call", func() bool { return more.Load() == 0 })
	flood()
	if n := asked.Load(); n != 3 {
		t.Errorf("asked %d times", n)
	}
	r.Close()
	if n := more.Load(); n != 0 {
		t.Errorf("%d kept at the end", n)
	}
}
