package dhcp

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// dnsmasq writes lines of its configuration file. Text in quotes is always text.
func dnsmasq(p plan, _ Site) Snippet {
	var b strings.Builder
	b.WriteString("# Desk phones find their settings by these options.\n")
	for _, o := range p.everybody.options {
		fmt.Fprintf(&b, "dhcp-option=%d,%s\n", o.code, dnsmasqValue(o))
	}
	for _, g := range p.narrow {
		b.WriteByte('\n')
		if g.class != "" {
			fmt.Fprintf(&b, "dhcp-vendorclass=set:%s,\"%s\"\n", g.name, g.class)
		}
		for _, prefix := range whole(g.prefixes) {
			raw, _ := hex.DecodeString(prefix) // the catalogue has checked it
			fmt.Fprintf(&b, "dhcp-mac=set:%s,%s%s\n", g.name, colons(raw), strings.Repeat(":*", 6-len(raw)))
		}
		for _, o := range g.options {
			fmt.Fprintf(&b, "dhcp-option=tag:%s,%d,%s\n", g.name, o.code, dnsmasqValue(o))
		}
	}
	return Snippet{Text: b.String(), Note: "Put this into a file of its own, such as /etc/dnsmasq.d/phones.conf, and restart dnsmasq."}
}

func dnsmasqValue(o option) string {
	switch {
	case o.subs != nil:
		return colons(o.subs)
	case o.address.IsValid():
		return o.address.String()
	}
	return `"` + o.text + `"`
}
