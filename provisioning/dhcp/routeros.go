package dhcp

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// routerOS writes commands for its terminal. Its matchers know vendor classes
// and no MAC prefixes, so what is for MAC prefixes only is left out.
func routerOS(p plan, _ Site) Snippet {
	var b strings.Builder
	left := 0
	b.WriteString("/ip dhcp-server option\n")
	var sets, matchers strings.Builder
	for i, g := range append([]group{p.everybody}, p.narrow...) {
		if i > 0 && g.class == "" {
			left += len(g.options)
			continue
		}
		var names []string
		for _, o := range append(g.options, missing(i > 0, p.everybody.options, g.options)...) {
			name := fmt.Sprintf("%s-%d", g.name, o.code)
			names = append(names, name)
			fmt.Fprintf(&b, "add name=%s code=%d value=\"%s\"\n", name, o.code, routerValue(o))
		}
		fmt.Fprintf(&sets, "add name=%s options=%s\n", g.name, strings.Join(names, ","))
		if i > 0 {
			fmt.Fprintf(&matchers, "add name=%s server=all code=60 matching-type=substring value=\"%s\" option-set=%s\n", g.name, routerQuote(g.class), g.name)
		}
	}
	b.WriteString("/ip dhcp-server option sets\n" + sets.String())
	if matchers.Len() > 0 {
		b.WriteString("/ip dhcp-server matcher\n" + matchers.String())
	}
	b.WriteString("/ip dhcp-server network\nset [find] dhcp-option-set=cradle\n")
	s := Snippet{Text: b.String(), Note: "Paste this into a terminal of RouterOS 7. The last line is for all its networks; name one instead of [find] to narrow it."}
	if left > 0 {
		s.Note += fmt.Sprintf(" Left out, because RouterOS cannot tell MAC prefixes apart: %d.", left)
	}
	return s
}

// missing are the options of everybody that a group of its own does not have:
// a set replaces the other set as a whole.
func missing(is bool, all, own []option) (out []option) {
	for _, o := range all {
		has := false
		for _, mine := range own {
			has = has || mine.code == o.code
		}
		if is && !has {
			out = append(out, o)
		}
	}
	return out
}

// routerValue: s'...' is text whatever it looks like.
func routerValue(o option) string {
	switch {
	case o.subs != nil:
		return "0x" + hex.EncodeToString(o.subs)
	case o.address.IsValid():
		return "'" + o.address.String() + "'"
	}
	return "s'" + routerQuote(o.text) + "'"
}

// routerQuote keeps a dollar from being a variable.
func routerQuote(s string) string { return strings.ReplaceAll(s, "$", `\$`) }
