package audio

// Rate is the one of all sound inside, samples a second; Frame is 20 ms of it.
const (
	Rate  = 16000
	Frame = Rate / 50
)

// Concealer puts something in place of lost sound: the last pitch period again and again, fading out, as ITU-T G.711
// appendix I does. What follows is faded in.
type Concealer struct {
	past   [past]int16 // the newest sound, oldest first
	period [longest]int16
	lag    int // length of period
	gone   int // samples made up so far in this gap
}

const (
	past     = 3 * longest
	shortest = Rate / 200 // pitch of 200 Hz
	longest  = Rate / 66  // pitch of 66 Hz
	fresh    = Rate / 100 // made up at full level: 10 ms
	fade     = Rate / 20  // and then fading for 50 ms
	seam     = Rate / 250 // crossing over to real sound: 4 ms
)

// Good takes sound that arrived and changes its beginning where it follows a gap.
func (c *Concealer) Good(pcm []int16) {
	if c.gone > 0 {
		for i := range min(seam, len(pcm)) {
			made := int(c.next())
			pcm[i] = int16((made*(seam-i) + int(pcm[i])*i) / seam)
		}
		c.gone = 0
	}
	c.remember(pcm)
}

// Append makes up n samples.
func (c *Concealer) Append(dst []int16, n int) []int16 {
	if c.gone == 0 {
		c.pitch()
	}
	for range n {
		dst = append(dst, c.next())
	}
	return dst
}

func (c *Concealer) next() int16 {
	v := int(c.period[c.gone%c.lag])
	c.gone++
	if over := c.gone - fresh; over > 0 {
		v = v * max(fade-over, 0) / fade
	}
	return int16(v)
}

func (c *Concealer) remember(pcm []int16) {
	if len(pcm) >= past {
		copy(c.past[:], pcm[len(pcm)-past:])
		return
	}
	copy(c.past[:], c.past[len(pcm):])
	copy(c.past[past-len(pcm):], pcm)
}

// pitch finds the lag at which the newest sound is most like what was before it, looking at every second sample, and
// cuts out that period with its end made to fit its beginning.
func (c *Concealer) pitch() {
	best, top := shortest, -1.0
	end := c.past[past-longest:]
	for lag := shortest; lag <= longest; lag++ {
		var cross, energy float64
		before := c.past[past-longest-lag:]
		for i := 0; i < longest; i += 2 {
			b := float64(before[i])
			cross += float64(end[i]) * b
			energy += b * b
		}
		if score := cross * max(cross, 0) / (energy + 1); score > top*1.02 {
			best, top = lag, score
		}
	}
	c.lag = best
	copy(c.period[:], c.past[past-best:])
	quarter := best / 4
	for i := range quarter {
		at := best - quarter + i
		c.period[at] = int16((int(c.period[at])*(quarter-i) + int(c.past[past-best-quarter+i])*i) / quarter)
	}
}
