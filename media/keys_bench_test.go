package media

import (
	"runtime"
	"strconv"
	"testing"
	"time"

	"cradle/media/secure"
)

// keyed is a call of two parties that encrypt, each by a key of its own.
type keyed struct {
	raw
	out    secure.Out // of the one that speaks
	packet []byte
	seq    uint16
}

func keyedPair(b *testing.B, r *Relay, speaks, hears secure.Suite) *keyed {
	b.Helper()
	fa, pa := rawSocket(b)
	fb, pb := rawSocket(b)
	one, two := &secured{wire: &wire{addr: mustAddr(pa)}, key: secure.NewKey(speaks)}, &secured{wire: &wire{addr: mustAddr(pb)}, key: secure.NewKey(hears)}
	sa := session(b, r, Party{Encryption: required})
	sb := session(b, r, Party{With: sa, Encryption: required})
	mustSet(b, sa, one.say("RTP/SAVP", one.crypto(1)))
	mustSet(b, sb, two.say("RTP/SAVP", two.crypto(1)))
	k := &keyed{raw: joined(b, fa, fb, sa, sb), packet: roomy(packet(0, 0, 7))}
	if err := k.out.Use(one.key); err != nil {
		b.Fatal(err)
	}
	return k
}

// speak sends the next packet.
func (k *keyed) speak(b *testing.B, plain []byte) {
	k.seq++
	p := append(k.packet[:0], plain...)
	p[2], p[3] = byte(k.seq>>8), byte(k.seq)
	closed, ok := k.out.RTP(p)
	if !ok {
		b.Fatal("not closed")
	}
	send(k.from, closed)
}

// arrived waits for the newest packet; false: it is lost.
func (k *keyed) arrived(in []byte) bool {
	for end := time.Now().Add(200 * time.Millisecond); ; runtime.Gosched() {
		if n, e := recv(k.to, in); e == 0 {
			if n > 12 && in[2] == byte(k.seq>>8) && in[3] == byte(k.seq) {
				return true
			}
			continue // one that was given up
		}
		if time.Now().After(end) {
			return false
		}
	}
}

// BenchmarkRelayBetweenKeys is BenchmarkRelay from one key to another, as between two phones that both encrypt, however
// they agreed on the keys. Closing the packets of the one that speaks is in the time. A lost packet is said anew.
func BenchmarkRelayBetweenKeys(b *testing.B) {
	for _, suite := range secure.Offered {
		for _, calls := range []int{1, 64} {
			b.Run(suite.String()+"/"+strconv.Itoa(calls)+"calls", func(b *testing.B) { benchmarkKeys(b, suite, calls) })
		}
	}
}

func benchmarkKeys(b *testing.B, suite secure.Suite, calls int) {
	r, err := open(config(), 1<<30)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	ks := make([]*keyed, calls)
	for i := range ks {
		ks[i] = keyedPair(b, r, suite, suite)
	}
	plain, in, lost := packet(0, 0, 7), make([]byte, 2048), 0
	round := func() {
		for _, k := range ks {
			k.speak(b, plain)
		}
		for _, k := range ks {
			for tries := 0; !k.arrived(in); tries++ {
				if lost++; tries == 10 {
					b.Fatal("nothing comes through")
				}
				k.speak(b, plain)
			}
		}
	}
	round() // the first packet of a stream makes its state
	b.ReportAllocs()
	for b.Loop() {
		round()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(calls), "ns/packet")
	b.ReportMetric(float64(lost), "lost")
}
