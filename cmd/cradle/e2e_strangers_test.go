//go:build e2e

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A site of other addresses makes everybody on loopback a stranger from outside.
func outsideOffice() string { return strings.Replace(officeFile, "127.0.0.0/8", "10.0.0.0/8", 1) }

// TestE2ESIPpRegistersAndRefreshes: four accounts, over UDP and over TCP, ten
// times each in no order: registered, refreshed twice without a new challenge,
// gone. What SIPp does not expect fails it.
func TestE2ESIPpRegistersAndRefreshes(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	before := a.Vitals()
	dir := t.TempDir()
	lines := []string{"SEQUENTIAL"}
	for _, d := range a.Devices() {
		lines = append(lines, fmt.Sprintf("%s;[authentication username=%s password=%s]", d.SIP.User, d.SIP.User, d.SIP.Secret))
	}
	accounts := filepath.Join(dir, "accounts.csv")
	if err := os.WriteFile(accounts, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for transport, port := range map[string]string{"u1": "15080", "t1": "15085"} {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, "sipp", a.SIP, "-sf", filepath.Join("testdata", "sipp", "refresh.xml"), "-inf", accounts, "-i", "127.0.0.26", "-p", port,
			"-t", transport, "-m", "40", "-r", "40", "-nostdin", "-timeout", "20s", "-timeout_error", "-trace_err", "-error_file", filepath.Join(dir, "errors"))
		cmd.Env = append(os.Environ(), "TERM=dumb")
		if out, err := cmd.CombinedOutput(); err != nil {
			wrong, _ := os.ReadFile(filepath.Join(dir, "errors"))
			t.Errorf("SIPp over %s: %v\n%.1500s\n%.1500s", transport, err, out, wrong)
		}
	}
	for mac := range a.Devices() {
		if by := a.registeredBy(mac); by != "" {
			t.Errorf("%s went and is still registered by %s", mac, by)
		}
	}
	backAtBaseline(t, a, before)
}

// TestE2ESipsak asks, registers and floods. From outside it is a known scanner
// and gets nothing; its flood gets it banned, and nobody else.
func TestE2ESipsak(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	acc := yealinkAccount(t, a)
	server := "sip:" + a.SIP
	for _, by := range []string{"udp", "tcp"} {
		if out, err := sipsak(t, "-s", server, "-E", by, "-vv"); err != nil || !strings.Contains(out, "SIP/2.0 200") {
			t.Errorf("OPTIONS over %s: %v\n%s", by, err, out)
		}
	}
	register := []string{"-U", "-s", "sip:" + acc.user + "@" + a.SIP, "-C", "sip:" + acc.user + "@127.0.0.1:15090", "-u", acc.user, "-x", "300", "-vv", "-a"}
	if out, err := sipsak(t, append(register, "wrong")...); err == nil || strings.Contains(out, "SIP/2.0 200") {
		t.Errorf("registered with a wrong secret:\n%s", out)
	}
	if out, err := sipsak(t, append(register, acc.secret)...); err != nil || a.registeredBy(acc.mac) != "udp" {
		t.Errorf("registering: %v\n%s", err, out)
	}

	b := startAppliance(t, t.TempDir())
	b.Setup(outsideOffice())
	if out, err := sipsak(t, "-s", "sip:"+b.SIP, "-D", "2"); err == nil {
		t.Errorf("from outside it was answered:\n%s", out)
	}
	sipsak(t, "-F", "-e", "600", "-s", "sip:"+b.SIP)
	b.waitBanned("127.0.0.1")
	runSIPp(t, b, "register.xml", "127.0.0.27", 15095, "u1", b.account("80:5e:c0:12:34:56"), "")
}

// sipsak runs it for no longer than a flood needs.
func sipsak(t *testing.T, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "sipsak", args...).CombinedOutput()
	return string(out), err
}

func (a *machine) waitBanned(source string) {
	a.t.Helper()
	waitFor(a.t, 10*time.Second, source+" is banned", func() bool { return strings.Contains(a.Log(), `msg="SIP source banned" source=`+source+" ") })
}

// account is a phone's, as an administrator exports it.
func (a *machine) account(mac string) account {
	a.t.Helper()
	d := a.Devices()[mac]
	return account{mac: mac, user: d.SIP.User, secret: d.SIP.Secret}
}

// TestE2ESIPVicious: from inside, where it is answered, it cannot tell an account
// from an invented name, and cracks only what is in its dictionary; from outside
// it sees nothing at all and gets itself banned, while a phone goes on.
func TestE2ESIPVicious(t *testing.T) {
	a, b := startAppliance(t, t.TempDir()), startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	b.Setup(outsideOffice())
	acc := a.account("80:5e:c0:12:34:56")
	dir := t.TempDir()
	list := func(name string, lines ...string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	names := list("names", acc.user, "101", "102", "nobody", "9999")
	wrong := list("wrong", "1234", "secret", "101", "password", "cradle")
	right := list("right", "1234", acc.secret)
	scans := []scan{
		{a.SIP, "svcrack", []string{"-u", acc.user, "-d", right}, 1}, // so the others could have
		{a.SIP, "svcrack", []string{"-u", acc.user, "-d", wrong}, 0},
		{a.SIP, "svcrack", []string{"-u", "nobody", "-d", wrong}, 0},
		{b.SIP, "svcrack", []string{"-u", acc.user, "-d", right}, 0},
	}
	for _, method := range []string{"REGISTER", "INVITE", "OPTIONS"} {
		scans = append(scans, scan{a.SIP, "svwar", []string{"-m", method, "--force", "-d", names}, 0}, scan{b.SIP, "svmap", []string{"-m", method}, 0})
	}
	many := strings.Join(slices.Repeat([]string{"REGISTER"}, 400), ",")
	scans = append(scans, scan{b.SIP, "svmap", []string{"-t", "0.001", "-m", many}, 0})
	var all sync.WaitGroup
	for i, s := range scans { // what takes long is their waiting
		all.Go(func() { s.run(t, i) })
	}
	all.Wait()
	b.waitBanned(fmt.Sprint("127.0.0.", 100+len(scans)-1))
	runSIPp(t, b, "register.xml", "127.0.0.27", 15105, "u1", b.account("80:5e:c0:12:34:56"), "")
}

// scan is one program of SIPVicious, set on an appliance, and how many things it is to find.
type scan struct {
	at, name string
	args     []string
	want     int
}

// row is a line of what it lists as found; the first is the heading.
var row = regexp.MustCompile(`(?m)^\| ([^|]*?) +\| ([^|]*?) +\|`)

// run lets it work from an address and a port of its own.
func (s scan) run(t *testing.T, i int) {
	host, port, _ := strings.Cut(s.at, ":")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	args := append([]string{host, "-p", port, "-b", fmt.Sprint("127.0.0.", 100+i), "-P", fmt.Sprint(15110 + 7*i)}, s.args...)
	cmd := exec.CommandContext(ctx, s.name, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "HOME="+cmd.Dir)
	out, err := cmd.CombinedOutput()
	found := max(len(row.FindAll(out, -1))-1, 0)
	if err != nil || found != s.want {
		t.Errorf("%s %.100s: %v: found %d, want %d\n%s", s.name, s.args, err, found, s.want, out)
	}
}
