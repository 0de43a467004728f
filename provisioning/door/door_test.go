package door_test

import (
	"context"
	"net/netip"
	"path/filepath"
	"testing"

	"cradle/directory"
	"cradle/directory/kv/boltkv"
	"cradle/provisioning/door"
)

func TestGate(t *testing.T) {
	e, err := boltkv.Open(filepath.Join(t.TempDir(), "cradle.db"), boltkv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := directory.Open(t.Context(), directory.Options{Engine: e, Keys: directory.NewKeys()})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var site directory.Site
	update := func(fn func(*directory.Tx) error) {
		t.Helper()
		if err := d.Update(context.Background(), directory.Actor{Kind: "user", Name: "test"}, fn); err != nil {
			t.Fatal(err)
		}
	}
	update(func(tx *directory.Tx) error {
		org := directory.Organization{Name: "Acme", Domain: "acme.example"}
		if err := tx.PutOrganization(&org); err != nil {
			return err
		}
		site = directory.Site{Organization: org.ID, Name: "London", Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/16")},
			Adoption: directory.AdoptClosed, TFTP: directory.TFTPOff}
		return tx.PutSite(&site)
	})
	gate := door.NewGate(d.Snapshot, "tftp_transfers", "tftp_transfers_per_source")
	for addr, want := range map[string]door.Budget{
		"127.0.0.7":        {Inside: true, Key: string(site.ID), Max: 512},
		"127.0.255.7":      {Inside: true, Key: string(site.ID), Max: 512},
		"::ffff:127.0.0.8": {Inside: true, Key: string(site.ID), Max: 512},
		"127.1.0.7":        {Key: "127.1.0.7", Max: 4},
		"2001:db8::1":      {Key: "2001:db8::/64", Max: 4},
		"2001:db8::a:b":    {Key: "2001:db8::/64", Max: 4},
		"fe80::1%eth0":     {Key: "fe80::/64", Max: 4},
	} {
		if got := gate(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %+v, want %+v", addr, got, want)
		}
	}
	update(func(tx *directory.Tx) error { return tx.SetLimit("tftp_transfers_per_source", 7) })
	if got := gate(netip.MustParseAddr("127.1.0.7")).Max; got != 7 {
		t.Errorf("a limit that was set is not in force: %d", got)
	}
}
