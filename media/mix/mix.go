// Package mix holds rooms in which many talk at once: each hears all but himself. One who whispers is heard by one
// other only; one who listens is heard by nobody.
package mix

import (
	"sync"
	"time"

	"cradle/media/audio"
)

// Room mixes every 20 ms, by a clock of its own, as long as somebody is in it.
type Room struct {
	stop chan struct{}
	wait sync.WaitGroup

	mu      sync.Mutex
	members []*Member
	sum     [audio.Frame]int32
	out     [audio.Frame]int16
}

// waiting is how many frames are held between a member and the room each way, at most: 80 ms, and one is held on
// purpose, so that clocks may differ by a frame.
const waiting = 4

// Open makes a room. Close ends it.
func Open() *Room {
	r := &Room{stop: make(chan struct{})}
	r.wait.Go(r.run)
	return r
}

// Close ends the clock; members hear silence from then on.
func (r *Room) Close() {
	close(r.stop)
	r.wait.Wait()
}

// run mixes at multiples of 20 ms from the beginning, so that lateness never adds up. What is more than five frames
// late is left out.
func (r *Room) run() {
	const step = 20 * time.Millisecond
	due := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-r.stop:
			return
		case <-timer.C:
		}
		r.mix()
		if due = due.Add(step); time.Since(due) > 5*step {
			due = time.Now()
		}
		timer.Reset(time.Until(due))
	}
}

// Member is one who is in a room. What he says goes into Hear, what he hears comes out of Read; both are made for an
// endpoint's thread and never wait for the mixing.
type Member struct {
	room *Room

	// Of the room, under its lock.
	muted bool
	only  *Member // who alone hears him; nil: all
	here  bool

	mu      sync.Mutex
	in, out ring
	frame   [audio.Frame]int16 // what he said in this turn
	spoke   bool
}

// ring are frames that wait.
type ring struct {
	frames  [waiting][audio.Frame]int16
	at, n   int
	flowing bool // one was held back already
}

// push takes a frame; the oldest gives way.
func (r *ring) push(pcm []int16) {
	if r.n == waiting {
		r.at = (r.at + 1) % waiting
		r.n--
	}
	f := &r.frames[(r.at+r.n)%waiting]
	clear(f[copy(f[:], pcm):])
	r.n++
}

// pull gives the oldest frame. False: none is there; then the next one is held back once.
func (r *ring) pull(dst []int16) bool {
	if !r.flowing && r.n < 2 {
		return false
	}
	r.flowing = r.n > 0
	if r.n == 0 {
		return false
	}
	copy(dst, r.frames[r.at][:])
	r.at = (r.at + 1) % waiting
	r.n--
	return true
}

// Join lets somebody in.
func (r *Room) Join() *Member {
	m := &Member{room: r, here: true}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members = append(r.members, m)
	return m
}

// Leave lets him go; he hears silence from then on. A second call does nothing.
func (m *Member) Leave() {
	r := m.room
	r.mu.Lock()
	defer r.mu.Unlock()
	m.here = false
	for i, o := range r.members {
		if o == m {
			r.members = append(r.members[:i], r.members[i+1:]...)
			break
		}
	}
}

// Mute says whether nobody hears him.
func (m *Member) Mute(muted bool) {
	m.room.mu.Lock()
	defer m.room.mu.Unlock()
	m.muted = muted
}

// Whisper lets only one other hear him; nil: all do, which is how a whisperer barges in. Once that one has left, nobody
// does.
func (m *Member) Whisper(to *Member) {
	m.room.mu.Lock()
	defer m.room.mu.Unlock()
	m.only = to
}

// Hear takes 20 ms of what he says, at audio.Rate.
func (m *Member) Hear(pcm []int16) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.in.push(pcm)
}

// Read fills dst with the next 20 ms he hears; it has no end.
func (m *Member) Read(dst []int16) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.out.pull(dst) {
		clear(dst)
	}
	return len(dst)
}

// mix is one turn: what all said is summed up, and each gets the sum without his own.
func (r *Room) mix() {
	r.mu.Lock()
	defer r.mu.Unlock()
	clear(r.sum[:])
	for _, m := range r.members {
		m.mu.Lock()
		m.spoke = m.in.pull(m.frame[:])
		m.mu.Unlock()
		if m.spoke = m.spoke && !m.muted; m.spoke && m.only == nil {
			for i, v := range m.frame {
				r.sum[i] += int32(v)
			}
		}
	}
	for _, m := range r.members {
		r.give(m)
	}
}

func (r *Room) give(m *Member) {
	own := m.spoke && m.only == nil
	for i, v := range r.sum {
		if own {
			v -= int32(m.frame[i])
		}
		r.out[i] = clip(v)
	}
	for _, o := range r.members {
		if o.only == m && o.spoke {
			for i, v := range o.frame {
				r.out[i] = clip(int32(r.out[i]) + int32(v))
			}
		}
	}
	m.mu.Lock()
	m.out.push(r.out[:])
	m.mu.Unlock()
}

func clip(v int32) int16 { return int16(max(-32768, min(32767, v))) }
