package provisioning_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"cradle/directory"
)

// desk is a hot desk of a family: the file that its phone reads, the lines that are
// the desk's, and the words in which a person shows.
type desk struct {
	model, mac, file string
	stays            *regexp.Regexp
	least            int // lines that stay
	german, english  string
	plain            bool // takes no module and one phonebook only
}

var desks = []desk{ //nolint:gochecknoglobals // a table
	{"yealink-t46u", "805ec0000077", "805ec0000077.cfg", regexp.MustCompile(`network\.|expansion_module|security\.user_password|sip_server\.1\.(address|transport)`), 30, "lang.gui = German", "lang.gui = English", false},
	{"snom-d785", "000413000077", "snomD785-000413000077.htm", regexp.MustCompile(`<vlan_|<admin_mode_password|<codec_tos|<signaling_tos|fkey idx="(2[4-9]|3\d|4[01])"`), 15, `<language perm="R">Deutsch`, `<language perm="R">English`, false},
	{"grandstream-grp2614", "c074ad000077", "cfgc074ad000077.xml", regexp.MustCompile(`name="(network\.|pks\.ext\.)`), 10, `name="language.gui">de`, `name="language.gui">en`, true},
}

// TestDeskStaysPersonFollows: somebody of another site sits down at hot desks of three
// families and leaves. What is said of the desk - network, expansion modules,
// passwords - is the same before, meanwhile and after; label, keys, language and
// phonebook are the guest's as long as he sits there. (Where an emergency call says
// that it comes from is shown in calls/route.)
func TestDeskStaysPersonFollows(t *testing.T) {
	k := newKit(t, kitOptions{})
	layout := directory.Layout{Organization: k.org.ID, Name: "desk", Keys: []directory.Key{{Module: 1, Position: 2, Type: "speed", Value: "0800555", Label: "Porter"}}}
	guest := directory.Extension{Organization: k.org.ID, Number: "177", Name: "Wanda Guest", HotDesk: true, Keys: []directory.Key{{Type: "speed", Value: "0301777", Label: "Dentist"}}}
	k.update(t, func(tx *directory.Tx) error {
		away := directory.Site{Organization: k.org.ID, Name: "Berlin", TimeZone: "Europe/Berlin", Adoption: directory.AdoptClosed, TFTP: directory.TFTPOff}
		must(t, tx.PutSite(&away))
		guest.Site = away.ID
		must(t, tx.PutLayout(&layout))
		must(t, tx.PutExtension(&guest))
		must(t, tx.PutContact(&directory.Contact{Organization: k.org.ID, Extension: guest.ID, First: "Zahn", Numbers: []directory.ContactNumber{{Kind: "home", Number: "0301777"}}}))
		must(t, tx.SetSetting(directory.Scope{Kind: "site", ID: string(away.ID)}, "network.vlan", "200"))
		must(t, tx.SetSetting(directory.Scope{Kind: "extension", ID: string(guest.ID)}, "network.vlan", "300"))
		return tx.SetSetting(directory.Scope{Kind: "extension", ID: string(guest.ID)}, "language", "de")
	})
	for _, c := range desks {
		t.Run(c.model, func(t *testing.T) {
			k.importPhone(t, c.mac, c.model, false)
			k.change(t, c.mac, func(d *directory.Device) { d.Layout, d.Modules = layout.ID, 1 })
			eventually(t, "a token", func() bool { return k.token(c.mac) != "" })
			at := k.device(c.mac)
			k.update(t, func(tx *directory.Tx) error {
				return tx.SetSetting(directory.Scope{Kind: "device", ID: string(at.ID)}, "network.vlan", "40")
			})
			file := func() string {
				t.Helper()
				r := k.get(inside, "/p/~"+k.token(c.mac)+"/"+c.file)
				if r.Status != 200 {
					t.Fatalf("status %d", r.Status)
				}
				return string(r.Body)
			}
			ofDesk := func(text string) (lines []string) {
				for l := range strings.Lines(text) {
					if c.stays.MatchString(l) {
						lines = append(lines, strings.TrimSpace(l))
					}
				}
				return lines
			}
			personal := func() string {
				return string(k.get(inside, "/p/~"+k.token(c.mac)+"/"+c.mac+"-personal.xml").Body)
			}
			before, book := file(), personal()
			k.update(t, func(tx *directory.Tx) error {
				_, err := tx.Sit(directory.SitRequest{Extension: guest.ID, At: at.At(1), How: directory.HowCode})
				return err
			})
			meanwhile := file()
			if !c.plain && (strings.Contains(book, "Zahn") || !strings.Contains(personal(), "Zahn")) {
				t.Error("the guest's phonebook does not follow")
			}
			k.update(t, func(tx *directory.Tx) error { _, err := tx.Leave(guest.ID); return err })
			if file() != before {
				t.Error("something of the guest is left, or something of the desk is lost")
			}

			of := ofDesk(before)
			if got := ofDesk(meanwhile); !slices.Equal(of, got) {
				t.Errorf("of the desk were\n%s\nand with a guest are\n%s", strings.Join(of, "\n"), strings.Join(got, "\n"))
			}
			all := strings.Join(of, "\n")
			if len(of) < c.least || !strings.Contains(all, "40") || !c.plain && !strings.Contains(all, "0800555") {
				t.Errorf("the desk's %d lines have no VLAN 40 or no key of the module:\n%s", len(of), all)
			}
			for _, his := range []string{"177", "Dentist", "0301777", c.german} {
				if strings.Contains(before, his) || !strings.Contains(meanwhile, his) {
					t.Errorf("%q does not follow the guest", his)
				}
			}
			if !strings.Contains(before, c.english) || strings.Contains(meanwhile, c.english) {
				t.Errorf("%q is not of the empty desk alone", c.english)
			}
			if strings.Contains(meanwhile, ">200<") || strings.Contains(meanwhile, ">300<") || strings.Contains(meanwhile, "= 200\n") || strings.Contains(meanwhile, "= 300\n") {
				t.Error("the guest brought a VLAN")
			}
		})
	}
}
