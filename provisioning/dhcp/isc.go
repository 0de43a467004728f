package dhcp

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// iscNames are options that dhcpd has a name for (dhcp-options(5)).
var iscNames = map[int]string{timeServers: "ntp-servers", vendorSpecific: "vendor-encapsulated-options", tftpServerName: "tftp-server-name", 67: "bootfile-name"}

// isc writes statements of dhcpd.conf.
func isc(p plan, _ Site) Snippet {
	var defs, b strings.Builder
	defined := map[int]bool{}
	for _, g := range append([]group{p.everybody}, p.narrow...) {
		for _, o := range g.options {
			if iscNames[o.code] == "" && !defined[o.code] {
				defined[o.code] = true
				fmt.Fprintf(&defs, "option cradle-%d code %d = %s;\n", o.code, o.code, iscType(o))
			}
		}
	}
	for _, o := range p.everybody.options {
		b.WriteString(iscOption(o) + "\n")
	}
	for _, g := range p.narrow {
		fmt.Fprintf(&b, "\nclass %q {\n  match if %s;\n", g.name, iscTest(g))
		for _, o := range g.options {
			b.WriteString("  " + iscOption(o) + "\n")
		}
		b.WriteString("}\n")
	}
	return Snippet{Text: "# Desk phones find their settings by these options.\n" + defs.String() + b.String(),
		Note: "Put this at the top of dhcpd.conf, or include it there, and restart dhcpd."}
}

func iscType(o option) string {
	if o.address.IsValid() {
		return "ip-address"
	}
	return "text"
}

func iscTest(g group) string {
	if g.class != "" {
		return fmt.Sprintf("substring(option vendor-class-identifier, 0, %d) = %q", len(g.class), g.class)
	}
	var tests []string
	for _, prefix := range whole(g.prefixes) {
		raw, _ := hex.DecodeString(prefix)                                                           // the catalogue has checked it
		tests = append(tests, fmt.Sprintf("substring(hardware, 1, %d) = %s", len(raw), colons(raw))) // the first byte is the kind of network
	}
	return strings.Join(tests, "\n    or ")
}

func iscOption(o option) string {
	name := iscNames[o.code]
	if name == "" {
		name = fmt.Sprintf("cradle-%d", o.code)
	}
	value := `"` + o.text + `"`
	switch {
	case o.subs != nil:
		value = colons(o.subs)
	case o.address.IsValid():
		value = o.address.String()
	}
	return "option " + name + " " + value + ";"
}
