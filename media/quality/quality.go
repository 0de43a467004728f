// Package quality tells from what was measured how a call sounds: the E-model of ITU-T G.107 in the simplified form of
// its annex on planning, with the defaults of the recommendation for all that a telephone system cannot know.
package quality

import (
	"strings"
	"time"
)

// Line is what was measured in one direction.
type Line struct {
	Codec string        // as SDP names it; an unknown one counts as G.711
	Loss  float64       // of the packets sent, 0 to 1, late ones included
	Burst float64       // how bunched the losses are: 1 = at random (G.107 section 3.5); 0 = 1
	Delay time.Duration // from mouth to ear
}

// impairment are Ie and Bpl of a codec (ITU-T G.113 appendix I): what it costs without loss, and how it bears loss.
type impairment struct{ ie, bpl float64 }

// impairments by codec. G.722 and Opus are not on the scale of narrow sound; here they are at least as good as G.711.
var impairments = map[string]impairment{
	"PCMU": {0, 25.1}, "PCMA": {0, 25.1}, "G722": {0, 25.1}, "OPUS": {0, 25.1},
	"G729": {11, 19}, "GSM": {20, 10}, "G723": {15, 16.1}, "ILBC": {11, 32},
}

// basic is R0 - Is + A with the defaults of G.107 table 2.
const basic = 93.2

// Rating is the transmission rating R, 0 to 93.2.
func Rating(l Line) float64 {
	c, known := impairments[strings.ToUpper(l.Codec)]
	if !known {
		c = impairments["PCMU"]
	}
	if l.Burst < 1 {
		l.Burst = 1
	}
	loss := 100 * min(max(l.Loss, 0), 1)
	effective := c.ie + (95-c.ie)*loss/(loss/l.Burst+c.bpl)
	d := max(float64(l.Delay)/float64(time.Millisecond), 0)
	delay := 0.024 * d
	if d > 177.3 {
		delay += 0.11 * (d - 177.3)
	}
	return max(0, basic-delay-effective)
}

// MOS is the opinion that listeners would have on average, 1 (bad) to 4.5 (G.107 annex B).
func MOS(l Line) float64 {
	r := Rating(l)
	switch {
	case r <= 0:
		return 1
	case r >= 100:
		return 4.5
	}
	return max(1, 1+0.035*r+r*(r-60)*(100-r)*7e-6)
}

// Class is what a figure is worth to people.
type Class string

// The classes, by the lower bounds of ITU-T G.109 on the scale of MOS: 4.03, 3.60 and 3.10.
const (
	High    Class = "high"
	Medium  Class = "medium"
	Low     Class = "low"
	Poor    Class = "poor"
	Unknown Class = "unknown" // nothing was measured
)

// Classes are all of them, the best first.
var Classes = [...]Class{High, Medium, Low, Poor, Unknown}

// ClassOf is the class of a MOS; 0 is unknown.
func ClassOf(mos float64) Class {
	switch {
	case mos >= 4.03:
		return High
	case mos >= 3.6:
		return Medium
	case mos >= 3.1:
		return Low
	case mos > 0:
		return Poor
	}
	return Unknown
}
