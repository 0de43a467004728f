package main

import (
	"testing"
	"time"
)

// registeredBy is what a phone is registered by just now, as the live list
// shows it; empty: it is not.
func (a *machine) registeredBy(mac string) string {
	a.t.Helper()
	var list struct {
		Items []struct {
			MAC          string
			Registration struct{ Transport string }
		}
	}
	a.API("GET", "/api/v1/devices", nil, &list)
	for _, d := range list.Items {
		if d.MAC == mac {
			return d.Registration.Transport
		}
	}
	return ""
}

// TestASiteRegistersOverTLS: a site that says TLS has its phones register so, by
// the authority they were given; they talk with one that is told to stay with
// UDP, and go back when the site says UDP again.
func TestASiteRegistersOverTLS(t *testing.T) {
	secure := freePort(t)
	a := startAppliance(t, t.TempDir(), "--https", secure)
	a.Setup(officeFile)
	before := a.Vitals()
	transport := "/api/v1/settings/site/" + a.named("sites", "name", "London") + "/sip.transport"
	a.must("PUT", transport, map[string]any{"value": "tls"})
	a.must("PUT", "/api/v1/settings/device/"+a.named("devices", "mac", "00:04:13:aa:bb:01")+"/sip.transport", map[string]any{"value": "udp"})

	ada := bootPhone(t, "yealink-t46u", "80:5e:c0:12:34:56", "https://"+secure+"/p/")
	grace := bootPhone(t, "snom-d785", "00:04:13:aa:bb:01", "http://"+a.HTTP+"/p/")
	front := bootPhone(t, "grandstream-grp2614", "c0:74:ad:00:11:22", "http://"+a.HTTP+"/p/")
	for mac, want := range map[string]string{"80:5e:c0:12:34:56": "tls", "00:04:13:aa:bb:01": "udp", "c0:74:ad:00:11:22": "tls"} {
		waitFor(t, 10*time.Second, mac+" is registered by "+want, func() bool { return a.registeredBy(mac) == want })
	}
	for _, c := range []struct {
		from, to *phone
		number   string
	}{{ada, grace, "102"}, {grace, ada, "101"}, {ada, front, "103"}} {
		if out, status := command(t, "phonesim", "call", "--control", c.from.Control, "--control", c.to.Control, "--to", c.number, "--json"); status != 0 {
			t.Errorf("a call to %s: status %d\n%s", c.number, status, out)
		}
	}
	a.Stop()
	a.Restart()
	waitFor(t, 30*time.Second, "the phone is back on a new connection", func() bool { return a.registeredBy("80:5e:c0:12:34:56") == "tls" })
	if out, status := command(t, "phonesim", "call", "--control", grace.Control, "--control", ada.Control, "--to", "101", "--json"); status != 0 {
		t.Errorf("a call after a restart: status %d\n%s", status, out)
	}
	a.must("PUT", transport, map[string]any{"value": "udp"}) // the phone is told by its connection
	waitFor(t, 30*time.Second, "the phone is back at UDP", func() bool { return a.registeredBy("80:5e:c0:12:34:56") == "udp" })
	for _, p := range []*phone{ada, grace, front} {
		p.PowerOff()
	}
	backAtBaseline(t, a, before)
}
