package provtest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/provtest"
	"cradle/templates"
)

// TestEveryVendorBoots boots the first model of every family through each of its
// doors: in the end it knows its account and, where it can, its own URL.
func TestEveryVendorBoots(t *testing.T) {
	h := open(t)
	number := 0
	for _, v := range h.shelf.Vendors() {
		t.Run(v.Name, func(t *testing.T) {
			for _, f := range v.Families {
				for _, door := range f.Boot.Doors {
					number++
					mac := f.Models[0].SampleMAC()[:9] + fmt.Sprintf("%03x", number)
					t.Run(f.Name+" "+door, func(t *testing.T) {
						h.bootsThrough(t, f.Models[0], mac, map[string]string{"http": h.http, "https": h.https, "tftp": h.tftp}[door])
					})
				}
			}
		})
	}
}

func (h *house) bootsThrough(t *testing.T, m *catalog.Model, mac, source string) {
	res, want := h.boots(t, m, mac, source, "")
	if len(res.Settings.Accounts) == 0 {
		t.Fatal("it has no account")
	}
	a := res.Settings.Accounts[0]
	if a.Line != 1 || a.Server != "127.0.0.1" || a.Port != 5099 && !a.Standard || a.User != want.User || a.Auth != "" && a.Auth != want.User || !a.Registers() || string(a.Secret) != want.Secret.Reveal() {
		t.Errorf("account %+v (secret right: %v)", a, string(a.Secret) == want.Secret.Reveal())
	}
	if len(res.Settings.Accounts) > 1 {
		t.Errorf("accounts nobody has: %+v", res.Settings.Accounts[1:])
	}
	if res.Settings.Provisioning != "" && !strings.Contains(res.Source, "/~***") && !m.Family.OnlyTFTP {
		t.Errorf("it does not come back by its token: %s", res.Source)
	}
	for _, s := range res.Steps {
		if s.Note != "" {
			t.Errorf("%s: %s", s.URL, s.Note)
		}
	}
}

// boots gives what became of a phone that is told to use a transport, and its account.
func (h *house) boots(t *testing.T, m *catalog.Model, mac, source, transport string) (*provtest.Result, directory.Account) {
	d := directory.Device{Organization: h.org, Site: h.site, MAC: directory.MAC(mac), Model: m.Name, Lines: []directory.Line{{Home: h.ext}},
		SIP: directory.DeviceSIP{Transport: transport}}
	h.update(func(tx *directory.Tx) error {
		if err := tx.PutDevice(&d); err != nil {
			return err
		}
		return tx.Approve(d.ID)
	})
	p, err := provtest.New(provtest.Config{Catalog: h.shelf, Data: templates.FS(), Model: m.Name, MAC: mac, Timeout: 5 * time.Second})
	must(t, err)
	res, err := p.Boot(t.Context(), source)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("steps:\n%s", steps(res))
			for _, s := range h.journal.Of(directory.MAC(mac)) {
				t.Logf("journal: %s %s %d %s", s.Door, s.File, s.Status, s.Rule)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return res, d.Lines[0].Account
}

// TestEveryVendorUsesTLS: a phone that is told to register by TLS understands
// that and the port, and one of a family without SIP over TLS is told UDP.
func TestEveryVendorUsesTLS(t *testing.T) {
	h := open(t)
	number := 0
	for _, v := range h.shelf.Vendors() {
		for _, f := range v.Families {
			number++
			mac := f.Models[0].SampleMAC()[:9] + fmt.Sprintf("%03x", number)
			t.Run(v.Name+" "+f.Name, func(t *testing.T) {
				res, _ := h.boots(t, f.Models[0], mac, map[string]string{"http": h.http, "https": h.https, "tftp": h.tftp}[f.Boot.Doors[0]], "tls")
				if len(res.Settings.Accounts) == 0 {
					t.Fatal("it has no account")
				}
				want, port := "udp", 5099
				if f.TLS.SIPS {
					want, port = "tls", 5098
				}
				if a := res.Settings.Accounts[0]; a.Transport != want || a.Port != port && !a.Standard {
					t.Errorf("it registers by %s at port %d, want %s at %d", a.Transport, a.Port, want, port)
				}
			})
		}
	}
}
