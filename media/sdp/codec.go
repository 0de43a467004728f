package sdp

import "strings"

// Codec is one RTP payload format.
type Codec struct {
	Type     uint8  // RTP payload type, 0 to 127
	Name     string // encoding name as written: "PCMU", "opus", "telephone-event"
	Clock    int    // of RTP timestamps, Hz
	Channels string // as written behind the clock; empty = 1
	Params   string // of a=fmtp; empty = none
}

// Event says whether the format carries dialled digits (RFC 4733).
func (c *Codec) Event() bool { return strings.EqualFold(c.Name, "telephone-event") }

// Noise says whether the format is comfort noise (RFC 3389).
func (c *Codec) Noise() bool { return strings.EqualFold(c.Name, "CN") }

// Same says whether two formats are one codec, whatever their payload types and parameters are.
func (c *Codec) Same(o *Codec) bool {
	one := func(channels string) bool { return channels == "" || channels == "1" }
	return strings.EqualFold(c.Name, o.Name) && c.Clock == o.Clock && (c.Channels == o.Channels || one(c.Channels) && one(o.Channels))
}

// static is the audio part of the payload types that need no rtpmap (RFC 3551 section 6). G.722 has a clock of 8000
// there although it samples at 16000.
var static = map[uint8]Codec{
	0:  {0, "PCMU", 8000, "", ""},
	3:  {3, "GSM", 8000, "", ""},
	4:  {4, "G723", 8000, "", ""},
	5:  {5, "DVI4", 8000, "", ""},
	6:  {6, "DVI4", 16000, "", ""},
	7:  {7, "LPC", 8000, "", ""},
	8:  {8, "PCMA", 8000, "", ""},
	9:  {9, "G722", 8000, "", ""},
	10: {10, "L16", 44100, "2", ""},
	11: {11, "L16", 44100, "", ""},
	12: {12, "QCELP", 8000, "", ""},
	13: {13, "CN", 8000, "", ""},
	14: {14, "MPA", 90000, "", ""},
	15: {15, "G728", 8000, "", ""},
	16: {16, "DVI4", 11025, "", ""},
	17: {17, "DVI4", 22050, "", ""},
	18: {18, "G729", 8000, "", ""},
}

// staticVideo is the part of RFC 3551 section 6 for pictures.
var staticVideo = map[uint8]Codec{
	26: {26, "JPEG", 90000, "", ""},
	31: {31, "H261", 90000, "", ""},
	34: {34, "H263", 90000, "", ""},
}

// Known gives the codec that goes by a name in offers of our own: PCMU, PCMA, G722, telephone-event.
func Known(name string) (Codec, bool) {
	switch strings.ToUpper(name) {
	case "PCMU":
		return static[0], true
	case "PCMA":
		return static[8], true
	case "G722":
		return static[9], true
	case "TELEPHONE-EVENT":
		return Codec{101, "telephone-event", 8000, "", "0-16"}, true
	}
	return Codec{}, false
}
