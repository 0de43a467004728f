package office_test

import (
	"errors"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/directory/office"
)

// equipment names everything that phones are given beside their accounts.
var equipment = []byte(`
organization: {name: Acme Ltd, operator_contact: "call 0800"}
sites: [{name: London, resync_from: "22:00", resync_until: "05:30"}]
layouts:
  - name: Reception
    keys:
      - {type: blf, value: "101", module: 1, position: 3, label: Ada}
      - {type: blf, rule: everyone, line: 1}
profiles: [{name: Front desk, layout: Reception}]
extensions: [{number: "102", department: Sales, server: 192.0.2.9, keys: [{type: speed, value: "101"}]}]
devices: [{mac: 00:15:65:00:00:09, profile: Front desk, layout: Reception, modules: 2, equipment: by the door, outside: true}]
contacts:
  - {last: Byron, site: London, numbers: [{kind: mobile, number: "+441632960001"}], speed: "7"}
  - {first: Mum, extension: "102", numbers: [{number: "555"}], email: mum@example.org}
  - {company: Courier, numbers: [{number: "556"}]}
templates:
  - {scope: appliance, model: acme-one, file: phone.tmpl, name: For all}
  - {scope: device, of: 00:15:65:00:00:09, model: acme-one, file: phone.tmpl}
  - scope: site
    of: London
    model: acme-one
    file: phone.tmpl
    name: Quiet
    active: 2
    previous: 1
    share: 10
    versions:
      - {number: 1, text: "volume = 3\n"}
      - {number: 2, text: "volume = 2\n", comment: quieter, tests: [{model: acme-one, line: volume = 2}]}
settings: [{scope: profile, of: Front desk, key: ring.volume, value: "3"}]
`)

func TestEquipmentAppliedTwiceChangesNothing(t *testing.T) {
	d := open(t, directory.NewKeys())
	org := guests(t, d)
	if rep := apply(t, d, equipment); len(rep.Created)+len(rep.Changed) != 0 {
		t.Errorf("the second time: %+v", rep)
	}
	s := d.Snapshot()
	p := s.ProfileByName(org, "front desk")
	if v, _ := s.Setting(directory.Scope{Kind: "profile", ID: string(p.ID)}, "ring.volume"); v != "3" {
		t.Errorf("the profile's setting is %q", v)
	}
	tpl := s.TemplateFor(directory.Scope{Kind: "site", ID: string(s.SiteByName(org, "London").ID)}, "acme-one", "phone.tmpl")
	if tpl.Active != 2 || tpl.Previous != 1 || tpl.Share != 10 || tpl.Latest != 2 {
		t.Errorf("template is %+v", tpl)
	}
	if d := s.DeviceByMAC("001565000009"); s.LayoutOf(d) == nil || d.Modules != 2 || d.Equipment != "by the door" || !d.Outside {
		t.Errorf("phone is %+v", d)
	}
}

func TestWrongEquipmentIsRefusedWithItsPlace(t *testing.T) {
	const quiet = "templates: [{scope: site, of: London, model: acme-one, file: phone.tmpl, "
	for _, c := range []struct{ file, path, reason string }{
		{`layouts: [{name: A}, {name: a}]`, "layouts[1].name", "twice"},
		{`layouts: [{name: A, keys: [{type: bell}]}]`, "layouts[0]", "bell"},
		{`profiles: [{name: A, layout: B}]`, "profiles[0].layout", "no layout"},
		{`contacts: [{first: A, numbers: []}]`, "contacts[0]", "0 numbers"},
		{`contacts: [{first: A, extension: "999", numbers: [{number: "1"}]}]`, "contacts[0].extension", "999"},
		{`devices: [{mac: 00:15:65:00:00:09, profile: None}]`, "devices[0].profile", "None"},
		{`templates: [{scope: model, model: m, file: f}]`, "templates[0].scope", "none of"},
		{quiet + `versions: [{number: 2, text: "x"}]}]`, "templates[0].versions[0]", "never change"},
		{quiet + `versions: [{number: 4, text: "x"}]}]`, "templates[0].versions[0].number", "next version is 3"},
		{quiet + `active: 3}]`, "templates[0]", "3"},
		{`settings: [{scope: profile, of: None, key: ring.volume, value: "3"}]`, "settings[0].of", "None"},
		{`sites: [{name: London, resync_from: "25:00"}]`, "sites[0]", "25:00"},
	} {
		d := open(t, directory.NewKeys())
		guests(t, d)
		before := d.Snapshot().Revision()
		_, err := tryApply(d, []byte("organization: {name: Acme Ltd}\n"+c.file+"\n"))
		var e *office.Error
		if !errors.As(err, &e) || e.Path != c.path || !strings.Contains(e.Reason, c.reason) {
			t.Errorf("%s: %v", c.file, err)
		}
		if d.Snapshot().Revision() != before {
			t.Errorf("%s: something was changed", c.file)
		}
	}
}

// A file gives a phone the transport that it names; of a phone of which it names
// none, the layers of settings decide, also when the file comes a second time.
func TestATransportIsWhatTheFileNames(t *testing.T) {
	d := open(t, directory.NewKeys())
	guests(t, d)
	file := func(sip string) []byte {
		return []byte("organization: {name: Acme Ltd}\ndevices:\n  - {mac: 00:15:65:00:00:21, site: London}\n  - {mac: 00:15:65:00:00:22, site: London" + sip + "}\n")
	}
	for _, step := range []struct{ sip, want string }{{"", ""}, {", sip: {transport: udp}", "udp"}, {"", "udp"}, {", sip: {transport: tls}", "tls"}} {
		apply(t, d, file(step.sip))
		silent, named := d.Snapshot().DeviceByMAC("001565000021").SIP.Transport, d.Snapshot().DeviceByMAC("001565000022").SIP.Transport
		if silent != "" || named != step.want {
			t.Errorf("after %q: %q where nothing is named, and %q, want %q", step.sip, silent, named, step.want)
		}
	}
}
