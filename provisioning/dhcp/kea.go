package dhcp

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// The parts of Kea's configuration that phones need.
type (
	keaDef struct {
		Name string `json:"name"`
		Code int    `json:"code"`
		Type string `json:"type"`
	}
	keaData struct {
		Code   int    `json:"code"`
		CSV    bool   `json:"csv-format"`
		Data   string `json:"data"`
		Always bool   `json:"always-send,omitempty"`
	}
	keaClass struct {
		Name string    `json:"name"`
		Test string    `json:"test"`
		Defs []keaDef  `json:"option-def,omitempty"`
		Data []keaData `json:"option-data"`
	}
	keaFile struct {
		Defs    []keaDef   `json:"option-def,omitempty"`
		Data    []keaData  `json:"option-data,omitempty"`
		Classes []keaClass `json:"client-classes,omitempty"`
	}
)

// keaOther are options that Kea knows in another form than phones want them
// (RFC 7618): text cannot be put into them.
const keaOther = 159

// kea writes members of "Dhcp4". Option 43 may be redefined within a class only.
func kea(p plan, _ Site) Snippet {
	var f keaFile
	defined, left := map[int]bool{}, 0
	groups := append([]group{p.everybody}, p.narrow...)
	for i, g := range groups {
		c := keaClass{Name: g.name, Test: keaTest(g)}
		for _, o := range g.options {
			switch {
			case o.code == keaOther:
				left++
				continue
			case o.code == vendorSpecific:
				c.Defs = append(c.Defs, keaDef{"vendor-encapsulated-options", o.code, "binary"})
			case o.code != timeServers && o.code != tftpServerName && o.code != 67 && o.code != 114 && !defined[o.code]:
				defined[o.code] = true
				f.Defs = append(f.Defs, keaDef{fmt.Sprintf("cradle-%d", o.code), o.code, keaType(o)})
			}
			if data := keaValue(o); i == 0 && o.code != vendorSpecific {
				f.Data = append(f.Data, data)
			} else {
				c.Data = append(c.Data, data)
			}
		}
		if len(c.Data) > 0 {
			f.Classes = append(f.Classes, c)
		}
	}
	text, _ := json.MarshalIndent(f, "", "  ") //nolint:errchkjson // plain data
	s := Snippet{Text: string(text) + "\n", Note: `Merge these members into "Dhcp4" of kea-dhcp4.conf and reload Kea.`}
	if left > 0 {
		s.Note += " Option 159 is left out: Kea keeps it for another use."
	}
	return s
}

func keaTest(g group) string {
	if g.class != "" {
		return fmt.Sprintf("substring(option[60].hex,0,%d) == '%s'", len(g.class), g.class)
	}
	var tests []string
	for _, prefix := range g.prefixes {
		tests = append(tests, fmt.Sprintf("substring(hexstring(pkt4.mac,''),0,%d) == '%s'", len(prefix), prefix))
	}
	if len(tests) == 0 {
		return "member('ALL')"
	}
	return strings.Join(tests, " or ")
}

func keaType(o option) string {
	if o.address.IsValid() {
		return "ipv4-address"
	}
	return "string"
}

func keaValue(o option) keaData {
	d := keaData{Code: o.code, CSV: true}
	switch {
	case o.code == vendorSpecific:
		d.CSV, d.Data = false, hex.EncodeToString(o.bytes())
	case o.address.IsValid():
		d.Data = o.address.String()
	default:
		d.Data = strings.ReplaceAll(o.text, ",", `\,`) // a comma ends a field
	}
	return d
}
