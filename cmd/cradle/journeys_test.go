package main

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

// officeFile is the small office that the journeys happen in. Every simulated phone
// has an address of its own in 127.0.0.0/8.
const officeFile = `administrator: {email: ada@acme.example, password: "correct horse battery staple"}
organization: {name: Acme Ltd, domain: acme.example}
sites:
  - {name: London, timezone: Europe/London, networks: [127.0.0.0/8], adoption: lobby, tftp: full, emergency: ["112"], emergency_route: "103"}
extensions:
  - {number: "101", name: Ada Lovelace, site: London, default_pin: "4711"}
  - {number: "102", name: Grace Hopper, site: London, default_pin: "4712"}
  - {number: "103", name: Front Desk, site: London, default_pin: "4713"}
devices:
  - {mac: "80:5e:c0:12:34:56", model: yealink-t46u, site: London, name: Ada's desk, line: "101"}
  - {mac: "00:04:13:aa:bb:01", model: snom-d785, site: London, name: Grace's desk, line: "102"}
  - {mac: "c0:74:ad:00:11:22", model: grandstream-grp2614, site: London, name: Front desk, line: "103"}
  - {mac: "64:16:7f:00:00:01", model: poly-vvx450, site: London, name: Hot desk 1}
`

// phone is a simulated phone that has booted and stays.
type phone struct {
	cmd     *exec.Cmd
	Control string
	done    chan struct{}
	out     *strings.Builder
}

// bootPhone powers a phone up and waits until it has registered, or was told that
// it has no account yet.
func bootPhone(t *testing.T, model, mac, url string) *phone {
	t.Helper()
	p := &phone{Control: filepath.Join(t.TempDir(), "c"), done: make(chan struct{}), out: &strings.Builder{}}
	p.cmd = exec.Command(program(t, "phonesim"), "boot", "--model", model, "--mac", mac, "--url", url, "--control", p.Control)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.cmd.Wait(); close(p.done) }()
	t.Cleanup(p.PowerOff)
	waitFor(t, 20*time.Second, model+" has booted", func() bool {
		select {
		case <-p.done:
			t.Fatalf("%s left: %s", model, p.out)
		default:
		}
		conn, err := net.Dial("unix", p.Control)
		if err != nil {
			return false
		}
		conn.Close()
		s := p.shows(t)
		return s.Registered || s.Waits
	})
	return p
}

// PowerOff ends the phone and waits for it.
func (p *phone) PowerOff() {
	p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(10 * time.Second):
		p.cmd.Process.Kill()
		<-p.done
	}
}

// TestPhonesBootRegisterAndTalk is the main job: four vendors' phones boot by
// their own ways, register with what they were given, and talk to each other.
func TestPhonesBootRegisterAndTalk(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(strings.NewReplacer(`default_pin: "4711"`, `default_pin: "4711", virtualization: {allow: true}`,
		`default_pin: "4712"`, `default_pin: "4712", virtualization: {secret: "135791"}`).Replace(officeFile))
	http := "http://" + a.HTTP + "/p/"
	before := a.Vitals()
	ada := bootPhone(t, "yealink-t46u", "80:5e:c0:12:34:56", http)
	grace := bootPhone(t, "snom-d785", "00:04:13:aa:bb:01", http)
	front := bootPhone(t, "grandstream-grp2614", "c0:74:ad:00:11:22", "tftp://"+a.TFTP+"/")
	desk := bootPhone(t, "poly-vvx450", "64:16:7f:00:00:01", http)

	for _, c := range []struct {
		from, to *phone
		number   string
	}{{ada, grace, "102"}, {grace, ada, "101"}, {front, grace, "102"}, {desk, front, "112"}} {
		out, status := command(t, "phonesim", "call", "--control", c.from.Control, "--control", c.to.Control, "--to", c.number, "--json")
		if status != 0 {
			t.Errorf("a call to %s: status %d\n%s", c.number, status, out)
		}
	}
	// Nobody sits at the hot desk: whatever it dials, it is asked who wants to.
	if out, status := command(t, "phonesim", "call", "--control", desk.Control, "--control", ada.Control, "--to", "101"); status == 0 {
		t.Errorf("an empty desk called 101\n%s", out)
	}
	if out, status := command(t, "phonesim", "call", "--control", ada.Control, "--control", grace.Control, "--to", "199"); status == 0 || !strings.Contains(out, "404") {
		t.Errorf("a call to a number that does not exist: status %d\n%s", status, out)
	}
	sitsDown(t, front, ada, grace, desk)
	for _, p := range []*phone{ada, grace, front, desk} {
		p.PowerOff()
	}
	backAtBaseline(t, a, before)
	records := struct {
		Items []struct {
			Status int
			Legs   []struct {
				Codec          string
				MOS            float64
				Received, Lost uint64
				Silent         bool
			}
		}
	}{}
	waitFor(t, 5*time.Second, "the calls are on record", func() bool {
		a.API("GET", "/api/v1/callrecords", nil, &records)
		return len(records.Items) >= 4
	})
	sounded := 0
	for _, r := range records.Items {
		for _, l := range r.Legs {
			if l.Received > 0 {
				if sounded++; l.Codec == "" || l.MOS <= 1 || l.Silent || l.Lost > l.Received/4 {
					t.Errorf("a call over loopback sounded like %+v", l) // how good it is says the machine
				}
			}
		}
	}
	if sounded < 4 || !strings.Contains(a.metrics(), `cradle_call_legs_total{quality="high"}`) {
		t.Errorf("%d legs sounded; metrics:\n%s", sounded, a.metrics())
	}
}

// sitsDown moves Grace to Ada's phone and to the hot desk and back, by code; her calls ring where she sits.
func sitsDown(t *testing.T, caller, ada, grace, desk *phone) {
	t.Helper()
	rings := func(at *phone) {
		t.Helper()
		if out, status := command(t, "phonesim", "call", "--control", caller.Control, "--control", at.Control, "--to", "102"); status != 0 {
			t.Errorf("102 does not ring where it sits: status %d\n%s", status, out)
		}
	}
	seat := func(at *phone, dial string, code ...string) {
		t.Helper()
		args := append([]string{"seat", "--control", at.Control, dial}, code...)
		out, status := command(t, "phonesim", args...)
		if t.Log(out); status != 0 {
			t.Errorf("%s: status %d\n%s", dial, status, out)
		}
	}
	rings(grace)
	seat(ada, "*30102", "--code", "135791")
	rings(ada)
	seat(ada, "*30")
	rings(grace)
	seat(desk, "5", "--code", "102#4712#918273#918273") // the PIN that was given is replaced at its first use
	rings(desk)
	seat(ada, "*30102#", "--code", "135791")
	rings(ada)
	seat(grace, "*30")
	rings(grace)
}

// TestEveryDoor boots one phone by each way in, and looks into its journal.
func TestEveryDoor(t *testing.T) {
	secure := freePort(t)
	a := startAppliance(t, t.TempDir(), "--https", secure, "--pnp", "lo")
	a.Setup(officeFile)
	for _, c := range []struct{ model, mac, url, door string }{
		{"yealink-t46u", "80:5e:c0:12:34:56", "http://" + a.HTTP + "/", "http"}, // the bare host
		{"poly-vvx450", "64:16:7f:00:00:01", "https://" + secure + "/p/", "https"},
		{"snom-d785", "00:04:13:aa:bb:01", "tftp://" + a.TFTP + "/", "tftp"},
		{"grandstream-grp2614", "c0:74:ad:00:11:22", "pnp:lo", "pnp"},
	} {
		p := bootPhone(t, c.model, c.mac, c.url)
		waitFor(t, 30*time.Second, c.model+" came by "+c.door+" and registered", func() bool {
			select {
			case <-p.done:
				t.Fatalf("%s left: %s", c.model, p.out)
			default:
			}
			return a.cameBy(c.mac, c.door)
		})
	}
}

// cameBy tells whether a phone was served by a door and is registered.
func (a *machine) cameBy(mac, door string) bool {
	var list struct {
		Items []struct {
			ID, MAC    string
			Registered bool
		}
	}
	a.API("GET", "/api/v1/devices", nil, &list)
	for _, d := range list.Items {
		if d.MAC != mac || !d.Registered {
			continue
		}
		var journal struct {
			Items []struct {
				Door   string
				Status int
			}
		}
		a.API("GET", "/api/v1/devices/"+d.ID+"/journal", nil, &journal)
		for _, s := range journal.Items {
			if s.Door == door && s.Status == 200 {
				return true
			}
		}
	}
	return false
}

// backAtBaseline waits until nothing of the work is left. Two goroutines and four
// descriptors are spared for idle HTTP connections of the test itself.
func backAtBaseline(t *testing.T, a *machine, before vitals) {
	t.Helper()
	var now vitals
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		http.DefaultClient.CloseIdleConnections()
		now = a.Vitals()
		if now.Goroutines <= before.Goroutines+2 && now.Descriptors <= before.Descriptors+4 && now.Sessions == before.Sessions {
			return
		}
	}
	t.Errorf("not back at the baseline: %+v before, %+v now", before, now)
}

// TestPhoneArrivesUnknown follows a phone that nobody has entered: it appears
// with a Phone ID, may dial nothing but emergencies, and is somebody's after one click.
func TestPhoneArrivesUnknown(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	guest := bootPhone(t, "yealink-t54w", "80:5e:c0:77:00:01", "http://"+a.HTTP+"/p/")
	type device struct {
		ID, MAC, Model, Step string
		PhoneID              string `json:"phone_id"`
		Registered           bool
	}
	var arrived device
	waitFor(t, 20*time.Second, "the unknown phone is there and registered", func() bool {
		var list struct{ Items []device }
		a.API("GET", "/api/v1/devices", nil, &list)
		for _, d := range list.Items {
			if d.MAC == "80:5e:c0:77:00:01" {
				arrived = d
			}
		}
		return arrived.Registered
	})
	if arrived.Step != "lobby" || arrived.Model != "yealink-t54w" || len(arrived.PhoneID) != 6 {
		t.Errorf("it arrived as %+v", arrived)
	}
	id := arrived.ID
	if status := a.API("POST", "/api/v1/devices/"+id+"/approve", map[string]any{"line": "101"}, nil); status >= 300 {
		t.Fatalf("approve: %d", status)
	}
	grace := bootPhone(t, "snom-d785", "00:04:13:aa:bb:01", "http://"+a.HTTP+"/p/")
	waitFor(t, 30*time.Second, "the approved phone may call", func() bool {
		_, status := command(t, "phonesim", "call", "--control", guest.Control, "--control", grace.Control, "--to", "102")
		return status == 0
	})
}

// TestRestartKeepsRegistrations: after kill -9 a call goes through at once.
func TestRestartKeepsRegistrations(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	ada := bootPhone(t, "yealink-t46u", "80:5e:c0:12:34:56", "http://"+a.HTTP+"/p/")
	grace := bootPhone(t, "snom-d785", "00:04:13:aa:bb:01", "http://"+a.HTTP+"/p/")
	time.Sleep(1500 * time.Millisecond) // bindings are written once a second; nothing outside tells when
	a.Kill()
	a.Restart()
	if out, status := command(t, "phonesim", "call", "--control", ada.Control, "--control", grace.Control, "--to", "102"); status != 0 {
		t.Errorf("a call after a crash: status %d\n%s", status, out)
	}
}

// TestCommands walks the command line on a stopped and on a running appliance.
func TestCommands(t *testing.T) {
	if out, status := command(t, "cradle", "--help"); status != 0 || strings.Contains(out, "backup") || !strings.Contains(out, "export") {
		t.Errorf("help: status %d\n%s", status, out)
	}
	if out, status := command(t, "cradle", "dance"); status != 2 {
		t.Errorf("an unknown command: status %d\n%s", status, out)
	}
	data := t.TempDir()
	file := filepath.Join(t.TempDir(), "office.yaml")
	write := func(s string) {
		if err := os.WriteFile(file, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(officeFile)
	if out, status := command(t, "cradle", "setup", "--answers", file, "--data", data, "--json"); status != 0 || !strings.Contains(out, "token") {
		t.Fatalf("setup: status %d\n%s", status, out)
	}
	_, form, _ := strings.Cut(officeFile, "\n")
	write(form)
	var report struct{ Created, Changed []string }
	for _, args := range [][]string{{"apply", "-f", file, "--data", data, "--json"}, {"apply", "-f", file, "--data", data, "--dry-run", "--json"}} {
		out, status := command(t, "cradle", args...)
		if err := json.Unmarshal([]byte(out), &report); status != 0 || err != nil || len(report.Created)+len(report.Changed) > 0 {
			t.Errorf("the same file again: status %d %v\n%s", status, err, out)
		}
	}
	write(strings.Replace(form, `number: "102"`, `number: "101"`, 1))
	if out, status := command(t, "cradle", "apply", "-f", file, "--data", data); status != 1 || !strings.Contains(out, "office.yaml:") || !strings.Contains(out, "101") {
		t.Errorf("a number twice: status %d\n%s", status, out)
	}
	for _, wrong := range []struct{ setting, why string }{
		{`{scope: organization, key: languag, value: de}`, "languag"},
		{`{scope: organization, key: time.zone, value: Nowhere/At_all}`, "Nowhere"},
		{`{scope: model, of: snom-d785, key: "raw.snom.P#2", value: x}`, "cannot hold"},
		{`{scope: model, of: snom-d785, key: raw.yealink.dnd, value: x}`, "not of raw.yealink"},
		{`{scope: organization, key: raw.yealink.network.vpn_password, value: "***"}`, "stands for"},
	} {
		write(form + "settings:\n  - " + wrong.setting + "\n")
		for _, try := range [][]string{{}, {"--dry-run"}} {
			out, status := command(t, "cradle", append([]string{"apply", "-f", file, "--data", data}, try...)...)
			if status != 1 || !strings.Contains(out, "settings[0].key") || !strings.Contains(out, wrong.why) {
				t.Errorf("%s %v: status %d\n%s", wrong.setting, try, status, out)
			}
		}
	}
	write(officeFile + "settings:\n  - {scope: organization, key: languag, value: de}\n")
	if out, status := command(t, "cradle", "setup", "--answers", file, "--data", t.TempDir()); status != 1 || !strings.Contains(out, "languag") {
		t.Errorf("set up with a setting that there is not: status %d\n%s", status, out)
	}
	a := startAppliance(t, data)
	for _, args := range [][]string{{"check", "--data", data}, {"export", "--data", data}} {
		if out, status := command(t, "cradle", args...); status != 0 {
			t.Errorf("%v beside a running appliance: status %d\n%s", args, status, out)
		}
	}
	if out, status := command(t, "cradle", "serve", "--data", data, "--http", off, "--https", off, "--sntp", off, "--tftp", off, "--sip", off, "--sips", off, "--pnp", off, "--metrics", off); status != 1 {
		t.Errorf("a second instance: status %d\n%s", status, out)
	}
	if out, status := command(t, "cradle", "serve", "--data", t.TempDir(), "--http", a.HTTP, "--https", off, "--sntp", off, "--tftp", off, "--sip", off, "--sips", off, "--pnp", off, "--metrics", off); status != 1 || !strings.Contains(out, "taken") {
		t.Errorf("a taken port: status %d\n%s", status, out)
	}
}

// TestDamagedStoreOpensNoWizard: the record of the only organization is damaged.
// What is left must not be taken for an appliance that was never set up.
func TestDamagedStoreOpensNoWizard(t *testing.T) {
	data, file := t.TempDir(), filepath.Join(t.TempDir(), "office.yaml")
	if err := os.WriteFile(file, []byte(officeFile), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, status := command(t, "cradle", "setup", "--answers", file, "--data", data); status != 0 {
		t.Fatal(out)
	}
	db, err := bolt.Open(filepath.Join(data, storeFile), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		return tx.ForEach(func(_ []byte, b *bolt.Bucket) error {
			return b.ForEach(func(k, v []byte) error {
				if !strings.HasPrefix(string(k), "r/organization/") {
					return nil
				}
				bad := bytes.Clone(v)
				bad[len(bad)-1] ^= 1
				return b.Put(k, bad)
			})
		})
	})
	if err != nil || db.Close() != nil {
		t.Fatal(err)
	}
	if out, status := command(t, "cradle", "check", "--data", data); status != 1 || !strings.Contains(out, "organization") {
		t.Errorf("check: status %d\n%s", status, out)
	}
	out, status := command(t, "cradle", "serve", "--data", data, "--http", off, "--https", off, "--sntp", off, "--tftp", off, "--sip", off, "--sips", off, "--pnp", off, "--metrics", off)
	if status != 1 || !strings.Contains(out, "damaged") || strings.Contains(out, "setup:") {
		t.Errorf("serve: status %d\n%s", status, out)
	}
}

// TestExportComesBack: what export --secrets gives makes the same office on an
// empty appliance.
func TestExportComesBack(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	file := filepath.Join(t.TempDir(), "office.yaml")
	if err := os.WriteFile(file, []byte(officeFile), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, status := command(t, "cradle", "setup", "--answers", file, "--data", one); status != 0 {
		t.Fatal(out)
	}
	first, status := command(t, "cradle", "export", "--secrets", "--data", one)
	if status != 0 {
		t.Fatal(first)
	}
	if err := os.WriteFile(file, []byte(first), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, status := command(t, "cradle", "apply", "-f", file, "--data", two); status != 0 {
		t.Fatal(out)
	}
	second, status := command(t, "cradle", "export", "--secrets", "--data", two)
	if status != 0 || first != second {
		t.Errorf("status %d; first:\n%s\nsecond:\n%s", status, first, second)
	}
	plain, _ := command(t, "cradle", "export", "--data", one)
	for _, secret := range []string{"4711", "correct horse", "$argon2id$"} {
		if strings.Contains(plain, secret) {
			t.Errorf("an export without --secrets shows %q", secret)
		}
	}
}
