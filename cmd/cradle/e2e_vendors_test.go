//go:build e2e

package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"cradle/provisioning/catalog"
	"cradle/templates"
)

// vendorPhone is one phone of a family of the shelf, and its ways in.
type vendorPhone struct {
	model, mac string
	doors      []string
}

// onePhoneAFamily takes the first model of every family, each with a MAC of its vendor.
func onePhoneAFamily(t *testing.T) []vendorPhone {
	t.Helper()
	shelf, err := catalog.Load(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	var all []vendorPhone
	for _, v := range shelf.Vendors() {
		for _, f := range v.Families {
			prefix := "02ab"
			if len(v.Prefixes) > 0 {
				prefix = v.Prefixes[0]
			}
			n := fmt.Sprintf("%04x", len(all)+1)
			mac := (prefix + "000000000000")[:12-len(n)] + n
			p := vendorPhone{model: f.Models[0].Name, mac: mac, doors: f.Boot.Doors}
			if v.PnP.Supported {
				p.doors = append(p.doors[:len(p.doors):len(p.doors)], "pnp")
			}
			all = append(all, p)
		}
	}
	return all
}

// TestE2EEveryVendorThroughEveryDoor boots a phone of every family of the shelf
// through each of its doors; each registers with what it was given.
func TestE2EEveryVendorThroughEveryDoor(t *testing.T) {
	phones := onePhoneAFamily(t)
	https := freePort(t)
	a := startAppliance(t, t.TempDir(), "--https", https, "--pnp", "lo", "--sip", "127.0.0.1:5060") // some phones cannot be told another port
	var office strings.Builder
	office.WriteString(strings.Replace(strings.SplitN(officeFile, "devices:", 2)[0], "adoption: lobby", "adoption: closed", 1))
	office.WriteString("devices:\n")
	for i, p := range phones {
		fmt.Fprintf(&office, "  - {mac: %q, model: %s, site: London, name: Phone %d}\n", p.mac, p.model, i)
	}
	a.Setup(office.String())
	before := a.Vitals()
	source := map[string]string{"http": "http://" + a.HTTP + "/p/", "https": "https://" + https + "/p/", "tftp": "tftp://" + a.TFTP + "/", "pnp": "pnp:lo"}
	for _, p := range phones {
		for _, door := range p.doors {
			t.Run(p.model+"/"+door, func(t *testing.T) {
				out, status := command(t, "phonesim", "boot", "--once", "--model", p.model, "--mac", p.mac, "--url", source[door], "--patience", "20s", "--json")
				if status != 0 {
					t.Fatalf("status %d\n%s", status, out)
				}
				var done struct {
					State struct{ Account struct{ User string } }
				}
				if err := json.Unmarshal([]byte(out), &done); err != nil || done.State.Account.User == "" {
					t.Errorf("%v: %s", err, out)
				}
			})
		}
	}
	backAtBaseline(t, a, before)
}
