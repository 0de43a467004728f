package registrar

import "testing"

// What is granted lies between three quarters and all of what was asked for,
// never below the least, and an office that booted together parts.
func TestExpiryIsSpread(t *testing.T) {
	for _, c := range []struct{ wish, least, low int64 }{{1000, 60, 750}, {100, 90, 90}, {60, 60, 60}, {300, 60, 225}} {
		granted := map[uint32]bool{}
		for range 500 {
			g := spread(c.wish, c.least)
			if int64(g) < c.low || int64(g) > c.wish {
				t.Fatalf("of %d, at least %d: granted %d", c.wish, c.least, g)
			}
			granted[g] = true
		}
		if want := min(int(c.wish-c.low+1), 5); len(granted) < want {
			t.Errorf("of %d: only %d different ones", c.wish, len(granted))
		}
	}
}
