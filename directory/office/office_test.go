package office_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"gopkg.in/yaml.v3"

	"cradle/directory"
	"cradle/directory/kv/boltkv"
	"cradle/directory/office"
)

var importer = directory.Actor{Kind: "import", Name: "office.yaml"}

func open(t testing.TB, keys *directory.Keys) *directory.Directory {
	t.Helper()
	e, err := boltkv.Open(filepath.Join(t.TempDir(), "cradle.db"), boltkv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := directory.Open(context.Background(), directory.Options{Engine: e, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func example(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/office.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func apply(t testing.TB, d *directory.Directory, data []byte) *office.Report {
	t.Helper()
	rep, err := tryApply(d, data)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func tryApply(d *directory.Directory, data []byte) (*office.Report, error) {
	doc, err := office.Parse("office.yaml", data)
	if err != nil {
		return nil, err
	}
	return office.Update(context.Background(), d, importer, doc)
}

func TestTheExampleAppliesAndChangesNothingTheSecondTime(t *testing.T) {
	d := open(t, directory.NewKeys())
	rep := apply(t, d, example(t))
	if len(rep.Created) != 11 || len(rep.Changed) != 0 || rep.Unchanged != 0 {
		t.Errorf("first: %+v", rep)
	}
	want := []string{"extension 101: voicemail", "extension 101: forward"}
	if diff := cmp.Diff(want, rep.NotInForce); diff != "" {
		t.Error(diff)
	}
	before := d.Snapshot()
	again := apply(t, d, example(t))
	if len(again.Created) != 0 || len(again.Changed) != 0 || again.Unchanged != 11 || d.Snapshot() != before {
		t.Errorf("second: %+v", again)
	}
	s := d.Snapshot()
	org := s.OrganizationByName("Acme Ltd")
	ada := s.ExtensionByNumber(org.ID, "101")
	phone := s.DeviceByMAC("805ec0123456")
	if phone.Lines[0].Home != ada.ID || phone.Step != directory.StepApproved || phone.Model != "yealink-t46u" {
		t.Errorf("phone %+v", phone)
	}
	if got := s.Rings(ada.ID); len(got) != 1 || got[0] != phone.At(1) {
		t.Errorf("101 rings at %v", got)
	}
	if ok, isDefault := d.MatchPIN(ada.ID, "4711"); !ok || !isDefault {
		t.Error("the default PIN does not match")
	}
	if !d.MatchVirtualizationSecret(ada.ID, "246813") || d.MatchVirtualizationSecret(ada.ID, "246814") {
		t.Error("secret code")
	}
	if u, err := d.Authenticate(context.Background(), "Ada@acme.example", "correct horse battery staple"); err != nil || u.Role != directory.RoleAdmin {
		t.Errorf("log-in: %v %v", u, err)
	}
	if hot := s.DeviceByMAC("c074ad001122"); s.Sitting(hot.At(1)).Extension != nil {
		t.Error("somebody sits at the hot desk")
	}
}

func TestAPlanChangesNothing(t *testing.T) {
	d := open(t, directory.NewKeys())
	doc, err := office.Parse("office.yaml", example(t))
	if err != nil {
		t.Fatal(err)
	}
	rep, err := office.Plan(context.Background(), d, importer, doc)
	if err != nil || len(rep.Created) != 11 {
		t.Fatalf("%+v %v", rep, err)
	}
	if d.Snapshot().Revision() != 0 {
		t.Error("something was written")
	}
}

func TestAWrongFileIsRefusedWholeWithLineAndReason(t *testing.T) {
	head := "organization: {name: Acme Ltd, domain: acme.example}\nsites: [{name: London, networks: [127.0.0.0/8]}]\n"
	for _, c := range []struct{ name, text, want string }{
		{"unknown key", head + "extensions:\n  - number: \"101\"\n    nam: Ada\n", `office.yaml:5: extensions[0].nam: there is no such key; is "name" meant?`},
		{"unknown top key", "organisation: {name: x}\n", `office.yaml:1: organisation: there is no such key; is "organization" meant?`},
		{"wrong type", head + "extensions:\n  - number: \"101\"\n    hot_desk: maybe\n", "office.yaml:5: extensions[0].hot_desk:"},
		{"list for text", head + "extensions:\n  - number: [1]\n", "office.yaml:4: extensions[0].number:"},
		{"text for list", head + "devices: none\n", "office.yaml:3: devices:"},
		{"fraction", "organization:\n  name: x\n  idle_release: 1.5\n", "office.yaml:3: organization.idle_release:"},
		{"key twice", "organization:\n  name: x\n  name: y\n", "office.yaml:3: organization.name: the key stands twice, first in line 2"},
		{"number twice", head + "extensions:\n  - number: \"101\"\n  - number: \"101\"\n", "office.yaml:5: extensions[1].number: extension 101 stands twice, first in line 4"},
		{"MAC twice", head + "devices:\n  - mac: 80:5e:c0:12:34:56\n  - mac: 805EC0-123456\n", "office.yaml:5: devices[1].mac: MAC 805EC0-123456 stands twice"},
		{"bad MAC", head + "devices:\n  - mac: 80:5e:c0:12:34\n", "office.yaml:4: devices[0].mac:"},
		{"no such extension", head + "devices:\n  - mac: 80:5e:c0:12:34:56\n    line: \"999\"\n", `office.yaml:5: devices[0].line: there is no extension "999"`},
		{"no such emergency route", "organization: {name: Acme Ltd}\nsites:\n  - name: London\n    emergency_route: \"999\"\nextensions: [{number: \"101\"}]\n", `office.yaml:4: sites[0].emergency_route: there is no extension "999"`},
		{"no such site", head + "extensions:\n  - number: \"101\"\n    site: Paris\n", `office.yaml:5: extensions[0].site: there is no site "Paris"`},
		{"no such user", head + "extensions:\n  - number: \"101\"\n    user: bob@acme.example\n", "office.yaml:5: extensions[0].user:"},
		{"network twice", "organization: {name: Acme Ltd}\nsites:\n  - name: A\n    networks: [10.0.0.0/8]\n  - name: B\n    networks:\n      - 192.0.2.0/24\n      - 10.1.2.3/8\n", "office.yaml:8: sites[1].networks[1]: network 10.1.2.3/8 stands twice"},
		{"bad network", "organization: {name: Acme Ltd}\nsites:\n  - name: A\n    networks: [10.0.0.0]\n", "office.yaml:4: sites[0].networks[0]:"},
		{"network of another organization", "organization: {name: Other}\nsites:\n  - name: A\n    networks: [10.20.0.0/16]\n", "office.yaml:4: sites[0].networks:"},
		{"bad time zone", "organization: {name: Acme Ltd}\nsites:\n  - name: A\n    timezone: Europe/Nowhere\n", "office.yaml:4: sites[0].timezone:"},
		{"bad limit", "limits:\n  callz: 3\n", "office.yaml:2: limits.callz:"},
		{"limit out of range", "limits:\n  calls: 0\n", "office.yaml:2: limits.calls:"},
		{"weak secret code", head + "extensions:\n  - number: \"101\"\n    virtualization: {secret: \"1234\"}\n", "office.yaml:5: extensions[0].virtualization.secret:"},
		{"short password", head + "users:\n  - email: a@b.example\n    password: short\n", "office.yaml:5: users[0].password:"},
		{"no organization", "sites: [{name: London}]\n", "office.yaml:1: organization.name: it is required"},
		{"nothing", "{}", "office.yaml:1: the file names nothing"},
		{"no YAML", "organization: [\n", "office.yaml:"},
		{"two documents", head + "---\nlimits: {}\n", "office.yaml:"},
		{"anchor", "organization: &x {name: x}\n", "office.yaml:1: organization: anchors"},
		{"JSON", "{\"organization\": {\"name\": \"Acme Ltd\"},\n\t\"sites\": [{\"name\": \"L\"}],\n\t\"extensions\": [\n\t{\"number\": 101},\n\t{\"number\": true}]}", "office.yaml:5: extensions[1].number:"},
		{"seat without a phone", head + "extensions: [{number: \"101\"}]\nseats:\n  - {extension: \"101\", mac: 80:5e:c0:12:34:56}\n", "office.yaml:5: seats[0].mac:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := open(t, directory.NewKeys())
			apply(t, d, []byte("organization: {name: Third}\nsites: [{name: T, networks: [10.20.30.0/24]}]\n"))
			before := d.Snapshot()
			_, err := tryApply(d, []byte(c.text))
			var e *office.Error
			if !errors.As(err, &e) || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
			if d.Snapshot() != before {
				t.Error("something was changed")
			}
		})
	}
}

func TestANetworkMayNestInsideOneOrganization(t *testing.T) {
	d := open(t, directory.NewKeys())
	apply(t, d, []byte("organization: {name: Acme}\nsites: [{name: All, networks: [10.0.0.0/8]}, {name: Part, networks: [10.1.0.0/16]}]\n"))
}

func TestAChosenPINIsNeverTouched(t *testing.T) {
	d := open(t, directory.NewKeys())
	apply(t, d, example(t))
	ext := d.Snapshot().ExtensionByNumber(d.Snapshot().OrganizationByName("Acme Ltd").ID, "101").ID
	err := d.Update(context.Background(), importer, func(tx *directory.Tx) error { return tx.SetPIN(ext, "902817") })
	if err != nil {
		t.Fatal(err)
	}
	rep := apply(t, d, bytes.Replace(example(t), []byte(`"4711"`), []byte(`"5822"`), 1))
	if len(rep.Changed) != 1 {
		t.Errorf("%+v", rep)
	}
	if ok, isDefault := d.MatchPIN(ext, "902817"); !ok || isDefault {
		t.Error("the chosen PIN is gone")
	}
	if ok, _ := d.MatchPIN(ext, "5822"); ok {
		t.Error("the default PIN is taken beside a chosen one")
	}
}

func TestAFileApprovesAPhoneOfTheLobbyWithAnotherSecret(t *testing.T) {
	d := open(t, directory.NewKeys())
	apply(t, d, []byte("organization: {name: Acme}\nsites: [{name: L}]\n"))
	s := d.Snapshot()
	org := s.OrganizationByName("Acme").ID
	var lobby *directory.Device
	err := d.Update(context.Background(), importer, func(tx *directory.Tx) (err error) {
		lobby, err = tx.NewDevice(org, s.SiteByName(org, "L").ID, "805ec0123456", "", directory.StepLobby)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	file := []byte("organization: {name: Acme}\nextensions: [{number: 101}]\ndevices: [{mac: 80-5E-C0-12-34-56, line: 101}]\n")
	apply(t, d, file)
	now := d.Snapshot().Device(lobby.ID)
	if now.Step != directory.StepApproved || now.Lines[0].Account.Secret.Equal(lobby.Lines[0].Account.Secret) || now.PhoneID != lobby.PhoneID {
		t.Errorf("step %s, Phone ID %s then %s", now.Step, lobby.PhoneID, now.PhoneID)
	}
	if rep := apply(t, d, file); len(rep.Changed) != 0 {
		t.Errorf("%+v", rep)
	}
}

// guests fills an appliance with everything an export has to carry.
func TestAPhoneOfTheLobbyIsNotApprovedByComingBack(t *testing.T) {
	d := open(t, directory.NewKeys())
	apply(t, d, []byte("organization: {name: Acme Ltd}\nsites: [{name: London}]\ndevices: [{mac: 80:5e:c0:12:34:56, step: lobby}, {mac: 80:5e:c0:12:34:57}]\n"))
	for mac, approved := range map[directory.MAC]bool{"805ec0123456": false, "805ec0123457": true} {
		if p := d.Snapshot().DeviceByMAC(mac); p == nil || p.Approved.IsZero() == approved {
			t.Errorf("%s: %+v", mac, p)
		}
	}
}

func guests(t testing.TB, d *directory.Directory) directory.ID {
	t.Helper()
	apply(t, d, example(t))
	apply(t, d, []byte("organization: {name: Acme Ltd}\ndevices: [{mac: 00:15:65:00:00:09, site: London, lines: [\"103\", \"\", \"101\"]}]\nlimits: {calls: 9}\n"+
		"settings: [{scope: site, of: London, key: ntp.server, value: time.example}]\ncodes: [{digits: \"*30\", feature: seat, argument: true}]\n"))
	apply(t, d, equipment)
	s := d.Snapshot()
	org := s.OrganizationByName("Acme Ltd").ID
	err := d.Update(context.Background(), importer, func(tx *directory.Tx) error {
		if _, err := tx.IssueToken(s.DeviceByMAC("805ec0123456").ID); err != nil {
			return err
		}
		if err := tx.SetPIN(s.ExtensionByNumber(org, "102").ID, "902817"); err != nil {
			return err
		}
		for n, at := range map[string]directory.LineRef{"101": s.DeviceByMAC("c074ad001122").At(1), "102": s.DeviceByMAC("001565000009").At(2)} {
			if _, err := tx.Sit(directory.SitRequest{Extension: s.ExtensionByNumber(org, n).ID, At: at, How: directory.HowCode}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return org
}

func marshal(t testing.TB, form string, doc *office.Document) []byte {
	t.Helper()
	var data []byte
	var err error
	if form == "yaml" {
		data, err = yaml.Marshal(doc)
	} else {
		data, err = json.MarshalIndent(doc, "", "\t")
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAnExportComesBackTheSame(t *testing.T) {
	keys := directory.NewKeys()
	d := open(t, keys)
	org := guests(t, d)
	want := office.Export(d.Snapshot(), org, true)
	for _, form := range []string{"yaml", "json"} {
		t.Run(form, func(t *testing.T) {
			data := marshal(t, form, want)
			if rep := apply(t, d, data); len(rep.Created)+len(rep.Changed) != 0 {
				t.Errorf("applied where it came from: %+v", rep)
			}
			fresh := open(t, keys)
			apply(t, fresh, data)
			s := fresh.Snapshot()
			again := office.Export(s, s.OrganizationByName("Acme Ltd").ID, true)
			if diff := cmp.Diff(want, again, cmpopts.IgnoreUnexported(office.Document{})); diff != "" {
				t.Errorf("a fresh appliance differs:\n%s", diff)
			}
			if rep, err := fresh.Check(context.Background()); err != nil || !rep.OK() {
				t.Errorf("check: %+v %v", rep, err)
			}
			if ok, isDefault := fresh.MatchPIN(s.ExtensionByNumber(s.OrganizationByName("Acme Ltd").ID, "102").ID, "902817"); !ok || isDefault {
				t.Error("the chosen PIN did not come along")
			}
		})
	}
}

func TestAnExportWithoutSecretsHasNone(t *testing.T) {
	d := open(t, directory.NewKeys())
	org := guests(t, d)
	s := d.Snapshot()
	phone := s.DeviceByMAC("001565000009")
	secrets := []string{
		"4711", "246813", "correct horse", "hmac:", "argon2id", s.DeviceByMAC("805ec0123456").TokenSealed.Reveal(),
		phone.Lines[0].Account.Secret.Reveal(), phone.Lines[2].Account.Secret.Reveal(),
		phone.AdminPassword.Reveal(), phone.UserPassword.Reveal(),
	}
	text := string(marshal(t, "yaml", office.Export(s, org, false)))
	full := string(marshal(t, "yaml", office.Export(s, org, true)))
	for i, x := range secrets {
		if strings.Contains(text, x) {
			t.Errorf("secret %d is in the export", i)
		}
		if i != 1 && i != 2 && !strings.Contains(full, x) {
			t.Errorf("secret %d is not in the full export", i)
		}
	}
	doc := office.Export(s, org, true)
	if printed := fmt.Sprintf("%v %+v %#v %s", doc, doc, doc, doc); strings.Contains(printed, "4711") {
		t.Error("a document prints its secrets")
	}
	d2 := open(t, directory.NewKeys())
	apply(t, d2, []byte(text))
	if d2.Snapshot().DeviceByMAC("001565000009").PhoneID != phone.PhoneID {
		t.Error("the Phone ID did not come along")
	}
}

func TestTheAdministratorIsForTheSetupOnly(t *testing.T) {
	d := open(t, directory.NewKeys())
	file := append(example(t), "\nadministrator: {email: ada@acme.example, password: \"a very long password\"}\n"...)
	apply(t, d, file)
	if !d.Snapshot().SetUp() {
		t.Fatal("not set up")
	}
	if _, err := d.Authenticate(context.Background(), "ada@acme.example", "a very long password"); err != nil {
		t.Error(err)
	}
	var e *office.Error
	if _, err := tryApply(d, file); !errors.As(err, &e) || e.Path != "administrator" {
		t.Errorf("a second setup: %v", err)
	}
	// The file makes Ada an administrator, but she is the only owner.
	rep := apply(t, d, example(t))
	if !d.Snapshot().SetUp() || d.Snapshot().UserByEmail("ada@acme.example").Role != directory.RoleOwner {
		t.Errorf("the only owner is gone: %+v", rep)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(example(f))
	f.Add([]byte("{\"organization\": {\"name\": \"\\ud83d\\ude00\"}, \"limits\": {\"calls\": 3}}"))
	f.Add([]byte("organization: {name: x}\nextensions: [{number: 0101}]\n"))
	f.Add([]byte("{\"a\":[[[{}"))
	f.Add([]byte("? [a]\n: b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := office.Parse("f", data)
		if err != nil {
			var e *office.Error
			if !errors.As(err, &e) || e.Line < 1 || e.Reason == "" {
				t.Fatalf("not an error with a place: %#v", err)
			}
			return
		}
		again, err := yaml.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := office.Parse("f", again); err != nil {
			t.Fatalf("what was read is not taken back: %v\n%s", err, again)
		}
	})
}
