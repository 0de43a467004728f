package presence

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"cradle/directory"
)

// The kinds of forwards, as phones write them.
const (
	forwardImmediate = "forwardImmediate"
	forwardBusy      = "forwardBusy"
	forwardNoAnswer  = "forwardNoAns"
)

// featureChange is one thing that a phone's key sets.
type featureChange struct {
	forward string // the kind; empty: do not disturb
	on      bool
	to      string
	rings   int
}

// errFeature: the body is none that this package knows.
var errFeature = errors.New("no feature is set")

const (
	maxFeatures = 8  // in one body
	maxRings    = 20 // of one forward
)

// setDoNotDisturb and setForwarding are what phones send.
type setDoNotDisturb struct {
	On string `xml:"doNotDisturbOn"`
}

type setForwarding struct {
	Type     string `xml:"forwardingType"`
	Activate string `xml:"activateForward"`
	To       string `xml:"forwardDN"`
	Rings    int    `xml:"ringCount"`
}

// readFeatures reads the body of a SUBSCRIBE: one document after the other.
func readFeatures(body []byte) ([]featureChange, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = latin
	var out []featureChange
	for len(out) < maxFeatures {
		t, err := d.Token()
		if errors.Is(err, io.EOF) && len(out) > 0 {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errFeature, err)
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		c, err := readFeature(d, start)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return nil, fmt.Errorf("%w: more than %d", errFeature, maxFeatures)
}

func readFeature(d *xml.Decoder, start xml.StartElement) (c featureChange, err error) {
	switch start.Name.Local {
	case "SetDoNotDisturb":
		var s setDoNotDisturb
		if err = d.DecodeElement(&s, &start); err == nil {
			c.on, err = truth(s.On)
		}
	case "SetForwarding":
		var s setForwarding
		if err = d.DecodeElement(&s, &start); err == nil {
			c.on, err = truth(s.Activate)
		}
		c.forward, c.to, c.rings = strings.TrimSpace(s.Type), number(s.To), s.Rings
		if c.forward != forwardImmediate && c.forward != forwardBusy && c.forward != forwardNoAnswer {
			return c, fmt.Errorf("%w: forwarding type %q", errFeature, c.forward)
		}
		if c.on && c.to == "" || c.rings < 0 || c.rings > maxRings {
			return c, fmt.Errorf("%w: no target, or %d rings", errFeature, c.rings)
		}
	default:
		return c, fmt.Errorf("%w: %q", errFeature, start.Name.Local)
	}
	if err != nil {
		return c, fmt.Errorf("%w: %w", errFeature, err)
	}
	return c, nil
}

func truth(s string) (bool, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "1":
		return true, nil
	case "false", "0":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", s)
}

// number is the dialled number of a target, which some phones write as a URI.
func number(s string) string {
	s = strings.TrimSpace(s)
	s = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(s, "sips:"), "sip:"), "tel:")
	if i := strings.IndexAny(s, "@;"); i >= 0 {
		s = s[:i]
	}
	return strings.NewReplacer(" ", "", "-", "", ".", "", "(", "", ")", "").Replace(s)
}

// apply changes the record.
func (c featureChange) apply(e *directory.Extension) {
	to := c.to
	if !c.on {
		to = ""
	}
	switch c.forward {
	case "":
		e.DoNotDisturb = c.on
	case forwardImmediate:
		e.Forward.Always = to
	case forwardBusy:
		e.Forward.Busy = to
	case forwardNoAnswer:
		e.Forward.NoAnswer = to
		if c.rings > 0 {
			e.Forward.NoAnswerAfter = c.rings * ringSeconds
		}
	}
}

// latin reads the one other encoding that phones declare.
func latin(charset string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(charset) {
	case "iso-8859-1", "us-ascii", "latin1":
		return &latinReader{in: in}, nil
	}
	return nil, fmt.Errorf("encoding %q", charset)
}

type latinReader struct {
	in      io.Reader
	pending []byte
}

// Read gives UTF-8.
func (r *latinReader) Read(p []byte) (int, error) {
	if len(r.pending) == 0 {
		var raw [512]byte
		n, err := r.in.Read(raw[:])
		for _, c := range raw[:n] {
			r.pending = append(r.pending, string(rune(c))...)
		}
		if n == 0 {
			return 0, err
		}
	}
	n := copy(p, r.pending)
	r.pending = r.pending[n:]
	return n, nil
}
