package provisioning_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The states in which every golden model is shown.
var states = []struct {
	name string
	step directory.Step
	home bool
}{
	{"seen", directory.StepSeen, false},   // no secret
	{"lobby", directory.StepLobby, false}, // the device account only
	{"idle", directory.StepApproved, false},
	{"line", directory.StepApproved, true},
}

// TestGoldenFiles walks every folder of the catalogue: each file of each golden
// model in each state is as the golden file says, and well-formed.
func TestGoldenFiles(t *testing.T) {
	k := newKit(t, kitOptions{
		config: func(c *provisioning.Config) { c.CA = []byte("PEM") },
		site:   func(s *directory.Site) { s.Adoption = directory.AdoptApprove },
	})
	for _, v := range k.p.Catalog().Vendors() {
		for _, f := range v.Families {
			if len(f.Goldens) == 0 {
				t.Errorf("%s has no golden models", f.Folder())
			}
			for _, m := range f.Goldens {
				t.Run(m.Name, func(t *testing.T) { golden(t, k, m) })
			}
		}
	}
}

func golden(t *testing.T, k *kit, m *catalog.Model) {
	mac := m.SampleMAC()
	for _, s := range states {
		d := directory.Device{
			Organization: k.org.ID, Site: k.site.ID, MAC: directory.MAC(mac), Model: m.Name, Step: s.step, Approved: k.clock(), PhoneID: "482711",
			Lines:         []directory.Line{{Account: directory.Account{User: "d7f3k2m9", Secret: directory.NewSecret("LineSecret123456")}}},
			AdminPassword: directory.NewSecret("AdminSecret12345"), UserPassword: directory.NewSecret("UserSecret123456"),
			Token: directory.HashToken("tokentokentokentokentoken2"), TokenSealed: directory.NewSecret("tokentokentokentokentoken2"),
		}
		if s.home {
			d.Lines[0].Home = k.ada.ID
		}
		k.update(t, func(tx *directory.Tx) error { return tx.PutDevice(&d) })
		for _, f := range m.Family.Files {
			if f.Template == nil || f.Kind == catalog.Phonebook || f.Kind == catalog.Common && s.name != "seen" {
				continue
			}
			name := m.FileName(f.Name, mac)
			resp := k.p.Answer(context.Background(), request(provisioning.DoorHTTP, inside, "/p/~tokentokentokentokentoken2/"+name, ""))
			if resp.Status != 200 {
				t.Fatalf("%s in state %s: %d, %s", name, s.name, resp.Status, k.lastRule(mac))
			}
			if err := f.Check(resp.Body); err != nil {
				t.Errorf("%s in state %s: %v", name, s.name, err)
			}
			secrets(t, s.step, f.Kind, resp.Body)
			state := s.name
			if f.Kind == catalog.Common {
				state = "common"
			}
			compare(t, filepath.Join("..", "templates", "devices", m.Family.Folder(), "golden", m.Name+"."+state+"."+name), resp.Body)
		}
		k.update(t, func(tx *directory.Tx) error { return tx.DeleteDevice(d.ID) })
	}
}

// secrets holds the ladder against the bytes.
func secrets(t *testing.T, step directory.Step, kind catalog.Kind, body []byte) {
	t.Helper()
	for secret, allowed := range map[string]bool{
		"LineSecret123456": step != directory.StepSeen, "AdminSecret12345": step == directory.StepApproved, "UserSecret123456": step == directory.StepApproved,
		"d7f3k2m9": step != directory.StepSeen, "tokentoken": true,
	} {
		if contains(body, secret) && (!allowed || kind == catalog.Common) {
			t.Errorf("a %s file of a device at step %s holds %s", kind, step, secret)
		}
	}
}

func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		must(t, os.MkdirAll(filepath.Dir(file), 0o755))
		must(t, os.WriteFile(file, got, 0o644))
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Errorf("%v (make golden writes it)", err)
	} else if string(want) != string(got) {
		t.Errorf("%s differs:\n%s", file, got)
	}
}
