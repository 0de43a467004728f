package quality

import (
	"math"
	"testing"
	"time"
)

// Figures as G.107 and G.113 give them: the default is R = 93.2 and MOS 4.41; loss and delay cost what they say.
func TestMOS(t *testing.T) {
	for _, c := range []struct {
		name   string
		l      Line
		r, mos float64
	}{
		{"nothing wrong", Line{Codec: "PCMA"}, 93.2, 4.41},
		{"unknown codec", Line{Codec: "speex"}, 93.2, 4.41},
		{"150 ms", Line{Codec: "PCMU", Delay: 150 * time.Millisecond}, 89.6, 4.33},
		{"400 ms", Line{Codec: "PCMU", Delay: 400 * time.Millisecond}, 59.1, 3.05},
		{"2 % lost", Line{Codec: "pcmu", Loss: 0.02}, 86.2, 4.23},
		{"10 % lost", Line{Codec: "PCMU", Loss: 0.1}, 66.1, 3.40},
		{"10 % lost in bursts", Line{Codec: "PCMU", Loss: 0.1, Burst: 4}, 58.8, 3.04},
		{"G.729", Line{Codec: "G729"}, 82.2, 4.11},
		{"all lost", Line{Codec: "GSM", Loss: 1}, 5.0, 1.0},
		{"impossible figures", Line{Codec: "PCMU", Loss: 7, Delay: time.Hour}, 0, 1},
		{"below nothing", Line{Codec: "PCMU", Loss: -1, Delay: -time.Hour}, 93.2, 4.41},
	} {
		if r, mos := Rating(c.l), MOS(c.l); math.Abs(r-c.r) > 0.15 || math.Abs(mos-c.mos) > 0.02 {
			t.Errorf("%s: R %.2f, MOS %.3f; want %.1f, %.2f", c.name, r, mos, c.r, c.mos)
		}
	}
	last := 5.0
	for loss := 0.0; loss <= 1; loss += 0.01 { // more loss is never better
		if m := MOS(Line{Codec: "PCMU", Loss: loss}); m > last {
			t.Errorf("%.0f %% lost: %.3f after %.3f", loss*100, m, last)
		} else {
			last = m
		}
	}
}
