package settings

import (
	"strings"
	"testing"

	"cradle/directory"
	"cradle/provisioning/render"
)

func TestWhatMayNotBeAbsentIsThere(t *testing.T) {
	o := newOffice(t)
	for _, mode := range []Mode{Bootstrap, Lobby, Full} {
		v, _ := o.maker.Values(o.facts(mode))
		complete(t, phoneShape, v, "")
	}
}

func complete(t *testing.T, shape *render.Shape, v render.Values, at string) {
	t.Helper()
	for i, f := range shape.Fields() {
		if v[i].Kind() == render.None && !f.Maybe {
			t.Errorf("%s%s is absent", at, f.Name)
		}
		if v[i].Kind() != render.None && v[i].Kind() != f.Kind {
			t.Errorf("%s%s is a %v, not a %v", at, f.Name, v[i].Kind(), f.Kind)
		}
		for _, item := range v[i].Items() {
			complete(t, f.Item, item, at+f.Name+".")
		}
	}
}

func TestEveryFieldIsDescribed(t *testing.T) {
	var walk func(*render.Shape)
	walk = func(shape *render.Shape) {
		for _, f := range shape.Fields() {
			if f.Doc == "" || f.Kind == render.List != (f.Item != nil) {
				t.Errorf("%s is not described", f.Name)
			}
			if f.Item != nil {
				walk(f.Item)
			}
		}
	}
	walk(phoneShape)
	if got := strings.Join(secrets(phoneShape), " "); got != "provision.password auth.admin_password auth.user_password secret extra" {
		t.Errorf("secret are %s", got)
	}
}

func TestOfThePhone(t *testing.T) {
	o := newOffice(t)
	for _, c := range []struct {
		names, want string
	}{
		{"phone.mac_upper phone.mac_colons phone.label phone.vendor phone.firmware phone.person phone.free", "00DEADBEEF01 00:de:ad:be:ef:01 Acme One acme 1.0.0 Ada false"},
		{"server.domain server.backup_host server.outbound_port network.vlan network.vlan_priority", "acme.example - - - 5"},
		{"language.tag tones.country tones.vendor time.clock24 time.date", "de-AT AT Austria true dmy"},
		{"time.posix time.summer time.summer_minutes time.start_month time.start_week time.end_hour time.offset_minutes", "CET-1CEST,M3.5.0,M10.5.0/3 true 60 3 5 3 60"},
		{"screen.idle_text screen.idle_url", "- http://192.0.2.1/p/~token/00deadbeef01-idle.xml"},
		{"lines lines.1.host lines.1.user lines.1.label lines.1.name lines.2.label lines.2.extension lines.3.used lines.3.user", "4 192.0.2.1 acc1 101 Ada ID 482711 - false -"},
		{"phonebooks phonebooks.1.name phonebooks.1.url phonebooks.2.name phonebooks.2.url contacts", "2 Acme http://192.0.2.1/p/~token/company.xml Ada http://192.0.2.1/p/~token/00deadbeef01-personal.xml 0"},
	} {
		if got := o.got(Full, strings.Fields(c.names)...); got != c.want {
			t.Errorf("%s\nare  %s\nwant %s", c.names, got, c.want)
		}
	}
}

func TestSettingsReachTheirValues(t *testing.T) {
	o := newOffice(t)
	for name, value := range map[string]string{
		"sip.backup": "b.example:5070", "sip.outbound": "2001:db8::1", "network.vlan": "4094", "network.pc_vlan": "4095", "ring.tone": "3",
		"actions.registered": "http://a.example/?x=1", "actions.boot": "http://a.example/", "raw.acme.Feature X": "on", "raw.acme.sip.password": "geheim", "raw.other.thing": "1",
	} {
		o.say("site", o.site.ID, name, value)
	}
	o.say("device", o.dev.ID, "raw.acme.Feature X", "off")
	want := "b.example 5070 [2001:db8::1] 5060 4094 - 3"
	if got := o.got(Full, "server.backup_host", "server.backup_port", "server.outbound_host", "server.outbound_port", "network.vlan", "network.pc_vlan", "ring.tone"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := o.got(Full, "actions", "actions.1.event", "actions.1.name", "actions.1.url"); got != "1 registered action_url.registered http://a.example/?x=1" {
		t.Errorf("actions: %s", got)
	}
	if got := o.got(Full, "extra", "extra.1.name", "extra.1.value", "extra.2.value"); got != "2 Feature X off geheim" {
		t.Errorf("by hand: %s", got)
	}
	o.mask = true
	if got := o.got(Full, "extra.1.value", "extra.2.value", "lines.1.secret"); got != "off *** ***" {
		t.Errorf("for people: %s", got)
	}
	o.say("device", o.dev.ID, "raw.acme.Feature X", "")
	if got := o.got(Full, "extra"); got != "1" {
		t.Errorf("taken back: %s left", got)
	}
}

func TestTheStricterDemandWins(t *testing.T) {
	for _, c := range []struct{ site, device, person, want string }{
		{"", "", "", "off"}, {"required", "", "off", "required"}, {"required", "off", "", "off"}, {"", "optional", "required", "required"},
		{"", "required", "optional", "required"}, {"required", "off", "optional", "optional"}, {"optional", "", "required", "required"}, {"", "off", "off", "off"},
	} {
		o := newOffice(t)
		for scope, value := range map[directory.Scope]string{
			{Kind: "site", ID: string(o.site.ID)}: c.site, {Kind: "device", ID: string(o.dev.ID)}: c.device, {Kind: "extension", ID: string(o.ada.ID)}: c.person,
		} {
			if value != "" {
				o.say(scope.Kind, directory.ID(scope.ID), "sip.srtp", value)
			}
		}
		if got := o.got(Full, "lines.1.srtp"); got != c.want {
			t.Errorf("site %q, device %q, person %q: %s, want %s", c.site, c.device, c.person, got, c.want)
		}
	}
}

func TestDisplayAndLocalServer(t *testing.T) {
	o := newOffice(t)
	o.do(func(tx *directory.Tx) error {
		o.ada.Server, o.ada.Voicemail.Enabled = "10.0.0.9", true
		must(t, tx.PutCode(&directory.Code{Organization: o.org.ID, Digits: "*97", Feature: "voicemail"}))
		must(t, tx.PutExtension(o.ada))
		return tx.PutNumber(&directory.Number{Organization: o.org.ID, Site: o.site.ID, E164: "+431632960001", Status: directory.NumberActive, Extension: o.ada.ID, Display: []string{"Ada L", "0001"}})
	})
	if got := o.got(Full, "lines.1.label", "lines.1.label_first", "lines.1.label_second", "lines.1.host", "lines.1.port", "lines.1.voicemail", "lines.2.host", "server.host"); got != "Ada L 0001 Ada L 0001 10.0.0.9 5060 *97 192.0.2.1 192.0.2.1" {
		t.Errorf("Ada at home: %s", got)
	}
	o.do(func(tx *directory.Tx) error { // a guest on another line registers with the appliance
		_, err := tx.Sit(directory.SitRequest{Extension: o.ada.ID, At: o.dev.At(2), By: "test", How: "portal"})
		return err
	})
	if got := o.got(Full, "lines.2.extension", "lines.2.host"); got != "101 192.0.2.1" {
		t.Errorf("Ada as a guest: %s", got)
	}
}

// Who is at home at line 1 is no guest there, and nobody is none either.
func TestGuestAtTheScreen(t *testing.T) {
	o := newOffice(t)
	is := func(when string, mode Mode, want string) {
		t.Helper()
		if got := o.got(mode, "phone.guest"); got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
	is("at home", Full, "false")
	o.do(func(tx *directory.Tx) error {
		_, err := tx.Sit(directory.SitRequest{Extension: o.bob.ID, At: o.dev.At(1), By: "test", How: "portal", Force: true})
		return err
	})
	is("Bob at Ada's", Full, "true")
	o.do(func(tx *directory.Tx) error {
		if _, err := tx.Leave(o.bob.ID); err != nil {
			return err
		}
		_, err := tx.Sit(directory.SitRequest{Extension: o.ada.ID, At: o.dev.At(2), By: "test", How: "portal"})
		return err
	})
	is("Ada elsewhere", Full, "false")
}

func TestKeysOfAPhone(t *testing.T) {
	o := newOffice(t)
	o.do(func(tx *directory.Tx) error {
		for digits, feature := range map[string]string{"*8": "pickup", "*68": "park"} {
			must(t, tx.PutCode(&directory.Code{Organization: o.org.ID, Digits: digits, Feature: feature}))
		}
		l := &directory.Layout{Organization: o.org.ID, Name: "Desk", Keys: []directory.Key{
			{Position: 3, Type: "park", Value: "701", Label: "Slot"}, {Module: 1, Position: 2, Type: "blf", Rule: "everyone"}, {Module: 2, Position: 4, Type: "dnd"},
		}}
		must(t, tx.PutLayout(l))
		o.ada.Keys = []directory.Key{{Position: 3, Type: "speed", Value: "102"}}
		must(t, tx.PutExtension(o.ada))
		o.dev.Layout, o.dev.Modules = l.ID, 2
		return tx.PutDevice(&o.dev)
	})
	for _, c := range []struct{ names, want string }{
		{"keys keys.1.kind keys.1.label keys.1.line", "6 15 101 1"},
		{"keys.2.type keys.2.label keys.2.line_index", "line ID 482711 1"},
		{"keys.3.type keys.3.value keys.3.label keys.3.uri keys.3.pickup", "park *68701 Slot *68701@192.0.2.1 -"},
		{"keys.4.type keys.4.value keys.4.label keys.4.extension", "speed 102 Bob -"}, // hers is displaced
		{"keys.5.used keys.5.type keys.5.kind keys.5.value keys.5.label", "false none 0 - -"},
		{"modules modules.1.keys modules.1.keys.2.type modules.1.keys.2.extension modules.1.keys.2.pickup modules.1.keys.2.label", "2 4 blf 102 *8102 Bob"},
		{"modules.1.keys.2.number modules.1.keys.2.position modules.1.keys.2.place modules.1.keys.2.module", "2 2 7 1"},
		{"modules.2.keys.4.used modules.2.keys.4.position modules.2.keys.4.place", "false 8 13"}, // no dnd, no code
	} {
		if got := o.got(Full, strings.Fields(c.names)...); got != c.want {
			t.Errorf("%s\nare  %s\nwant %s", c.names, got, c.want)
		}
	}
	keys, findings := o.maker.Keys(o.facts(Full))
	var from []string
	for _, k := range keys {
		from = append(from, k.Type+" "+string(k.From))
	}
	if got := strings.Join(from, ", "); got != "line default, line default, park device, speed extension, blf device" {
		t.Errorf("keys are of %s", got)
	}
	if got := strings.Join(texts(findings), ", "); got != "2.4 there is no code for dnd, so the key stays empty" {
		t.Errorf("found: %s", got)
	}
	if got := o.got(Lobby, "keys.1.used", "keys.3.used", "modules.1.keys.2.used", "phonebooks", "extra", "codes.park"); got != "true false false 0 0 -" {
		t.Errorf("in the lobby: %s", got)
	}
	if got := o.got(Bootstrap, "keys.1.used", "keys.3.used", "lines.1.used", "auth.admin_password"); got != "false false false -" {
		t.Errorf("before: %s", got)
	}
	o.do(func(tx *directory.Tx) error { o.bob.Name = "Robert"; return tx.PutExtension(o.bob) })
	if got := o.got(Full, "keys.4.label", "modules.1.keys.2.label"); got != "Robert Robert" {
		t.Errorf("after a renaming: %s", got)
	}
	o.model.Keys = 0
	if got := o.got(Full, "keys", "keys.3.number"); got != "4 3" {
		t.Errorf("of a phone whose keys nobody has counted: %s", got)
	}
}

func TestFirmwareStepByStep(t *testing.T) {
	o := newOffice(t)
	file := func(version, after, bad string) *directory.Firmware {
		return &directory.Firmware{Vendor: "acme", Models: []string{"acme-1"}, Version: version, File: "ONE-" + version + ".rom", Size: 1, SHA256: strings.Repeat("0", 64), After: after, Bad: bad}
	}
	o.do(func(tx *directory.Tx) error {
		for _, f := range []*directory.Firmware{file("1.5.0", "", ""), file("1.6.0", "", "bricks"), file("1.10.0", "1.4.0", ""), file("2.0.0", "1.6.0", "")} {
			must(t, tx.PutFirmware(f))
		}
		return nil
	})
	for _, c := range []struct{ wanted, has, want string }{
		{"", "1.0.0", "-"}, {"1.5.0", "1.0.0", "1.5.0"}, {"1.5.0", "1.5.0", "-"}, {"1.5.0", "", "-"}, {"1.5.0", "2.0.0", "1.5.0"},
		{"2.0.0", "1.0.0", "1.5.0"}, {"2.0.0", "1.5.0", "1.10.0"}, {"2.0.0", "1.6.0", "2.0.0"}, {"2.0.0", "1.10.0", "2.0.0"},
		{"1.6.0", "1.0.0", "-"}, {"3.0.0", "1.0.0", "-"},
	} {
		o.say("device", o.dev.ID, "firmware.version", c.wanted)
		o.do(func(tx *directory.Tx) error { o.dev.Firmware = c.has; return tx.PutDevice(&o.dev) })
		if got := o.got(Full, "firmware.version"); got != c.want {
			t.Errorf("%q wanted on %q: %s, want %s", c.wanted, c.has, got, c.want)
		}
	}
	o.say("device", o.dev.ID, "firmware.version", "1.5.0")
	o.do(func(tx *directory.Tx) error { o.dev.Firmware = "1.0.0"; return tx.PutDevice(&o.dev) })
	if got := o.got(Full, "firmware.url", "firmware.file", "firmware.base"); got != "http://192.0.2.1/p/~token/firmware/ONE-1.5.0.rom ONE-1.5.0.rom http://192.0.2.1/p/~token/firmware/" {
		t.Errorf("where: %s", got)
	}
	if got := o.got(Lobby, "firmware.url"); got != "-" {
		t.Errorf("in the lobby: %s", got)
	}
}

func TestPhonebook(t *testing.T) {
	o := newOffice(t)
	o.do(func(tx *directory.Tx) error {
		return tx.PutContact(&directory.Contact{Organization: o.org.ID, First: "Zoe", Last: "Zed", Company: "Z", Speed: "7", Numbers: []directory.ContactNumber{{Kind: "mobile", Number: "+1"}, {Kind: "mobile", Number: "+2"}, {Kind: "home", Number: "+3"}}})
	})
	o.book = "company"
	if got := o.got(Full, "book.name", "book.kind", "contacts", "contacts.1.name", "contacts.1.office", "contacts.3.name", "contacts.3.mobile", "contacts.3.home", "contacts.3.phone", "contacts.3.numbers", "contacts.3.office", "contacts.3.speed"); got != "Acme company 3 Ada 101 Zoe Zed +1 +3 +1 3 - 7" {
		t.Errorf("%s", got)
	}
	o.model.BookEntries = 2
	if got := o.got(Full, "contacts"); got != "2" {
		t.Errorf("%s entries in a phone that takes 2", got)
	}
	if got := o.got(Lobby, "contacts", "phonebooks"); got != "0 0" {
		t.Errorf("in the lobby: %s", got)
	}
}

// TestDepends changes the directory in many ways: where the values change, the
// fingerprint does, and where nothing of the phone's is touched, it does not.
func TestDepends(t *testing.T) {
	o := newOffice(t)
	o.book = "company"
	layout := &directory.Layout{Organization: o.org.ID, Name: "Desk", Keys: []directory.Key{{Type: "blf", Value: "102"}}}
	profile := &directory.Profile{Organization: o.org.ID, Name: "Desk"}
	number := &directory.Number{Organization: o.org.ID, Site: o.site.ID, E164: "+431632960001", Status: directory.NumberActive, Extension: o.ada.ID}
	file := &directory.Firmware{Vendor: "acme", Models: []string{"acme-1"}, Version: "2", File: "2.rom", Size: 1, SHA256: strings.Repeat("0", 64)}
	for _, c := range []struct {
		what   string
		change func(*directory.Tx) error
	}{
		{"a layout", func(tx *directory.Tx) error {
			must(t, tx.PutLayout(layout))
			profile.Layout = layout.ID
			must(t, tx.PutProfile(profile))
			o.dev.Profile = profile.ID
			return tx.PutDevice(&o.dev)
		}},
		{"a key", func(tx *directory.Tx) error {
			layout.Keys = append(layout.Keys, directory.Key{Type: "blf", Rule: "everyone"})
			return tx.PutLayout(layout)
		}},
		{"a name", func(tx *directory.Tx) error { o.bob.Name = "Robert"; return tx.PutExtension(o.bob) }},
		{"a new person", func(tx *directory.Tx) error { o.person(tx, "103", "Eve"); return nil }},
		{"a number", func(tx *directory.Tx) error { number.Display = []string{"A"}; return tx.PutNumber(number) }},
		{"its display", func(tx *directory.Tx) error { number.Display = []string{"B"}; return tx.PutNumber(number) }},
		{"a code", func(tx *directory.Tx) error {
			return tx.PutCode(&directory.Code{Organization: o.org.ID, Digits: "*8", Feature: "pickup"})
		}},
		{"a setting of the profile", func(tx *directory.Tx) error {
			return tx.SetSetting(directory.Scope{Kind: "profile", ID: string(profile.ID)}, "ring.tone", "2")
		}},
		{"a firmware wanted", func(tx *directory.Tx) error {
			must(t, tx.PutFirmware(file))
			return tx.SetSetting(directory.Scope{Kind: "appliance"}, "firmware.version", "2")
		}},
		{"the firmware is bad", func(tx *directory.Tx) error { file.Bad = "yes"; return tx.PutFirmware(file) }},
		{"a contact", func(tx *directory.Tx) error {
			return tx.PutContact(&directory.Contact{Organization: o.org.ID, First: "Zoe", Numbers: []directory.ContactNumber{{Number: "5"}}})
		}},
		{"a personal key", func(tx *directory.Tx) error {
			o.ada.Keys = []directory.Key{{Type: "speed", Value: "5"}}
			return tx.PutExtension(o.ada)
		}},
		{"the site's zone", func(tx *directory.Tx) error { o.site.TimeZone = "Asia/Tokyo"; return tx.PutSite(&o.site) }},
		{"the language", func(tx *directory.Tx) error { o.org.Language = "fr"; return tx.PutOrganization(&o.org) }},
		{"a seat", func(tx *directory.Tx) error {
			_, err := tx.Sit(directory.SitRequest{Extension: o.bob.ID, At: o.dev.At(2), By: "test", How: "portal"})
			return err
		}},
	} {
		mark := o.print()
		before, _ := o.maker.Values(o.facts(Full))
		o.do(c.change)
		after, _ := o.maker.Values(o.facts(Full))
		if whole(phoneShape, before) == whole(phoneShape, after) {
			t.Errorf("%s: the values are the same, so this shows nothing", c.what)
		}
		if o.print() == mark {
			t.Errorf("%s: the values have changed, and nothing says so", c.what)
		}
	}
	mark := o.print()
	o.do(func(tx *directory.Tx) error {
		return tx.SetSetting(directory.Scope{Kind: "model", ID: "another"}, "ring.tone", "2")
	})
	if o.print() != mark {
		t.Error("another model's setting counts")
	}
}

// A phone on a stream holds it open and looks in every five minutes, where
// nobody says otherwise: sip-stack-notes 2.1. The transport that holds counts.
func TestAStreamIsHeldOpen(t *testing.T) {
	o := newOffice(t)
	read := []string{"server.transport", "server.expires", "server.expires_minutes", "server.keepalive"}
	held := func(want string) {
		t.Helper()
		if got := o.got(Full, read...); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	held("udp 3600 60 0")
	o.say("site", o.site.ID, "sip.transport", "tcp")
	held("tcp 300 5 30")
	o.sips, o.model.SIPS = 5061, true
	o.say("site", o.site.ID, "sip.transport", "tls")
	held("tls 300 5 30")
	o.model.SIPS = false
	held("udp 3600 60 0")
	o.model.SIPS = true
	o.say("organization", o.site.Organization, "sip.keepalive", "0")
	o.say("device", o.dev.ID, "sip.expires", "600")
	held("tls 600 10 0")
}

// What a phone registers by: TLS has a port of its own, and is taken back where
// the model has none or the door is closed.
func TestTransportAndPort(t *testing.T) {
	o := newOffice(t)
	read := []string{"server.transport", "server.port", "lines.1.port", "server.backup_port"}
	o.say("site", o.site.ID, "sip.backup", "backup.example")
	if got := o.got(Full, read...); got != "udp 5060 5060 5060" {
		t.Errorf("by default %s", got)
	}
	o.say("site", o.site.ID, "sip.transport", "tls")
	for _, c := range []struct {
		sips int
		can  bool
		want string
		from Layer
	}{
		{5061, true, "tls 5061 5061 5061", FromSite},
		{5071, true, "tls 5071 5071 5061", FromSite},
		{5061, false, "udp 5060 5060 5060", FromModel},
		{0, true, "udp 5060 5060 5060", FromAppliance},
	} {
		o.sips, o.model.SIPS = c.sips, c.can
		_, stack := o.maker.Values(o.facts(Full))
		if got := o.got(Full, read...); got != c.want || stack[Transport].Layer != c.from {
			t.Errorf("port %d, model %v: %s by %s, want %s by %s", c.sips, c.can, got, stack[Transport].Layer, c.want, c.from)
		}
	}
	o.say("device", o.dev.ID, "sip.transport", "tcp")
	if got := o.got(Full, read...); got != "tcp 5060 5060 5060" {
		t.Errorf("the device's own: %s", got)
	}
}

// The phone's own softkey is switched on where somebody else may sit down at a line.
func TestHotelingWhereOthersMaySit(t *testing.T) {
	o := newOffice(t)
	lines := func(when, want string) {
		t.Helper()
		if got := o.got(Full, "lines.1.hoteling", "lines.2.hoteling"); got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
	allow := func(on bool) {
		o.do(func(tx *directory.Tx) error { o.ada.Virtualization.Allow = on; return tx.PutExtension(o.ada) })
	}
	lines("a model that has none", "false false")
	o.model.Hoteling = true
	lines("Ada allows nobody", "false true")
	allow(true)
	lines("Ada allows others", "true true")
	o.do(func(tx *directory.Tx) error { o.dev.NeverShared = true; return tx.PutDevice(&o.dev) })
	lines("never shared", "false false")
	allow(false)
	o.do(func(tx *directory.Tx) error { o.dev.NeverShared = false; return tx.PutDevice(&o.dev) })
	lines("shared again", "false true")
}
