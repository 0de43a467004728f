package settings

import (
	"strings"
	"testing"
)

func TestOrigin(t *testing.T) {
	o := newOffice(t)
	o.say("site", o.site.ID, "sip.expires", "600")
	o.say("extension", o.ada.ID, "sip.dtmf", "info")
	o.say("appliance", "", "sip.backup", "b.example")
	_, stack := o.maker.Values(o.facts(Full))
	for name, want := range map[string]Layer{
		"server.expires": FromSite, "server.expires_minutes": FromSite, "lines.dtmf": FromExtension, "server.backup_port": FromAppliance,
		"time.posix": FromSite, "time.zone": FromSite, "language.vendor": FromOrganization, "phone.label": FromModel, "phone.mac": FromDevice,
		"lines.label_first": FromExtension, "lines.user": FromDevice, "lines.codec_list": FromDefault, "web.enabled": FromDefault, "server.host": FromDefault,
		"codes.park": FromOrganization, "nonsense": FromDefault,
	} {
		if got := stack.Origin(name); got != want {
			t.Errorf("%s comes from %s, want %s", name, got, want)
		}
	}
	for pattern := range madeFrom {
		name := strings.TrimPrefix(strings.TrimSuffix(pattern, "*"), "lines.")
		known := false
		for _, f := range append(phoneShape.Fields(), lineShape.Fields()...) {
			known = known || strings.HasPrefix(f.Name, name)
		}
		if !known {
			t.Errorf("%s is no value", pattern)
		}
	}
}
