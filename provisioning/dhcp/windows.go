package dhcp

import (
	"fmt"
	"net/netip"
	"strings"
)

// windows writes commands for PowerShell. Options 42, 43 and 66 are there from
// the beginning.
func windows(p plan, site Site) Snippet {
	var b strings.Builder
	fmt.Fprintf(&b, "$scopes = %s\n", scopes(site.Networks))
	defined := map[int]bool{timeServers: true, vendorSpecific: true, tftpServerName: true, 67: true}
	for _, g := range append([]group{p.everybody}, p.narrow...) {
		for _, o := range g.options {
			if !defined[o.code] {
				defined[o.code] = true
				fmt.Fprintf(&b, "Add-DhcpServerv4OptionDefinition -OptionId %d -Name 'Phones %d' -Type %s\n", o.code, o.code, windowsType(o))
			}
		}
		if g.class != "" {
			fmt.Fprintf(&b, "Add-DhcpServerv4Class -Type Vendor -Name '%s' -Data '%s'\n", g.name, g.class)
		}
	}
	b.WriteString("foreach ($scope in $scopes) {\n")
	for _, o := range p.everybody.options {
		fmt.Fprintf(&b, "  Set-DhcpServerv4OptionValue -ScopeId $scope -OptionId %d -Value %s\n", o.code, windowsValue(o))
	}
	for _, g := range p.narrow {
		fmt.Fprintf(&b, "  Add-DhcpServerv4Policy -ScopeId $scope -Name '%s' -Condition OR %s\n", g.name, windowsTest(g))
		for _, o := range g.options {
			fmt.Fprintf(&b, "  Set-DhcpServerv4OptionValue -ScopeId $scope -PolicyName '%s' -OptionId %d -Value %s\n", g.name, o.code, windowsValue(o))
		}
	}
	b.WriteString("}\n")
	return Snippet{Text: b.String(), Note: "Run this as an administrator on the DHCP server. The first line names the scopes; put in yours if they are others."}
}

// scopes are the site's IPv4 networks.
func scopes(networks []netip.Prefix) string {
	var out []string
	for _, n := range networks {
		if n.Addr().Is4() {
			out = append(out, "'"+n.Masked().Addr().String()+"'")
		}
	}
	if len(out) == 0 {
		return "(Get-DhcpServerv4Scope).ScopeId"
	}
	return strings.Join(out, ", ")
}

func windowsType(o option) string {
	if o.address.IsValid() {
		return "IPv4Address"
	}
	return "String"
}

func windowsTest(g group) string {
	if g.class != "" {
		return "-VendorClass EQ,'" + g.name + "*'" // begins as the class does
	}
	var out []string
	for _, prefix := range whole(g.prefixes) {
		out = append(out, "'"+strings.ToUpper(prefix)+"*'")
	}
	return "-MacAddress EQ," + strings.Join(out, ",")
}

// windowsValue: option 43 takes bytes.
func windowsValue(o option) string {
	switch {
	case o.code == vendorSpecific:
		parts := make([]string, 0, len(o.bytes()))
		for _, c := range o.bytes() {
			parts = append(parts, fmt.Sprintf("0x%02x", c))
		}
		return strings.Join(parts, ",")
	case o.address.IsValid():
		return o.address.String()
	}
	return "'" + o.text + "'"
}
