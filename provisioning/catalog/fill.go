package catalog

import "strings"

// FileName writes a phone's facts into a file's name: {mac}, {MAC}, {model},
// {code}, and the MAC in pairs as {mac:colons}, {mac:dashes}, {mac:underscores}
// or the same with MAC. The MAC is 12 lower-case digits.
func (m *Model) FileName(pattern, mac string) string { return m.fill(pattern, mac, m.File) }

// Says writes a phone's facts into what it calls itself: as FileName, with
// {firmware}, and {model} the first of Agents.
func (m *Model) Says(pattern, mac string) string { return m.fill(pattern, mac, m.Agents[0]) }

// fill is on the way of every answer, so it makes nothing that is not asked for.
func (m *Model) fill(text, mac, model string) string {
	before, rest, found := strings.Cut(text, "{")
	if !found {
		return text
	}
	var room [128]byte
	out := append(room[:0], before...)
	for {
		mark, after, closed := strings.Cut(rest, "}")
		fact, known := m.fact(mark, mac, model)
		if !closed || !known {
			fact, after = "{", rest
		}
		out = append(out, fact...)
		before, rest, found = strings.Cut(after, "{")
		if out = append(out, before...); !found {
			return string(out)
		}
	}
}

// fact is what stands for a mark.
func (m *Model) fact(mark, mac, model string) (string, bool) {
	switch mark {
	case "mac":
		return mac, true
	case "MAC":
		return strings.ToUpper(mac), true
	case "model":
		return model, true
	case "code":
		return m.Code, true
	case "firmware":
		return m.Firmware, true
	}
	spelling, by, _ := strings.Cut(mark, ":")
	switch spelling {
	case "MAC":
		mac = strings.ToUpper(mac)
	case "mac":
	default:
		return "", false
	}
	switch by {
	case "colons":
		return paired(mac, ":"), true
	case "dashes":
		return paired(mac, "-"), true
	case "underscores":
		return paired(mac, "_"), true
	}
	return "", false
}

func paired(mac, by string) string {
	var b strings.Builder
	for i := 0; i+1 < len(mac); i += 2 {
		if i > 0 {
			b.WriteString(by)
		}
		b.WriteString(mac[i : i+2])
	}
	return b.String()
}

// SampleMAC is a MAC that such a phone could have, for tests and simulators.
func (m *Model) SampleMAC() string {
	prefix := "02c0de"
	if len(m.Prefixes) > 0 {
		prefix = m.Prefixes[0]
	} else if len(m.Vendor.Prefixes) > 0 {
		prefix = m.Vendor.Prefixes[0]
	}
	return (prefix + "123456")[:12]
}
