// Package calltest holds a whole small office for tests of calls: a directory
// in a temporary folder, the front door, media, the exchange, and phones with
// real sockets that say and expect SIP as the test tells them.
package calltest

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"testing"

	"cradle/directory"
	"cradle/directory/kv/boltkv"
)

// Office is an organization with phones. Extension 101 is at home at Phones[0], and so on.
type Office struct {
	Directory    *directory.Directory
	Organization *directory.Organization
	Site         *directory.Site
	Extensions   []*directory.Extension
	Devices      []*directory.Device
}

// NewOffice makes an office with n extensions, numbered from 101, each at home
// at one phone with one line; the test ends it.
func NewOffice(t testing.TB, n int) *Office { return OpenOffice(t, t.TempDir(), n) }

// OpenOffice is NewOffice in a folder of the caller's, made when it is empty.
func OpenOffice(t testing.TB, folder string, n int) *Office {
	t.Helper()
	engine, err := boltkv.Open(filepath.Join(folder, "cradle.db"), boltkv.Options{})
	must(t, err)
	keys, err := directory.LoadKeys(folder)
	must(t, err)
	d, err := directory.Open(t.Context(), directory.Options{Engine: engine, Keys: keys, Log: slog.New(slog.DiscardHandler)})
	must(t, err)
	t.Cleanup(func() { _ = d.Close() })
	o := &Office{Directory: d}
	for org := range d.Snapshot().Organizations() {
		o.read(org)
		return o
	}
	o.Update(t, func(tx *directory.Tx) error { return o.furnish(tx, n) })
	return o
}

// read finds what was made before.
func (o *Office) read(org *directory.Organization) {
	s := o.Directory.Snapshot()
	o.Organization = org
	for site := range s.Sites(org.ID) {
		o.Site = site
	}
	for e := range s.Extensions(org.ID) {
		o.Extensions = append(o.Extensions, e)
	}
	for d := range s.Devices(org.ID) {
		o.Devices = append(o.Devices, d)
	}
}

func (o *Office) furnish(tx *directory.Tx, n int) error {
	o.Organization = &directory.Organization{Name: "Acme", Domain: "acme.example"}
	if err := tx.PutOrganization(o.Organization); err != nil {
		return err
	}
	o.Site = &directory.Site{Organization: o.Organization.ID, Name: "Head office", Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Adoption: directory.AdoptLobby, TFTP: directory.TFTPBootstrap, Emergency: []string{"911"}, EmergencyRoute: "101"}
	if err := tx.PutSite(o.Site); err != nil {
		return err
	}
	for i := range n {
		if err := o.seat(tx, i); err != nil {
			return err
		}
	}
	return tx.PutCode(&directory.Code{Organization: o.Organization.ID, Digits: "*30", Feature: "seat", Argument: true})
}

func (o *Office) seat(tx *directory.Tx, i int) error {
	e := &directory.Extension{Organization: o.Organization.ID, Site: o.Site.ID, Number: fmt.Sprint(101 + i), Name: fmt.Sprintf("Person %d", 101+i), HotDesk: true}
	if err := tx.PutExtension(e); err != nil {
		return err
	}
	d, err := o.device(tx, i, e.ID)
	o.Extensions, o.Devices = append(o.Extensions, e), append(o.Devices, d)
	return err
}

func (o *Office) device(tx *directory.Tx, i int, home directory.ID) (*directory.Device, error) {
	d := &directory.Device{Organization: o.Organization.ID, Site: o.Site.ID, MAC: directory.MAC(fmt.Sprintf("0200000%05x", i)),
		Name: fmt.Sprintf("Desk %d", i+1), Step: directory.StepApproved, RemoteLogin: true, Lines: []directory.Line{{Home: home}}}
	err := tx.PutDevice(d)
	return d, err
}

// AddDevice adds a phone; home may be empty for a hot-desk phone.
func (o *Office) AddDevice(t testing.TB, home directory.ID) *directory.Device {
	t.Helper()
	var d *directory.Device
	o.Update(t, func(tx *directory.Tx) (err error) {
		d, err = o.device(tx, len(o.Devices), home)
		return err
	})
	o.Devices = append(o.Devices, d)
	return d
}

// Update changes records.
func (o *Office) Update(t testing.TB, f func(*directory.Tx) error) {
	t.Helper()
	must(t, o.Directory.Update(context.Background(), directory.Actor{Kind: "system", Name: "test"}, f))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
