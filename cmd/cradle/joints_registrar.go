package main

import (
	"fmt"
	"time"

	"cradle/provisioning"
	"cradle/provisioning/onboard"
	"cradle/registrar"
)

// The alarms that the SIP door raises.
const (
	alarmSIPSource onboard.Alarm = "sip_source" // right credentials from an address that is not on the phone's list
	alarmSIPPlain  onboard.Alarm = "sip_plain"  // a phone that has to use TLS came in clear
	alarmSIPBan    onboard.Alarm = "sip_ban"    // a source is over its budget
)

// alarmOf turns what the SIP door refused into alarms.
func alarmOf(raise func(provisioning.Alarm)) func(registrar.Refusal) {
	return func(x registrar.Refusal) {
		a := provisioning.Alarm{At: x.At, Source: x.Source}
		if x.Device != nil {
			a.Site, a.MAC = x.Device.Site, x.Device.MAC
		}
		switch x.Kind {
		case registrar.RefusedSource:
			a.Kind, a.Text = alarmSIPSource, "the right credentials of a phone came from an address that is not on its list"
		case registrar.RefusedPlain:
			a.Kind, a.Text = alarmSIPPlain, "a phone that has to use TLS came without it"
		case registrar.RefusedBan:
			a.Kind, a.Text = alarmSIPBan, fmt.Sprintf("an address is over its SIP budget and gets no answer for %s", x.For.Round(time.Second))
		}
		raise(a)
	}
}
