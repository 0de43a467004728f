package mediatest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/zaf/g711"

	"cradle/media/codec"
	"cradle/media/rtp"
	"cradle/media/tone"
)

// window is how much of the newest sound is kept and judged: 400 ms, so that a bin is 2.5 Hz wide.
const window = 20 * frame

// Phone is one UDP socket with a mouth and an ear.
type Phone struct {
	pacer *Pacer
	conn  *net.UDPConn
	slot  int
	wait  sync.WaitGroup

	mouth  sync.Mutex
	to     netip.AddrPort
	tone   Tone
	sound  []byte // nil = silent
	begun  int    // packets sent before its beginning
	header rtp.Header
	sent   int
	packet []byte

	ear   sync.Mutex
	heard Heard
	ring  [window]int16
	at    int // samples ever written to ring
	ssrc  map[uint32]uint16

	events codec.Keys
	keys   []byte
}

// Phone opens a socket. Port 0 lets the kernel choose.
func (p *Pacer) Phone(local netip.AddrPort) (*Phone, error) {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(local))
	if err != nil {
		return nil, err
	}
	ph := &Phone{pacer: p, conn: conn, ssrc: map[uint32]uint16{},
		header: rtp.Header{Marker: true, Seq: uint16(rand.Uint32()), Time: rand.Uint32(), SSRC: rand.Uint32()}}
	ph.wait.Go(ph.listen)
	p.enter(ph)
	return ph, nil
}

// Addr is where the phone hears.
func (ph *Phone) Addr() netip.AddrPort {
	return ph.conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

// Close ends both directions and waits for the ear.
func (ph *Phone) Close() {
	ph.pacer.leave(ph)
	ph.conn.Close() //nolint:errcheck // only ends the reader
	ph.wait.Wait()
}

// SDP describes the phone: PCMU, PCMA and digits; direction is "sendrecv", "sendonly", "recvonly" or "inactive".
func (ph *Phone) SDP(direction string) []byte {
	a := ph.Addr()
	family := "IP4"
	if a.Addr().Is6() {
		family = "IP6"
	}
	return fmt.Appendf(nil, "v=0\r\no=phone 1 1 IN %[1]s %[2]s\r\ns=-\r\nc=IN %[1]s %[2]s\r\nt=0 0\r\nm=audio %[3]d RTP/AVP 0 8 101\r\n"+
		"a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=%[4]s\r\n",
		family, a.Addr(), a.Port(), direction)
}

// Say starts a tone to an address, or changes tone or address within the same RTP stream.
func (ph *Phone) Say(to netip.AddrPort, t Tone) {
	ph.mouth.Lock()
	defer ph.mouth.Unlock()
	if ph.sound == nil || ph.tone != t {
		ph.tone, ph.sound, ph.header.Marker = t, t.second(), true
	}
	ph.to, ph.header.Type = to, t.Type
}

// Play says sound of one's own over and over, at 8000 Hz and from its beginning: whole pieces of 20 ms.
func (ph *Phone) Play(to netip.AddrPort, pcm []int16, law uint8) {
	b := make([]byte, 0, len(pcm))
	for _, v := range pcm[:len(pcm)/frame*frame] {
		if law == PCMA {
			b = append(b, g711.EncodeAlawFrame(v))
		} else {
			b = append(b, g711.EncodeUlawFrame(v))
		}
	}
	ph.mouth.Lock()
	defer ph.mouth.Unlock()
	ph.to, ph.tone, ph.sound, ph.begun, ph.header.Type, ph.header.Marker = to, Tone{}, b, ph.sent, law, true
}

// Hush stops sending.
func (ph *Phone) Hush() {
	ph.mouth.Lock()
	defer ph.mouth.Unlock()
	ph.sound = nil
}

// Pause says by comfort noise (RFC 3389) that nothing more will be said for a while.
func (ph *Phone) Pause(to netip.AddrPort) {
	ph.mouth.Lock()
	defer ph.mouth.Unlock()
	ph.sound = nil
	h := ph.header
	h.Type, h.Marker = CN, false
	ph.header.Seq++
	ph.conn.WriteToUDPAddrPort(rtp.Append(nil, h, []byte{0x40}), to) //nolint:errcheck // judged by what is heard
}

// Sent counts packets.
func (ph *Phone) Sent() int {
	ph.mouth.Lock()
	defer ph.mouth.Unlock()
	return ph.sent
}

// speak sends the next 20 ms. Time goes on in silence, as RFC 3551 section 4.1 wants.
func (ph *Phone) speak() {
	ph.mouth.Lock()
	defer ph.mouth.Unlock()
	ph.header.Time += frame
	if ph.sound == nil {
		return
	}
	from := (ph.sent - ph.begun) % (len(ph.sound) / frame) * frame
	ph.packet = rtp.Append(ph.packet[:0], ph.header, ph.sound[from:from+frame])
	ph.header.Seq++
	ph.header.Marker = false
	if _, err := ph.conn.WriteToUDPAddrPort(ph.packet, ph.to); err == nil {
		ph.sent++
	}
}

// Heard is what came in since the last Forget.
type Heard struct {
	Packets  int
	Bytes    int // of payload
	Lost     int // sequence numbers that never came
	Disorder int // packets behind a later one, or twice
	Streams  int // different SSRCs
	Bad      int // no RTP, or no G.711
	Type     uint8
	From     netip.AddrPort
	First    time.Time
	Last     time.Time
}

// Heard tells what came in.
func (ph *Phone) Heard() Heard {
	ph.ear.Lock()
	defer ph.ear.Unlock()
	return ph.heard
}

// Keys are the digits that came as events of RFC 4733, since the phone was opened.
func (ph *Phone) Keys() string {
	ph.ear.Lock()
	defer ph.ear.Unlock()
	return string(ph.keys)
}

// Forget begins anew: figures and sound.
func (ph *Phone) Forget() {
	ph.ear.Lock()
	defer ph.ear.Unlock()
	ph.heard, ph.at = Heard{}, 0
	clear(ph.ssrc)
}

// Tone judges the newest 400 ms. With less than that nothing is heard yet.
func (ph *Phone) Tone(hz int) Verdict {
	ph.ear.Lock()
	defer ph.ear.Unlock()
	if ph.at < window {
		return Verdict{Hz: float64(hz), Level: silence}
	}
	s := make([]int16, 0, window)
	s = append(s, ph.ring[ph.at%window:]...)
	s = append(s, ph.ring[:ph.at%window]...)
	return Judge(s, rate, float64(hz))
}

// Await waits until the tone is heard. The error tells what was heard instead.
func (ph *Phone) Await(ctx context.Context, hz int) (Verdict, error) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		v := ph.Tone(hz)
		if v.Heard {
			return v, nil
		}
		select {
		case <-ctx.Done():
			return v, fmt.Errorf("tone %d Hz not heard: level %.1f dB, share %.2f, %+v", hz, v.Level, v.Share, ph.Heard())
		case <-tick.C:
		}
	}
}

func (ph *Phone) listen() {
	buf := make([]byte, 2048)
	for {
		n, from, err := ph.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		ph.hear(buf[:n], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()))
	}
}

func (ph *Phone) hear(b []byte, from netip.AddrPort) {
	ph.ear.Lock()
	defer ph.ear.Unlock()
	h, ok := rtp.Parse(b)
	if e, isKey := codec.ReadEvent(b[min(rtp.HeaderLen, len(b)):]); ok && h.Type == 101 && isKey {
		ph.order(h)
		if key, begins := ph.events.Packet(h.SSRC, h.Time, h.Seq, h.Marker, e); begins {
			ph.keys = append(ph.keys, key)
		}
		return
	}
	if !ok || h.Type != PCMU && h.Type != PCMA {
		ph.heard.Bad++
		return
	}
	ph.order(h)
	p := b[rtp.HeaderLen:]
	ph.heard.Packets++
	ph.heard.Bytes += len(p)
	ph.heard.Type, ph.heard.From, ph.heard.Last = h.Type, from, time.Now()
	if ph.heard.First.IsZero() {
		ph.heard.First = ph.heard.Last
	}
	for _, c := range p {
		v := g711.DecodeUlawFrame(c)
		if h.Type == PCMA {
			v = g711.DecodeAlawFrame(c)
		}
		ph.ring[ph.at%window] = v
		ph.at++
	}
}

// order finds gaps. A late packet fills its gap again.
func (ph *Phone) order(h rtp.Header) {
	want, known := ph.ssrc[h.SSRC]
	switch step := int16(h.Seq - want); {
	case !known:
		ph.heard.Streams++
	case step < 0:
		ph.heard.Disorder++
		if ph.heard.Lost > 0 {
			ph.heard.Lost--
		}
		return
	default:
		ph.heard.Lost += int(step)
	}
	if len(ph.ssrc) < 64 || known {
		ph.ssrc[h.SSRC] = h.Seq + 1
	}
}

// Press sends keys to an address as events of RFC 4733, within the stream of what is said: for each key durations that
// grow, and the end three times. They are not spread over time, which nobody who hears them asks for.
func (ph *Phone) Press(to netip.AddrPort, keys string) {
	ph.mouth.Lock()
	defer ph.mouth.Unlock()
	for i := range len(keys) {
		ph.header.Time += frame
		for n := 1; n <= 7; n++ {
			h := ph.header
			h.Type, h.Marker = 101, n == 1
			e := codec.Event{Key: keys[i], End: n >= 5, Volume: 10, Duration: uint16(min(n, 5) * frame)}
			ph.packet = rtp.Append(ph.packet[:0], h, codec.AppendEvent(nil, e))
			ph.header.Seq++
			ph.conn.WriteToUDPAddrPort(ph.packet, to) //nolint:errcheck // judged by what is heard
		}
		ph.header.Time += 5 * frame
	}
}

// Sing sends keys to an address as PCMU sound, 80 ms each and 60 ms apart, and returns when they are sent.
func (ph *Phone) Sing(to netip.AddrPort, keys string) {
	const down = 2 // from 16 to 8 kHz: both frequencies are far below the edge
	tick := time.NewTicker(interval)
	defer tick.Stop()
	wide := make([]int16, down*frame)
	ph.mouth.Lock()
	h := ph.header // its own time: that of the stream goes on meanwhile
	ph.mouth.Unlock()
	say := func(p *tone.Player) {
		clear(wide)
		if p != nil {
			p.Read(wide)
		}
		b := make([]byte, frame)
		for i := range b {
			b[i] = g711.EncodeUlawFrame(wide[down*i])
		}
		<-tick.C
		ph.mouth.Lock()
		defer ph.mouth.Unlock()
		h.Time += frame
		h.Type, h.Seq = PCMU, ph.header.Seq
		ph.packet = rtp.Append(ph.packet[:0], h, b)
		ph.header.Seq++
		ph.conn.WriteToUDPAddrPort(ph.packet, to) //nolint:errcheck // judged by what is heard
	}
	for i := range len(keys) {
		p := tone.Play(tone.Key(keys[i], 80))
		for range 4 {
			say(p)
		}
		for range 3 {
			say(nil)
		}
	}
	for range 10 { // what is still on its way to the ear is pushed through
		say(nil)
	}
}
