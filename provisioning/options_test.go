package provisioning_test

import (
	"errors"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/dhcp"
)

func TestDHCPOptionsOfASite(t *testing.T) {
	k := newKit(t, kitOptions{})
	here := netip.MustParseAddr("10.0.0.5")
	for _, c := range []struct{ advertise, time, want string }{
		{"", "", "42,10.0.0.5 http://10.0.0.5:8080/p/"},
		{"", "10.0.0.9", "42,10.0.0.9 http://10.0.0.5:8080/p/"},
		{"10.1.1.1", "ntp.example", "42,10.1.1.1 http://10.1.1.1:8080/p/"},
		{"pbx.example", "", "http://pbx.example:8080/p/"},
	} {
		k.site.Advertise = c.advertise
		k.update(t, func(tx *directory.Tx) error {
			if err := tx.PutSite(&k.site); err != nil || c.time == "" {
				return err
			}
			return tx.SetSetting(directory.Scope{Kind: "site", ID: string(k.site.ID)}, "time.server", c.time)
		})
		s, err := k.p.DHCP(k.site.ID, dhcp.Dnsmasq, here)
		must(t, err)
		for _, want := range strings.Fields(c.want) {
			if !strings.Contains(s.Text, want) {
				t.Errorf("%+v: no %q in\n%s", c, want, s.Text)
			}
		}
	}
	if regexp.MustCompile(`\b42,`).MatchString(k.must(k.p.DHCP(k.site.ID, dhcp.Dnsmasq, here)).Text) {
		t.Error("a name as time server")
	}
	if _, err := k.p.DHCP("none", dhcp.Kea, here); !errors.Is(err, provisioning.ErrNoSite) {
		t.Error(err)
	}
	if _, err := k.p.DHCP(k.site.ID, "bind", here); !errors.Is(err, dhcp.ErrServer) {
		t.Error(err)
	}
}

func (k *kit) must(s dhcp.Snippet, err error) dhcp.Snippet {
	k.t.Helper()
	must(k.t, err)
	return s
}
