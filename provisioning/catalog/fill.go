package catalog

import "strings"

// FileName writes a phone's facts into a file's name: {mac}, {MAC}, {model},
// {code}, and the MAC in pairs as {mac:colons}, {mac:dashes}, {mac:underscores}
// or the same with MAC. The MAC is 12 lower-case digits.
func (m *Model) FileName(pattern, mac string) string { return m.fill(pattern, mac, m.File) }

// Says writes a phone's facts into what it calls itself: as FileName, with
// {firmware}, and {model} the first of Agents.
func (m *Model) Says(pattern, mac string) string { return m.fill(pattern, mac, m.Agents[0]) }

func (m *Model) fill(text, mac, model string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	upper := strings.ToUpper(mac)
	return strings.NewReplacer("{mac}", mac, "{MAC}", upper, "{model}", model, "{code}", m.Code, "{firmware}", m.Firmware,
		"{mac:colons}", paired(mac, ":"), "{MAC:colons}", paired(upper, ":"), "{mac:dashes}", paired(mac, "-"), "{MAC:dashes}", paired(upper, "-"),
		"{mac:underscores}", paired(mac, "_"), "{MAC:underscores}", paired(upper, "_")).Replace(text)
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
