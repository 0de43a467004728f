package media

import (
	"net/netip"
	"slices"
	"strconv"

	"cradle/media/rtp"
	"cradle/media/sdp"
)

// A browser sends and takes its sound and its pictures by one port, with one association and one ICE: a bundle (RFC
// 9143). The pictures then are a session and a leg of their own as ever, for what is said of them, for their partner and
// their figures; but the leg has no sockets, no keys and no checks: those are its carrier's, the leg of the sound.

// bundle is what a leg knows of it. Both pointers are nil where each has ports of its own.
type bundle struct {
	carrier *leg // of pictures: the leg by whose port they go. It never changes
	rider   *leg // of sound: the leg whose packets go by its port as well
	streams *streams
}

// streams are whose the packets are that pass the port of a bundle.
type streams struct{ came, went sources }

// sources are which SSRCs are of pictures, the newest over the oldest.
type sources struct {
	ssrc     [16]uint32
	pictures [16]bool
	n, next  int
}

func (s *sources) find(ssrc uint32) (pictures, known bool) {
	i := slices.Index(s.ssrc[:s.n], ssrc)
	return i >= 0 && s.pictures[i], i >= 0
}

func (s *sources) note(ssrc uint32, pictures bool) {
	if i := slices.Index(s.ssrc[:s.n], ssrc); i >= 0 {
		s.pictures[i] = pictures
		return
	}
	s.ssrc[s.next], s.pictures[s.next] = ssrc, pictures
	s.n = max(s.n, s.next+1)
	s.next = (s.next + 1) % len(s.ssrc)
}

// way is the leg by whose sockets and keys the party is sent to.
func (l *leg) way() *leg {
	if l.carrier != nil {
		return l.carrier
	}
	return l
}

// mount lets a leg ride on its carrier, which may then send the packets of both.
func (re *reactor) mount(l *leg) {
	c := l.carrier
	c.rider, c.rate, c.streams = l, 1+pictureRate, &streams{}
	c.rtp.budget = max(c.rtp.budget, 0) + pictureRate*re.perTick
}

// dismount is the end of it.
func (l *leg) dismount() {
	if c := l.carrier; c.rider == l {
		c.rider, c.rate = nil, 0
	}
}

// whose finds the leg that a packet is of which came to the port of a bundle: by its source, or else by its payload type
// (RFC 9143 section 9.2). nil: nobody's. That packets bear the tag of their line is never agreed on: the other party's
// lines have others, what comes from a phone has none, and who agreed on it looks for nothing else.
func (l *leg) whose(h rtp.Header) *leg {
	if pictures, known := l.streams.came.find(h.SSRC); known {
		return l.either(pictures)
	}
	pictures := l.rider.negotiated(h.Type)
	if pictures == l.negotiated(h.Type) {
		return nil
	}
	l.streams.came.note(h.SSRC, pictures)
	return l.either(pictures)
}

func (l *leg) either(pictures bool) *leg {
	if pictures {
		return l.rider
	}
	return l
}

// concerned says what a compound packet of RTCP speaks of that came to the port of a bundle, by the sources it names. A
// browser makes one for each stream. Where they are not known yet, what asks for pictures is of pictures.
func (l *leg) concerned(b []byte) (sound, pictures bool) {
	asks := false
	rtp.Walk(b, func(kind uint8, count int, p []byte) {
		asks = asks || kind == rtp.PictureRequest
		rtp.Sources(kind, count, p, func(ssrc uint32) {
			for _, s := range [...]*sources{&l.streams.came, &l.streams.went} {
				if of, known := s.find(ssrc); known {
					sound, pictures = sound || !of, pictures || of
				}
			}
		})
	})
	if !sound && !pictures {
		return !asks, asks
	}
	return sound, pictures
}

// unbundle passes RTCP on that came to the port of a bundle, to the partner of the sound, of the pictures, or both.
func (re *reactor) unbundle(l *leg, b []byte) {
	sound, pictures := l.concerned(b)
	if sound && pictures && l.peer != nil && l.rider.peer != nil && l.peer.way() != l.rider.peer.way() {
		copied := append(re.second[:0], b...) // each is closed in its place
		re.passControl(l.rider, copied)
		pictures = false
	}
	if pictures && (!sound || l.peer == nil) {
		l = l.rider
	}
	re.passControl(l, b)
}

// within makes a session of pictures that goes by the transport of another one.
func (r *Relay) within(p Party, of *Session) (*Session, error) {
	adv, err := advertised(p)
	if err != nil {
		return nil, err
	}
	s := newSession(r, p, adv, of.port)
	s.reactor, s.carrier, s.leg = of.reactor, of, newLeg(sockets{-1, -1}, netip.Addr{})
	s.leg.carrier = of.leg
	return s, r.begin(s)
}

// rides says whether the pictures in a line go by the transport of the sound.
func (w *word) rides(i int) bool {
	return w.user != "" && w.mux && w.Bundled(i) && w.Bundled(w.audio)
}

// rides says whether the party is to have pictures by the transport of its sound. An answer follows the offer. A browser
// can be offered it, as long as no two formats have one number: they would not be told apart.
func (s *Session) rides(sound *sdp.Line, m *sdp.Media, answer bool) bool {
	v := &s.video
	switch {
	case v.said != nil && (answer || v.side != nil):
		return v.said.bundled
	case !s.may.ICE || slices.ContainsFunc(m.Codecs, func(c sdp.Codec) bool { return !free(sound.From.Codecs, c.Type) }):
		return false
	}
	return s.remote == nil || s.remote.user != "" && s.remote.mux && s.remote.Bundled(s.remote.audio)
}

// ride writes the line of pictures that go by the transport of the sound. Where they are new in an offer they are on in
// the bundle only, so that who cannot have them so refuses them (RFC 9143 section 7.2.1). The transport is told of in the
// first line of the group, which in an answer is that of its offer (section 7.3.1).
func (s *Session) ride(layout []sdp.Media, lines []sdp.Line, sound, at int, m *sdp.Media, answer bool) {
	lines[at] = sdp.Line{Port: s.port, From: m, Mux: true, Bundled: true, Only: !answer && s.video.said == nil}
	if first := &lines[sound]; answer && slices.Index(s.remote.Bundle, layout[at].Mid) < slices.Index(s.remote.Bundle, layout[sound].Mid) {
		lines[at].Prints, lines[at].Setup, lines[at].ICE = first.Prints, first.Setup, first.ICE
		first.Prints, first.Setup, first.ICE = nil, sdp.NoSetup, sdp.ICE{}
	}
}

// openly is the direction that is told of pictures that are not sent. Chromium, told of a line in the bundle by which
// nothing comes, takes nothing by the payload types of the others either: it is told that pictures may come as long as
// sound may.
func openly(pictures, sound sdp.Direction) sdp.Direction {
	if pictures == sdp.RecvOnly && (sound == sdp.SendRecv || sound == sdp.SendOnly) {
		return sdp.SendRecv
	}
	return pictures
}

// freeMid is a tag that no line has.
func freeMid(layout []sdp.Media) string {
	for n := len(layout) - 1; ; n++ {
		mid := strconv.Itoa(n)
		if !slices.ContainsFunc(layout, func(m sdp.Media) bool { return m.Mid == mid }) {
			return mid
		}
	}
}
