package quality

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrReport says that a text is no report of RFC 6035.
var ErrReport = errors.New("no quality report")

// Report is what a phone says of a call (application/vq-rtcpxr, RFC 6035 section 4.6).
type Report struct {
	CallID string // of the SIP dialog
	Final  bool   // of the whole call, at its end; false: of a piece of it, or a warning
	Heard  Heard  // what came to the phone
}

// Heard are a phone's own figures of what came to it. What it did not say is zero.
type Heard struct {
	Codec     string        // as SDP names it
	Loss      float64       // lost in the network, 0 to 1
	Discard   float64       // thrown away by its jitter buffer, 0 to 1
	Jitter    time.Duration // interarrival jitter
	RoundTrip time.Duration
	MOS       float64 // listening quality, 1 to 5
}

// Bounds of what is taken from a report.
const (
	maxReport = 16 << 10 // bytes
	maxName   = 32       // of a codec
	maxCallID = 256
)

// ReadReport reads a report. Unknown lines and fields, and values out of their range, are passed over. Errors wrap
// ErrReport: too long, or it names no call.
func ReadReport(b []byte) (r Report, err error) {
	if len(b) > maxReport {
		return r, fmt.Errorf("%w: %d bytes", ErrReport, len(b))
	}
	local, begun := false, false
	for line := range bytes.Lines(b) {
		name, value, ok := strings.Cut(strings.TrimRight(string(line), "\r\n"), ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		switch name = strings.ToLower(strings.TrimSpace(name)); name {
		case "vqsessionreport":
			begun, r.Final = true, strings.EqualFold(value, "CallTerm")
		case "vqintervalreport", "vqalertreport":
			begun = true
		case "callid":
			if r.CallID == "" && len(value) <= maxCallID {
				r.CallID = value
			}
		case "localmetrics":
			local = true
		case "remotemetrics":
			local = false
		default:
			if local {
				r.Heard.line(name, value)
			}
		}
	}
	if !begun || r.CallID == "" {
		return Report{}, fmt.Errorf("%w: no beginning, or no call", ErrReport)
	}
	return r, nil
}

// line takes one line of metrics: fields of the form NAME=value with spaces between.
func (h *Heard) line(name, value string) {
	for field := range strings.FieldsSeq(value) {
		k, v, ok := strings.Cut(field, "=")
		if !ok {
			continue
		}
		switch name + " " + strings.ToUpper(k) {
		case "sessiondesc PD":
			if v = strings.Trim(v, `"`); len(v) <= maxName && plain(v) {
				h.Codec = v
			}
		case "packetloss NLR":
			number(v, 100, func(f float64) { h.Loss = f / 100 })
		case "packetloss JDR":
			number(v, 100, func(f float64) { h.Discard = f / 100 })
		case "delay IAJ":
			number(v, 65535, func(f float64) { h.Jitter = milliseconds(f) })
		case "delay RTD":
			number(v, 65535, func(f float64) { h.RoundTrip = milliseconds(f) })
		case "qualityest MOSLQ":
			number(v, 5, func(f float64) {
				if f >= 1 {
					h.MOS = f
				}
			})
		}
	}
}

// number takes a figure from 0 to a largest value; others say nothing.
func number(v string, largest float64, take func(float64)) {
	if f, err := strconv.ParseFloat(v, 64); err == nil && f >= 0 && f <= largest {
		take(f)
	}
}

func milliseconds(f float64) time.Duration { return time.Duration(f * float64(time.Millisecond)) }

func plain(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}
