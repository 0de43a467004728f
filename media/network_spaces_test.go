package media

import (
	"math"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"cradle/media/mediatest"
)

// behind is some phones in a network namespace, and a bad network between it and us.
type behind struct {
	tunnel *mediatest.Tunnel
	phones []*mediatest.Phone
	legs   []*Session
	ears   []*notes
}

// place makes the namespace: 10.81.N.1 is ours, 10.81.N.2 the phones'.
func place(t *testing.T, r *Relay, p *mediatest.Pacer, n int, is mediatest.Impairment, phones int) *behind {
	t.Helper()
	dev := "bad" + strconv.Itoa(n)
	here, err := mediatest.OpenTun(dev)
	if err != nil {
		t.Skip("no interface may be made here: ", err)
	}
	ip(t, "addr add 10.81."+strconv.Itoa(n)+".1/24 dev "+dev)
	ip(t, "link set "+dev+" up")
	ours, its := netip.AddrFrom4([4]byte{10, 81, byte(n), 1}), netip.AddrFrom4([4]byte{10, 81, byte(n), 2})
	b := &behind{}
	newElsewhere(t).do(func() {
		there, err := mediatest.OpenTun(dev)
		if err != nil {
			t.Error(err)
			return
		}
		ip(t, "addr add "+its.String()+"/24 dev "+dev)
		ip(t, "link set "+dev+" up")
		b.tunnel = mediatest.NewTunnel(here, there, is, uint64(n))
		for range phones {
			ph, err := p.Phone(netip.AddrPortFrom(its, 0))
			if err != nil {
				t.Error(err)
				return
			}
			b.phones = append(b.phones, ph)
		}
	})
	if len(b.phones) < phones {
		t.FailNow()
	}
	t.Cleanup(b.tunnel.Close)
	for _, ph := range b.phones {
		t.Cleanup(ph.Close)
		s, ear := session(t, r, Party{Local: ours, Signalled: its}), &notes{}
		mustSet(t, s, string(ph.SDP("sendrecv")))
		e, _ := local(t, s, EndpointConfig{Sound: ear.sound})
		e.Play(hums(1000), nil)
		ph.Say(at(s), mediatest.Tone{Hz: 450})
		b.legs, b.ears = append(b.legs, s), append(b.ears, ear)
	}
	return b
}

// Phones in namespaces of their own, with a bad network on the way here and back: every packet of theirs is impaired,
// reports as well. What is shown of the calls is what the network did, and both sides are heard.
func TestBadNetworksBetweenNamespaces(t *testing.T) {
	if !inside(t) {
		return
	}
	r := start(t, config())
	p := mediatest.NewPacer()
	defer p.Close()
	var all []*behind
	for i, n := range networks {
		all = append(all, place(t, r, p, i, n.is, 4))
	}
	<-time.After(8 * time.Second)
	for i, n := range networks {
		all[i].judge(t, n.name, n.is, n.tone, p)
	}
}

// judge compares both ways with what the network is.
func (b *behind) judge(t *testing.T, name string, is mediatest.Impairment, mustTone float64, p *mediatest.Pacer) {
	t.Helper()
	var in, out way
	tone, reports := 0.0, uint64(0)
	for k, ph := range b.phones {
		ph.Hush()
		s := b.legs[k]
		st, h := s.Stats(), ph.Heard()
		in.add(st.Received.Packets, st.Lost, st.Doubled)
		out.add(uint64(h.Packets), uint64(h.Lost), 0)
		tone += toneSNR(b.ears[k].all()) / float64(len(b.phones))
		if v := ph.Tone(1000); !v.Heard && is.Loss < 0.05 && p.Late() < disturbed {
			t.Errorf("%s: the phone hears %+v", name, v)
		}
		reports += st.ControlOut.Packets
	}
	did := b.tunnel.Did()
	t.Logf("%-13s here lost %.1f %%, doubled %.1f %%, there lost %.1f %%; tone %.1f dB; late %v; the network did %+v", name, 100*in.share(in.lost), 100*in.share(in.doubled),
		100*out.share(out.lost), tone, p.Late(), did)
	in.judge(t, name+", here", is)
	is.Duplicate = 0 // the phone does not count them apart
	out.judge(t, name+", there", is)
	if reports == 0 {
		t.Errorf("%s: no report went out", name)
	}
	if p.Late() < disturbed && tone < mustTone-3 {
		t.Errorf("%s: tone %.1f dB, must %.0f", name, tone, mustTone-3)
	}
}

// way are the figures of one direction.
type way struct{ packets, lost, doubled float64 }

func (w *way) add(packets, lost, doubled uint64) {
	w.packets, w.lost, w.doubled = w.packets+float64(packets), w.lost+float64(lost), w.doubled+float64(doubled)
}

func (w *way) share(of float64) float64 { return of / max(w.packets+w.lost-w.doubled, 1) }

// judge allows four standard deviations, and what is under way at the end.
func (w *way) judge(t *testing.T, what string, is mediatest.Impairment) {
	t.Helper()
	for kind, c := range map[string][2]float64{"lost": {w.share(w.lost), is.Loss}, "doubled": {w.share(w.doubled), is.Duplicate * (1 - is.Loss)}} {
		if off := math.Abs(c[0] - c[1]); w.packets < 200 || off > 4*math.Sqrt(c[1]/w.packets)+0.005 {
			t.Errorf("%s: %s %.3f of %.0f packets, the network's share is %.3f", what, kind, c[0], w.packets, c[1])
		}
	}
}
