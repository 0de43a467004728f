package trace

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
)

const (
	laneWidth = 34
	maxLanes  = 6
)

// Ladder draws a trace as text: the appliance on the left, a lane for each far
// end, and an arrow for each message.
func Ladder(info Info, messages []Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Trace of %s, %s to %s, %d messages", info.Subject.Name, info.Started.Format("2006-01-02 15:04:05"), info.Ends.Format("15:04:05"), len(messages))
	if info.Dropped > 0 {
		fmt.Fprintf(&b, " (%d older ones made room)", info.Dropped)
	}
	lanes := lanesOf(messages)
	b.WriteString("\n\n" + strings.Repeat(" ", 14) + "appliance")
	for i, a := range lanes {
		fmt.Fprintf(&b, "%*s", laneWidth-9*btoi(i == 0), a)
	}
	b.WriteByte('\n')
	for _, m := range messages {
		b.WriteString(rung(m, lanes) + "\n")
	}
	return b.String()
}

func btoi(on bool) int {
	if on {
		return 1
	}
	return 0
}

func lanesOf(messages []Message) (lanes []netip.AddrPort) {
	seen := map[netip.AddrPort]bool{}
	for _, m := range messages {
		if !seen[m.Remote] && len(lanes) < maxLanes {
			seen[m.Remote] = true
			lanes = append(lanes, m.Remote)
		}
	}
	return lanes
}

// rung is the line of one message.
func rung(m Message, lanes []netip.AddrPort) string {
	lane := len(lanes) - 1
	for i, a := range lanes {
		if a == m.Remote {
			lane = i
		}
	}
	width := laneWidth * (lane + 1)
	text := " " + title(m.Data) + " "
	if most := width - 4; len(text) > most {
		text = text[:most-1] + " "
	}
	dashes := width - 2 - len(text)
	left := dashes / 2
	arrow := "|" + strings.Repeat("-", left) + text + strings.Repeat("-", dashes-left) + ">"
	if m.In {
		arrow = "<" + strings.Repeat("-", left) + text + strings.Repeat("-", dashes-left) + "|"
	}
	return m.At.Format("15:04:05.000") + "  " + arrow + "  " + m.Transport
}

// title is what a message is, in short: its method and target, or its status, and
// which request it belongs to.
func title(data []byte) string {
	line, _, _ := bytes.Cut(data, []byte("\r\n"))
	words := strings.Fields(printable(string(line)))
	switch {
	case len(words) == 0:
		return fmt.Sprintf("%d bytes", len(data))
	case strings.HasPrefix(words[0], "SIP/"):
		return strings.Join(words[1:], " ") + " (" + cseq(data) + ")"
	case len(words) > 1:
		return words[0] + " " + words[1]
	}
	return words[0]
}

func cseq(data []byte) string {
	for h := lines(data); h.next(); {
		if is(h.name, "cseq") {
			return printable(strings.TrimSpace(string(h.value)))
		}
	}
	return "?"
}

func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}
