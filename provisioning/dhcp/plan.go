package dhcp

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"cradle/provisioning/catalog"
)

// Codes of options that have a form of their own (RFC 2132, RFC 5859).
const (
	timeServers    = 42
	vendorSpecific = 43
	tftpServerName = 66
	tftpServers    = 150 // addresses; text in it no server sends
)

// option is one option with what it holds: a text, an address, or sub-options.
type option struct {
	code    int
	text    string
	address netip.Addr
	subs    []byte // each: number, length, text (RFC 2132, 8.4)
}

// group is who gets some options: those whose vendor class begins so, or whose
// MAC does. The group of everybody has neither.
type group struct {
	name     string
	class    string
	prefixes []string
	options  []option
}

// plan is who gets what.
type plan struct {
	everybody group
	narrow    []group
	unsaid    int // options left out because our host is no address
	misplaced int // options left out because they are text where addresses belong
}

// newPlan sorts what the vendors want. Where they disagree about an option that
// goes to everybody, the value that most of them want does, and the others go
// to their own MAC prefixes only; who wants what everybody gets needs no place of
// its own.
func newPlan(vendors []*catalog.Vendor, at place) plan {
	p := plan{everybody: group{name: "cradle"}}
	common := commonValues(vendors)
	_, isAddress := at.address()
	for _, v := range vendors {
		for _, d := range v.DHCP {
			switch {
			case d.Address && !isAddress:
				p.unsaid++
			case !d.Address && (d.Option == tftpServers || d.Option == timeServers):
				p.misplaced++
			case common[slot{d.Option, d.Sub}] == d.Value:
				p.everybody.add(d, at)
			case d.Class != "":
				p.group(d.Class, "class-"+d.Class, nil).add(d, at)
			default:
				p.group("", v.Name, v.Prefixes).add(d, at)
			}
		}
	}
	p.narrow = slices.DeleteFunc(p.narrow, func(g group) bool { return g.class == "" && len(g.prefixes) == 0 })
	return p
}

// slot is one place for a value.
type slot struct{ option, sub int }

// commonValues is what most vendors want of the options that go to everybody;
// of equally many the first in order of the alphabet.
func commonValues(vendors []*catalog.Vendor) map[slot]string {
	votes := map[slot]map[string]int{}
	for _, v := range vendors {
		for _, d := range v.DHCP {
			if s := (slot{d.Option, d.Sub}); d.Class == "" && !d.OUI {
				if votes[s] == nil {
					votes[s] = map[string]int{}
				}
				votes[s][d.Value]++
			}
		}
	}
	common := map[slot]string{}
	for s, values := range votes {
		for value, n := range values {
			if best, has := common[s]; !has || cmp.Or(values[best]-n, strings.Compare(value, best)) < 0 {
				common[s] = value
			}
		}
	}
	return common
}

// group finds or adds the group of a vendor class, or of a vendor's prefixes.
func (p *plan) group(class, of string, prefixes []string) *group {
	name := "cradle-" + tag(of)
	same := 0
	for i := range p.narrow {
		switch g := &p.narrow[i]; {
		case g.class == class && (class != "" || g.name == name):
			return g
		case g.name == name || strings.HasPrefix(g.name, name+"-v"):
			same++ // classes that differ in other characters only
		}
	}
	if same > 0 {
		name = fmt.Sprintf("%s-v%d", name, same+1)
	}
	p.narrow = append(p.narrow, group{name: name, class: class, prefixes: prefixes})
	return &p.narrow[len(p.narrow)-1]
}

// add puts an option in; what is there already stays, sub-options join.
func (g *group) add(d catalog.DHCP, at place) {
	text := at.fill(d.Value)
	i := slices.IndexFunc(g.options, func(o option) bool { return o.code == d.Option })
	switch {
	case i >= 0 && (d.Sub == 0 || g.options[i].subs == nil):
		return
	case i < 0:
		g.options = append(g.options, option{code: d.Option})
		i = len(g.options) - 1
	}
	o := &g.options[i]
	switch {
	case d.Sub > 0:
		o.subs = append(append(o.subs, byte(d.Sub), byte(len(text))), text...) //nolint:gosec // the catalogue bounds both
	case d.Address:
		o.address, _ = at.address()
	default:
		o.text = text
	}
}

// bytes is what the option holds.
func (o option) bytes() []byte {
	switch {
	case o.subs != nil:
		return o.subs
	case o.address.IsValid():
		return o.address.AsSlice()
	}
	return []byte(o.text)
}

// tag is a name that every server's language takes.
func tag(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, name), "-")
}

// whole turns prefixes into whole bytes: an odd digit stands for sixteen of them.
func whole(prefixes []string) (out []string) {
	for _, p := range prefixes {
		if len(p)%2 == 0 {
			out = append(out, p)
			continue
		}
		for _, digit := range "0123456789abcdef" {
			out = append(out, p+string(digit))
		}
	}
	return out
}

// colons writes bytes in hexadecimal with colons between.
func colons(b []byte) string {
	parts := make([]string, len(b))
	for i := range b {
		parts[i] = hex.EncodeToString(b[i : i+1])
	}
	return strings.Join(parts, ":")
}
