package calls

import (
	"strconv"
	"strings"

	"cradle/calls/leg"
)

// infoKey reads a key from an INFO: "Signal=5" lines (application/dtmf-relay)
// or the key alone (application/dtmf). 0: it holds none.
func infoKey(i *leg.Info) byte {
	kind, _, _ := strings.Cut(strings.ToLower(i.Type), ";")
	text := string(i.Body)
	switch strings.TrimSpace(kind) {
	case "application/dtmf":
	case "application/dtmf-relay":
		found := false
		for line := range strings.Lines(string(i.Body)) {
			name, value, ok := strings.Cut(line, "=")
			if ok && strings.EqualFold(strings.TrimSpace(name), "signal") {
				text, found = value, true
			}
		}
		if !found {
			return 0
		}
	default:
		return 0
	}
	text = strings.ToUpper(strings.TrimSpace(text))
	if len(text) == 1 && strings.Contains("0123456789*#ABCD", text) {
		return text[0]
	}
	if n, err := strconv.Atoi(text); err == nil && n >= 10 && n <= 15 { // some phones write the event of RFC 4733
		return "*#ABCD"[n-10]
	}
	return 0
}
