package kernel

import (
	"math/rand/v2"
	"testing"

	"cradle/media/rtp"
)

// The figures of a stream must be those that rtp.Receiver has of it, however it comes.
func TestMeasuresAsTheReceiverDoes(t *testing.T) {
	p := open(t, 8)
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 20 {
		var r rtp.Receiver
		r.Retime(470)
		r.Packet(99, 99*160, 7, 0, true)
		f := flow()
		f.Seq, f.Seen, f.Patience = 99, r.Seen(), r.Patience()
		s := put(t, p, f, 1, 1<<30)
		var start int64
		for i, at := 0, 100; i < 2000; i++ {
			at += 1 + random.IntN(8)/7*random.IntN(70)
			seq := uint16(at - random.IntN(4)/3*random.IntN(70))
			if step := seq - s.Read().Seq; step >= maxDropout && int(step) <= 1<<16-maxMisorder {
				continue // goes up
			}
			late := uint32(random.IntN(5)/4*random.IntN(10)) * 100
			h := rtp.Header{Type: 8, Seq: seq, Time: uint32(seq)*160 - late, SSRC: 7}
			if v, _ := run(t, p, frame(phone, here, rtp.Append(nil, h, nil))); v != redirected {
				t.Fatalf("%d: verdict %d", seq, v)
			}
			if last := s.Read().Last; start == 0 {
				start = last
				r.Retime(470) // the clocks differ: it is measured from here
			}
			r.Packet(h.Seq, h.Time, 7, uint32((s.Read().Last-start)*8/1e6), true)
		}
		got := s.Read()
		_, highest := r.At()
		if got.Seq != highest || got.Seen != r.Seen() || uint64(got.Late) != r.Late() || uint64(got.Doubled) != r.Doubled() {
			t.Errorf("round %d: %+v, the receiver has %d, %x, %d late, %d doubled", round, got, highest, r.Seen(), r.Late(), r.Doubled())
		}
		if d := int(got.Jitter) - int(r.Jitter()); d < -3 || d > 3 {
			t.Errorf("round %d: jitter %d, the receiver has %d", round, got.Jitter, r.Jitter())
		}
		if round == 0 && (got.Late == 0 || got.Doubled == 0 || got.Jitter == 0) {
			t.Errorf("nothing happened: %+v", got)
		}
	}
}
