package media

import (
	"cradle/media/audio"
	"cradle/media/codec"
	"cradle/media/rtp"
	"cradle/media/tone"
)

// Source is something that can be played.
type Source interface {
	// Read fills dst with sound at audio.Rate and gives how much there was; less than all is the end. It runs on the
	// reactor's thread: it must not wait, nor allocate.
	Read(dst []int16) int
}

// mouth is what an endpoint speaks with, of its reactor alone. It sends without a break, silence where it has nothing
// to say, so that no phone and no router between takes the call for dead.
type mouth struct {
	kind    codec.Kind // None: nothing is agreed yet
	wide    bool
	hushed  bool // the party wants nothing now
	header  rtp.Header
	enc     codec.Encoder
	down    *audio.Resampler
	source  Source
	through Source // what is said while nothing is played; nil: silence
	done    func()
	dial    dial
	pcm     [audio.Frame]int16
	narrow  [audio.Frame / 2]int16
	payload [codec.Clock / 50]byte
	packet  [rtp.HeaderLen + codec.Clock/50]byte
}

// dial are the digits an endpoint presses.
type dial struct {
	keys  []byte
	event uint8 // payload type of events; 0: they go as sound
	at    int   // frames of the present key that are done
}

const (
	keyFrames   = 5 // a key lasts 100 ms
	keyEnds     = 3 // its last packet is sent so often (RFC 4733 section 2.5.1.4)
	pauseFrames = 5
	maxKeys     = 64 // that may wait
)

// settle takes what was agreed with the party.
func (m *mouth) settle(a agreement) {
	m.hushed, m.dial.event = a.hushed, a.event
	if m.kind == a.kind && m.header.Type == a.pt {
		return
	}
	m.kind, m.header.Type, m.header.Marker, m.wide = a.kind, a.pt, true, a.kind == codec.G722
	m.enc.Reset(a.kind)
	if !m.wide && m.down == nil {
		m.down, _ = audio.NewResampler(audio.Rate, codec.Clock)
	}
}

// speak sends the next 20 ms.
func (re *reactor) speak(l *leg, n *endpoint) {
	m := &n.mouth
	if m.kind == codec.None {
		return
	}
	b, sent := m.pressing()
	if !sent {
		b = m.sound()
	}
	if b != nil && !m.hushed && !l.mute {
		if re.say(l, b, false) {
			n.report.sent(len(b))
		}
	}
	if !sent {
		m.header.Time += codec.Clock / 50
	}
}

// say sends a packet of our own to the leg's party, as those that are relayed go. False: it did not go.
func (re *reactor) say(l *leg, b []byte, control bool) bool {
	if l.armed { // closing needs room behind it
		b = append(re.buf[:0], b...)
	}
	return re.deliver(l, l, b, control)
}

// now is the time of the next packet in timestamps. Those of a key all bear the time at which it began.
func (m *mouth) now() uint32 {
	if d := &m.dial; d.event != 0 && d.at < keyFrames+keyEnds {
		return m.header.Time + uint32(d.at)*codec.Clock/50
	}
	return m.header.Time
}

// sound makes a packet of what is played.
func (m *mouth) sound() []byte {
	n := 0
	if m.source != nil {
		if n = m.source.Read(m.pcm[:]); n < len(m.pcm) {
			m.finish()
		}
	} else if m.through != nil {
		n = m.through.Read(m.pcm[:])
	}
	clear(m.pcm[n:])
	pcm := m.pcm[:]
	if !m.wide {
		pcm = m.down.Append(m.narrow[:0], pcm)
	}
	b := rtp.Append(m.packet[:0], m.header, m.enc.Append(m.payload[:0], pcm))
	m.header.Seq++
	m.header.Marker = false
	return b
}

// finish ends what is played and tells so.
func (m *mouth) finish() {
	m.source = nil
	if done := m.done; done != nil {
		m.done = nil
		done()
	}
}

// press takes a key to be sent behind those that are waiting.
func (m *mouth) press(key byte) {
	if len(m.dial.keys) < maxKeys && len(codec.AppendEvent(nil, codec.Event{Key: key})) > 0 {
		m.dial.keys = append(m.dial.keys, key)
	}
}

// pressing makes the packet of a key that is pressed. False: none is, and there is sound to send.
func (m *mouth) pressing() (b []byte, sent bool) {
	d := &m.dial
	if len(d.keys) == 0 {
		return nil, false
	}
	if d.event == 0 {
		m.sing()
		return nil, false
	}
	d.at++
	switch {
	case d.at <= keyFrames+keyEnds-1:
		e := codec.Event{Key: d.keys[0], End: d.at >= keyFrames, Volume: 10, Duration: uint16(min(d.at, keyFrames) * codec.Clock / 50)}
		h := m.header
		h.Type, h.Marker = d.event, d.at == 1
		b = rtp.Append(m.packet[:0], h, codec.AppendEvent(m.payload[:0], e))
		m.header.Seq++
		return b, true
	case d.at == keyFrames+keyEnds:
		m.header.Time += uint32(keyFrames+keyEnds-1) * codec.Clock / 50
	case d.at >= keyFrames+keyEnds+pauseFrames:
		d.keys, d.at = d.keys[1:], 0
	}
	return nil, false
}

// sing plays keys as sound, in place of what is played, and behind those that still sound.
func (m *mouth) sing() {
	d := &m.dial
	if s, still := m.source.(*song); still {
		s.keys = append(s.keys, d.keys[:min(len(d.keys), maxKeys-len(s.keys))]...)
	} else {
		m.source, m.done = &song{keys: d.keys}, nil
	}
	d.keys = nil
}

// song are keys as sound: 100 ms each, 100 ms between two.
type song struct {
	keys []byte
	now  *tone.Player
	at   int
}

func (s *song) Read(dst []int16) int {
	if len(s.keys) == 0 {
		return 0
	}
	if s.at < keyFrames {
		if s.now == nil {
			s.now = tone.Play(tone.Key(s.keys[0], 20*keyFrames))
		}
		s.now.Read(dst)
	} else {
		clear(dst)
	}
	if s.at++; s.at == keyFrames+pauseFrames {
		s.keys, s.at, s.now = s.keys[1:], 0, nil
	}
	return len(dst)
}
