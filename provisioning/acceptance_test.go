package provisioning_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cradle/directory"
)

// A preview counts the phones that would restart by the settings that make them
// restart, and says so where nothing is known of them.
func TestPreviewCountsWhoRestarts(t *testing.T) {
	k := newKit(t, kitOptions{})
	for i := range 3 {
		k.importPhone(t, fmt.Sprintf("805ec01000%02x", i), "yealink-t46u", false)
		k.importPhone(t, fmt.Sprintf("0004130000%02x", i), "snom-d785", false)
	}
	k.change(t, "805ec0100001", func(d *directory.Device) { d.Name = "Ada's desk" })
	builtin, _ := k.p.Catalog().Model("yealink-t46u").Family.Part("phone.tmpl")
	tmpl := k.upload(t, directory.Scope{Kind: "appliance"}, func(s string) string { return s })
	for line, want := range map[string][2]int{
		"features.custom = 1": {3, 0},
		"features.custom = 1\nnetwork.custom = {{orclear .phone.name}}":   {3, 3},
		"{{with .phone.name}}static.network.custom = {{.}}\n{{end}}x = 1": {3, 1},
	} {
		got, err := k.p.Preview(t.Context(), tmpl.ID, builtin+line+"\n", "", "")
		must(t, err)
		restarts := 0
		for _, d := range got.Devices {
			if d.Reboot {
				restarts++
			}
		}
		if got.Phones != 3 || got.Changed != want[0] || got.Reboot != want[1] || restarts != want[1] || !got.RebootKnown {
			t.Errorf("%q: %d phones, %d changed, %d of them restart (%d are marked), known %v; want %v", line, got.Phones, got.Changed, got.Reboot, restarts, got.RebootKnown, want)
		}
	}
	snom, _ := k.p.Catalog().Model("snom-d785").Family.Part("phone.tmpl")
	other := directory.Template{Scope: directory.Scope{Kind: "appliance"}, Model: "snom-d785", File: "phone.tmpl", Name: "x"}
	k.update(t, func(tx *directory.Tx) error { return tx.PutTemplate(&other) })
	if got, err := k.p.Preview(t.Context(), other.ID, snom+"<!-- x -->\n", "", ""); err != nil || got.RebootKnown {
		t.Errorf("of a model of which nothing is known: %+v, %v", got, err)
	}
}

// Keys by a rule bring everybody of one's department but oneself, by name, and
// go on bearing the names that people have now.
func TestDepartmentKeysAreOfTheOthersByName(t *testing.T) {
	k := newKit(t, kitOptions{})
	layout := directory.Layout{Organization: k.org.ID, Name: "Sales", Keys: []directory.Key{{Type: "blf", Position: 2, Rule: "department"}}}
	people := map[string]*directory.Extension{}
	k.update(t, func(tx *directory.Tx) error {
		ada := *tx.Snapshot().Extension(k.ada.ID)
		ada.Department = "Sales"
		if err := tx.PutExtension(&ada); err != nil {
			return err
		}
		for number, who := range map[string][2]string{"105": {"Zoe", "Sales"}, "104": {"Grace", "Sales"}, "103": {"Alan", "Stock"}, "106": {"Bob", "Sales"}} {
			people[number] = &directory.Extension{Organization: k.org.ID, Site: k.site.ID, Number: number, Name: who[0], Department: who[1]}
			if err := tx.PutExtension(people[number]); err != nil {
				return err
			}
		}
		return tx.PutLayout(&layout)
	})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	k.change(t, yMAC, func(d *directory.Device) { d.Layout = layout.ID })
	watched := func() string {
		e, err := k.p.ExplainFile(d.ID, "{mac}.cfg", false)
		must(t, err)
		var all []string
		for n := range 27 {
			value, label := "", ""
			for _, l := range e.Lines {
				if v, is := strings.CutPrefix(l.Text, fmt.Sprintf("linekey.%d.value = ", n+1)); is {
					value = v
				}
				if v, is := strings.CutPrefix(l.Text, fmt.Sprintf("linekey.%d.label = ", n+1)); is {
					label = v
				}
			}
			if slices.ContainsFunc([]string{"103", "104", "105", "106"}, func(s string) bool { return s == value }) {
				all = append(all, fmt.Sprintf("%d %s %s", n+1, value, label))
			}
		}
		return strings.Join(all, ", ")
	}
	if got := watched(); got != "2 106 Bob, 3 104 Grace, 4 105 Zoe" {
		t.Errorf("keys: %s", got)
	}
	k.update(t, func(tx *directory.Tx) error {
		grace := *tx.Snapshot().Extension(people["104"].ID)
		grace.Name = "Amazing Grace"
		return tx.PutExtension(&grace)
	})
	if got := watched(); got != "2 104 Amazing Grace, 3 106 Bob, 4 105 Zoe" {
		t.Errorf("after one has another name: %s", got)
	}
}

// A phone that does not run the firmware its settings name has drifted, and no
// longer once it tells that it does.
func TestDriftOfFirmware(t *testing.T) {
	k, _, f, _ := withFirmware(t, kitOptions{}, []byte("rom"))
	d := k.importPhone(t, macT46, "yealink-t46u", false)
	k.change(t, macT46, func(d *directory.Device) { d.Firmware = "108.86.0.10" })
	drift := func(sip string) string {
		var all []string
		for _, one := range k.p.Known(d.ID, sip).Drift {
			all = append(all, string(one.Kind)+": "+one.Text)
		}
		return strings.Join(all, "; ")
	}
	if got := drift(""); got != "" {
		t.Errorf("nobody named a version: %s", got)
	}
	k.update(t, func(tx *directory.Tx) error {
		return tx.SetSetting(directory.Scope{Kind: "site", ID: string(k.site.ID)}, "firmware.version", f.Version)
	})
	if got := drift(""); got != "firmware: It runs firmware 108.86.0.10 and is to load 108.86.0.20." {
		t.Errorf("an older one: %q", got)
	}
	if got := drift("Yealink SIP-T46U 108.86.0.20"); got != "" {
		t.Errorf("it registers with the new one: %q", got)
	}
	k.change(t, macT46, func(d *directory.Device) { d.Firmware = f.Version })
	if got := drift(""); got != "" {
		t.Errorf("it has loaded it: %q", got)
	}
	k.change(t, macT46, func(d *directory.Device) { d.Firmware = "108.86.0.10" })
	k.update(t, func(tx *directory.Tx) error {
		bad := *f
		bad.Bad = "phones fall silent"
		return tx.PutFirmware(&bad)
	})
	if got := drift(""); got != "" {
		t.Errorf("the version is marked as bad: %q", got)
	}
}

// The catalogue holds 500 models of 30 vendors or more, each with a name of its
// own; clones under another vendor's name are theirs.
func TestTheCatalogueIsAsLargeAsPromised(t *testing.T) {
	k := newKit(t, kitOptions{})
	shelf := k.p.Catalog()
	vendors, labels := map[string]int{}, map[string]bool{}
	for _, m := range shelf.Models() {
		vendors[m.Vendor.Name]++
		if labels[m.Label] {
			t.Errorf("%q is there twice", m.Label)
		}
		labels[m.Label] = true
	}
	if len(shelf.Models()) < 500 || len(vendors) < 30 {
		t.Errorf("%d models of %d vendors: %v", len(shelf.Models()), len(vendors), vendors)
	}
}
