package provisioning_test

import (
	"testing"

	"cradle/directory"
	"cradle/provisioning/settings"
)

// TestLayers writes one setting of each kind on every layer in turn and looks
// who wins.
func TestLayers(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	scopes := []directory.Scope{
		{Kind: "appliance"}, {Kind: "organization", ID: string(k.org.ID)}, {Kind: "site", ID: string(k.site.ID)}, {Kind: "model", ID: "yealink-t46u"},
	}
	desk := append(append([]directory.Scope{}, scopes...), directory.Scope{Kind: "extension", ID: string(k.ada.ID)}, directory.Scope{Kind: "device", ID: string(d.ID)})
	personal := append(append([]directory.Scope{}, scopes...), directory.Scope{Kind: "device", ID: string(d.ID)}, directory.Scope{Kind: "extension", ID: string(k.ada.ID)})
	pile := func() settings.Stack {
		snap := k.dir.Snapshot()
		return settings.Pile(snap, settings.Subject{Organization: snap.Organization(k.org.ID), Site: snap.Site(k.site.ID), Model: "yealink-t46u", Device: k.device(yMAC), Person: snap.Extension(k.ada.ID)})
	}
	if got := pile()[settings.Expires]; got.Layer != settings.FromDefault {
		t.Errorf("before anything: %+v", got)
	}
	for i, s := range desk {
		value := []string{"100", "200", "300", "400", "500", "600"}[i]
		k.update(t, func(tx *directory.Tx) error { return tx.SetSetting(s, "sip.expires", value) })
		if got := pile()[settings.Expires]; got.Text != value || string(got.Layer) != s.Kind {
			t.Errorf("a desk's setting said by the %s: %+v", s.Kind, got)
		}
	}
	for i, s := range personal {
		value := []string{"info", "inband", "auto", "info", "inband", "auto"}[i]
		k.update(t, func(tx *directory.Tx) error { return tx.SetSetting(s, "sip.dtmf", value) })
		if got := pile()[settings.DTMF]; got.Text != value || string(got.Layer) != s.Kind {
			t.Errorf("a personal setting said by the %s: %+v", s.Kind, got)
		}
	}
	k.update(t, func(tx *directory.Tx) error { return tx.SetSetting(desk[5], "sip.expires", "nonsense") })
	if got := pile()[settings.Expires]; got.Text != "500" || got.Layer != settings.FromExtension {
		t.Errorf("a value that does not fit: %+v", got)
	}
	k.change(t, yMAC, func(d *directory.Device) { d.SIP.Transport = "tcp" })
	if got := pile()[settings.Transport]; got.Text != "tcp" || got.Layer != settings.FromDevice {
		t.Errorf("the device's record: %+v", got)
	}
	if got := pile()[settings.TimeZone]; got.Text != "Europe/London" || got.Layer != settings.FromSite {
		t.Errorf("the site's record: %+v", got)
	}
}

// The person chooses among the codecs of the general list, as calls do.
func TestGeneralCodecsLimitThePerson(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	organization := directory.Scope{Kind: "organization", ID: string(k.org.ID)}
	person := directory.Scope{Kind: "extension", ID: string(k.ada.ID)}
	for _, c := range []struct{ general, own, want string }{
		{"", "g729,pcma", "g729,pcma"}, {"pcmu,pcma", "", "pcmu,pcma"}, {"pcmu,pcma,g722", "g729,g722,pcma", "g722,pcma"}, {"pcmu", "g722", "pcmu"},
	} {
		k.update(t, func(tx *directory.Tx) error {
			for scope, v := range map[directory.Scope]string{organization: c.general, person: c.own} {
				if v == "" {
					_ = tx.DeleteSetting(scope, "sip.codecs")
				} else if err := tx.SetSetting(scope, "sip.codecs", v); err != nil {
					return err
				}
			}
			return nil
		})
		snap := k.dir.Snapshot()
		who := settings.Subject{Organization: snap.Organization(k.org.ID), Site: snap.Site(k.site.ID), Device: snap.Device(d.ID), Person: snap.Extension(k.ada.ID)}
		if got := settings.Pile(snap, who); got.Text(settings.Codecs) != c.want {
			t.Errorf("%+v: %q", c, got.Text(settings.Codecs))
		}
	}
}
