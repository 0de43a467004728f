package media

import (
	"cradle/media/audio"
	"cradle/media/codec"
	"cradle/media/rtp"
	"cradle/media/tone"
)

// Digits says how dialled digits are heard.
type Digits uint8

// The ways.
const (
	Auto    Digits = iota // as events where the party announced them, or else in the sound
	Events                // RFC 4733 only
	InSound               // in the sound only
	ByInfo                // by SIP INFO, which is not media's: none is heard here
)

// ear is what an endpoint hears with, of its reactor alone.
type ear struct {
	digits  Digits
	pressed func(key byte)
	sink    func(pcm []int16)
	across  *across         // where what is heard is said to another party
	kinds   [128]codec.Kind // by payload type
	events  [2]uint64       // payload types that are telephone-event
	listens bool            // sound is looked at for digits
	keys    codec.Keys
	sounds  *tone.Keys
	fax     tone.Fax
	faxed   func() // is told that the party is a fax; nil: it is not looked for
	play    *audio.Playout
	pcm     [audio.Frame]int16
}

// settle takes what was agreed with the party.
func (e *ear) settle(a agreement) {
	e.kinds, e.events = a.kinds, a.events
	e.listens = e.pressed != nil && (e.digits == InSound || e.digits == Auto && !a.known)
	if e.listens && e.sounds == nil {
		e.sounds = new(tone.Keys)
	}
	e.need()
	if e.play != nil {
		e.play.Listen = nil
	}
	if e.listens || e.faxed != nil && e.play != nil {
		e.play.Listen = e.look
	}
}

// look searches what the party said for digits, and for a fax. It is not given what playing out made up in place of packets that are
// late: a hole in the middle of a key must not make two of it.
func (e *ear) look(pcm []int16) {
	if e.listens {
		e.sounds.Hear(pcm, e.pressed)
	}
	if e.faxed != nil {
		e.fax.Hear(pcm, e.faxed)
	}
}

// need opens the way for sound where somebody wants it.
func (e *ear) need() {
	if e.play == nil && (e.listens || e.sink != nil) {
		e.play = new(audio.Playout)
	}
}

// hear takes one packet that was let in.
func (e *ear) hear(h rtp.Header, b []byte) {
	if e.events[h.Type>>6]&(1<<(h.Type&63)) != 0 {
		if ev, ok := codec.ReadEvent(rtp.Payload(b)); ok && e.digits != InSound && e.digits != ByInfo {
			if key, begins := e.keys.Packet(h.SSRC, h.Time, h.Seq, h.Marker, ev); begins && e.pressed != nil {
				e.pressed(key)
			}
		}
		return
	}
	if e.play != nil {
		e.play.Push(e.kinds[h.Type], h.Seq, h.Time, rtp.Payload(b))
	}
}

// frame hears 20 ms.
func (e *ear) frame() {
	if !e.listens && e.sink == nil {
		return
	}
	pcm := e.play.Pull(e.pcm[:0])
	if e.across != nil && e.listens {
		pcm = e.across.later(pcm, e.sounds.Held())
	}
	if e.sink != nil {
		e.sink(pcm)
	}
}
