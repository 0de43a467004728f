package directory

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
)

func TestFixedAddresses(t *testing.T) {
	for s, want := range map[string]string{"192.0.2.1": "192.0.2.1:5060", "192.0.2.1:5070": "192.0.2.1:5070", "2001:db8::1": "[2001:db8::1]:5060",
		"[2001:db8::1]:5070": "[2001:db8::1]:5070", "::ffff:192.0.2.1": "192.0.2.1:5060", "": "", "0.0.0.0": "", "224.0.0.1": "", "192.0.2.1:0": "", "host": "", "fe80::1%eth0": ""} {
		at, ok := DeviceSIP{FixedAddress: s}.Fixed()
		if ok != (want != "") || ok && at != netip.MustParseAddrPort(want) {
			t.Errorf("%q: %s %v", s, at, ok)
		}
	}
}

// What the settings of a desk may be, at their borders.
func TestDeskSettings(t *testing.T) {
	d := open(t)
	put := func(sip DeviceSIP) error {
		return d.Update(context.Background(), Actor{Kind: "test"}, func(tx *Tx) error {
			o := &Organization{Name: "Acme"}
			if err := tx.PutOrganization(o); err != nil {
				return err
			}
			s := &Site{Organization: o.ID, Name: "London", Adoption: AdoptLobby}
			if err := tx.PutSite(s); err != nil {
				return err
			}
			if err := tx.PutDevice(&Device{Organization: o.ID, Site: s.ID, MAC: "021122334455", Step: StepApproved, Lines: []Line{{}}, SIP: sip}); err != nil {
				return err
			}
			return errUndo
		})
	}
	for name, c := range map[string]struct {
		sip  DeviceSIP
		good bool
	}{
		"a /24":                       {DeviceSIP{AllowFrom: []string{"10.1.2.0/24", "10.1.2.3", "2001:db8::/64"}}, true},
		"a /23":                       {DeviceSIP{AllowFrom: []string{"10.1.2.0/23"}}, false},
		"an IPv6 /63":                 {DeviceSIP{AllowFrom: []string{"2001:db8::/63"}}, false},
		"no address":                  {DeviceSIP{AllowFrom: []string{"here"}}, false},
		"a fixed address":             {DeviceSIP{FixedAddress: "10.1.2.3:5070", Transport: "tcp"}, true},
		"a fixed address by TLS":      {DeviceSIP{FixedAddress: "10.1.2.3", Transport: "tls"}, false},
		"a fixed address that is bad": {DeviceSIP{FixedAddress: "10.1.2.3.4"}, false},
		"open at a fixed address":     {DeviceSIP{FixedAddress: "10.1.2.3", NoAuth: true}, true},
		"open anywhere":               {DeviceSIP{NoAuth: true}, false},
		"ping of an hour":             {DeviceSIP{Ping: 3600}, true},
		"ping of more":                {DeviceSIP{Ping: 3601}, false},
	} {
		if err := put(c.sip); errors.Is(err, errUndo) != c.good {
			t.Errorf("%s: %v", name, err)
		} else if !c.good && !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

var errUndo = errors.New("undo")

// Several phones may share an address if each authenticates; of those that do
// not, one only.
func TestOnePhoneAnAddressWithoutCredentials(t *testing.T) {
	d := open(t)
	err := d.Update(context.Background(), Actor{Kind: "test"}, func(tx *Tx) error {
		o := &Organization{Name: "Acme"}
		if err := tx.PutOrganization(o); err != nil {
			return err
		}
		s := &Site{Organization: o.ID, Name: "London", Adoption: AdoptLobby}
		if err := tx.PutSite(s); err != nil {
			return err
		}
		e := &Extension{Organization: o.ID, Site: s.ID, Number: "101"}
		if err := tx.PutExtension(e); err != nil {
			return err
		}
		mac := byte('0')
		phone := func(home ID, at string, open bool) (*Device, error) {
			mac++
			p := &Device{Organization: o.ID, Site: s.ID, MAC: MAC("02112233445" + string(mac)), Step: StepApproved,
				Lines: []Line{{Home: home}}, SIP: DeviceSIP{FixedAddress: at, NoAuth: open}}
			return p, tx.PutDevice(p)
		}
		first, err := phone(e.ID, "192.0.2.1:5060", true)
		if err != nil {
			return err
		}
		if _, err := phone("", "192.0.2.1:5070", true); !errors.Is(err, ErrTaken) || !strings.Contains(err.Error(), "extension 101") {
			t.Errorf("a second one: %v", err)
		}
		if _, err := phone("", "192.0.2.1:5070", false); err != nil {
			t.Errorf("one that authenticates: %v", err)
		}
		if got := tx.Snapshot().DeviceAt(netip.MustParseAddr("::ffff:192.0.2.1")); got == nil || got.ID != first.ID {
			t.Errorf("at the address is %v", got)
		}
		first.SIP.NoAuth = false
		if err := tx.PutDevice(first); err != nil {
			return err
		}
		if _, err := phone("", "192.0.2.1", true); err != nil {
			t.Errorf("after the first one authenticates: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
