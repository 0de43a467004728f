package main

import (
	"context"
	"testing"
	"time"

	"cradle/registrar/siptest"
)

// TestABrowserRegisters: SIP over secure WebSocket on the HTTPS door. Its page
// must be ours; without TLS this machine alone comes in.
func TestABrowserRegisters(t *testing.T) {
	secure := freePort(t)
	a := startAppliance(t, t.TempDir(), "--https", secure)
	a.Setup(officeFile)
	var acc exportedDevice
	for _, d := range a.Devices() {
		acc = d
	}
	phone := func(server, transport, origin string) (*siptest.Phone, error) {
		p, err := siptest.New(siptest.Config{Server: server, Transport: transport, Origin: origin,
			User: acc.SIP.User, Password: acc.SIP.Secret, Domain: acc.SIP.Realm})
		if err == nil {
			t.Cleanup(p.Close)
		}
		return p, err
	}
	for transport, server := range map[string]string{"wss": secure, "ws": a.HTTP} {
		if _, err := phone(server, transport, "https://elsewhere.example"); err == nil {
			t.Errorf("%s: another's page was let in", transport)
		}
		p, err := phone(server, transport, "")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if _, err := p.Register(ctx); err != nil {
			t.Fatal(err)
		}
		waitFor(t, 5*time.Second, "it is shown as registered by "+transport, func() bool { return a.registeredBy(acc.MAC) == transport })
		if _, err := p.Unregister(ctx); err != nil {
			t.Fatal(err)
		}
	}
}
