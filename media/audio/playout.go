package audio

import "cradle/media/codec"

// Playout is what packets of one stream go into and even sound comes out of: it puts them in order, waits for late
// ones a little, decodes them, and makes up what is missing. It asks to be pulled every 20 ms. The zero value is ready;
// it allocates when the format changes and never for a packet.
type Playout struct {
	// Listen is told what was really said, packet by packet and in order, at Rate. Silence stands where the sender made a
	// pause, and nothing where packets got lost or came too late: what is made up in their place is not what was said.
	// nil: nobody listens.
	Listen func(pcm []int16)

	slots   [depth]packet
	held    int
	running bool   // a stream is there
	playing bool   // and its first packet was played
	due     uint32 // timestamp of the next sample to be played
	seq     uint16 // of the packet played last
	wait    int    // how long a packet is held, in ticks: between least and most
	idle    int    // frames in a row with nothing there
	roomy   int    // frames in a row in which more was held than need be
	fixed   bool   // the wait stays as it is
	kind    codec.Kind
	decoder codec.Decoder
	up      *Resampler
	conceal Concealer
	narrow  []int16
	sound   []int16 // decoded and not given out yet, at Rate
	figures Figures
	told    struct { // what Listen heard last
		any bool
		seq uint16
		end uint32
	}
	hush [Frame]int16
}

// Figures count what a playout met.
type Figures struct {
	Played    uint64 // packets
	Late      uint64 // came after their turn
	Concealed uint64 // pieces of 20 ms or less that were made up
}

type packet struct {
	used bool
	kind codec.Kind
	seq  uint16
	time uint32
	size int
	body [largest]byte
}

const (
	depth   = 16
	largest = 640 // bytes: 80 ms, all that any phone puts into a packet
	tick    = codec.Clock / 50
	least   = 2 * tick // 40 ms
	most    = 8 * tick // 160 ms
	pause   = 5        // frames with nothing there after which a stream begins anew
	patient = 100      // frames until held sound is shortened: 2 s
	steady  = 5 * tick // the wait once it is fixed: 100 ms
	gone    = 5 * tick // what is lost in one piece is taken for a pause from here on: 100 ms
)

// Push takes a packet of sound. The payload is copied. One that is too large or comes when all room is taken is
// dropped.
func (p *Playout) Push(kind codec.Kind, seq uint16, time uint32, payload []byte) {
	if len(payload) == 0 || len(payload) > largest || kind == codec.None {
		return
	}
	if !p.running || jumped(time, p.due) {
		p.begin(time)
	}
	if behind := int32(time + uint32(len(payload)) - p.due); behind <= 0 {
		p.figures.Late++
		if p.wait < most && !p.fixed {
			p.wait += tick
			p.due -= tick
		}
		return
	}
	free := -1
	for i := range p.slots {
		s := &p.slots[i]
		if s.used && s.seq == seq {
			return // doubled
		}
		if !s.used {
			free = i
		}
	}
	if free < 0 {
		p.begin(time) // nobody pulled for long
		free = 0
	}
	s := &p.slots[free]
	s.used, s.kind, s.seq, s.time, s.size = true, kind, seq, time, copy(s.body[:], payload)
	p.held++
}

// jumped says whether a time is a second or more away from what is played: the sender's clock started anew.
func jumped(time, due uint32) bool {
	d := int32(time - due)
	return d > codec.Clock || d < -codec.Clock
}

// begin starts to play so that a packet of this time is played after the wait.
func (p *Playout) begin(time uint32) {
	for i := range p.slots {
		p.slots[i].used = false
	}
	p.wait = min(max(p.wait, least), most)
	p.held, p.running, p.playing, p.idle, p.roomy = 0, true, false, 0, 0
	p.due, p.seq = time-uint32(p.wait), 0
}

// Fix lets the wait be 100 ms or more from now on and never change again: a modem bears delay, but no piece of time that
// is left out or put in.
func (p *Playout) Fix() {
	if more := steady - p.wait; more > 0 {
		p.wait += more
		p.due -= uint32(more)
	}
	p.fixed = true
}

// Fixed says whether Fix was called.
func (p *Playout) Fixed() bool { return p.fixed }

// Figures tells what was met so far.
func (p *Playout) Figures() Figures { return p.figures }

// Pull appends the next 20 ms to dst, silence where nothing comes.
func (p *Playout) Pull(dst []int16) []int16 {
	for len(p.sound) < Frame {
		p.more()
	}
	dst = append(dst, p.sound[:Frame]...)
	p.sound = p.sound[:copy(p.sound, p.sound[Frame:])]
	p.shorten()
	return dst
}

// more puts the next piece behind sound: a packet, something in place of it, or silence.
func (p *Playout) more() {
	s := p.first()
	if s == nil {
		if p.idle++; p.idle > pause {
			p.running = false
		}
		p.fill(tick, p.running && p.playing)
		return
	}
	gap := int(int32(s.time - p.due))
	if gap > 0 {
		p.fill(min(gap, tick), p.playing && s.seq != p.seq+1 && p.idle == 0)
		return
	}
	s.used = false
	p.held--
	if gap+s.size <= 0 {
		return // its whole time is over
	}
	p.idle, p.playing = 0, true
	p.seq, p.due = s.seq, s.time+uint32(s.size)
	p.figures.Played++
	from := len(p.sound)
	p.decode(s.kind, s.body[:s.size])
	if p.Listen != nil {
		p.tell(s, p.sound[from:])
	}
	p.conceal.Good(p.sound[from:])
}

// tell lets hear what a packet said.
func (p *Playout) tell(s *packet, pcm []int16) {
	t := &p.told
	if gap := int(int32(s.time - t.end)); t.any && (gap > 0 && s.seq == t.seq+1 || gap >= gone || gap < 0) {
		for range 3 { // as long as a pause must be to be one
			p.Listen(p.hush[:])
		}
	}
	t.any, t.seq, t.end = true, s.seq, s.time+uint32(s.size)
	p.Listen(pcm)
}

// first is the oldest packet held.
func (p *Playout) first() *packet {
	if p.held == 0 {
		return nil
	}
	var f *packet
	for i := range p.slots {
		if s := &p.slots[i]; s.used && (f == nil || int32(s.time-f.time) < 0) {
			f = s
		}
	}
	return f
}

// fill plays what is lost, or silence where the sender said nothing.
func (p *Playout) fill(ticks int, lost bool) {
	p.due += uint32(ticks)
	n := ticks * (Rate / codec.Clock)
	if lost {
		p.figures.Concealed++
		p.sound = p.conceal.Append(p.sound, n)
		return
	}
	for range n {
		p.sound = append(p.sound, 0)
	}
}

func (p *Playout) decode(kind codec.Kind, body []byte) {
	if kind != p.kind {
		p.kind = kind
		p.decoder.Reset(kind)
		p.up = nil
		if kind != codec.G722 {
			p.up, _ = NewResampler(codec.Clock, Rate)
		}
	}
	if p.up == nil {
		p.sound = p.decoder.Append(p.sound, body)
	} else {
		p.narrow = p.decoder.Append(p.narrow[:0], body)
		p.sound = p.up.Append(p.sound, p.narrow)
	}
}

// shorten leaves out 20 ms when more than need be was held for long: the other clock is faster, or the network calmed.
func (p *Playout) shorten() {
	if p.fixed {
		return
	}
	newest, held := p.due, false
	for i := range p.slots {
		if s := &p.slots[i]; s.used && int32(s.time-newest) >= 0 {
			newest, held = s.time+uint32(s.size), true
		}
	}
	if !held || int(newest-p.due) <= least+tick {
		p.roomy = 0
		return
	}
	if p.roomy++; p.roomy >= patient {
		p.roomy = 0
		p.due += tick
		p.wait = max(p.wait-tick, least)
	}
}
