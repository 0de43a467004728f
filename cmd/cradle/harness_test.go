package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The tests of this folder run the real binary as its user would: built once,
// started on loopback with a store of its own, talked to over its doors.

// builds holds the programs, each built when it is first needed.
var builds = map[string]func() (string, error){ //nolint:gochecknoglobals // a table
	"cradle":   sync.OnceValues(func() (string, error) { return build("cradle") }),
	"phonesim": sync.OnceValues(func() (string, error) { return build("phonesim") }),
}

// programs is the folder of what was built; TestMain removes it.
var programs = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "cradle-test-") }) //nolint:gochecknoglobals // one folder

func build(name string) (string, error) {
	dir, err := programs()
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	out, err := exec.Command("go", "build", "-o", path, "cradle/cmd/"+name).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", name, err, out)
	}
	return path, nil
}

func TestMain(m *testing.M) {
	status := m.Run()
	if dir, err := programs(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(status)
}

func program(t testing.TB, name string) string {
	t.Helper()
	path, err := builds[name]()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// machine is a running cradle.
type machine struct {
	t                        testing.TB
	cmd                      *exec.Cmd
	Data                     string
	HTTP, TFTP, SIP, Metrics string
	SIPS                     string
	SetupToken               string
	Token                    string
	log                      *bytes.Buffer
	mu                       sync.Mutex
	done                     chan struct{}
	args                     []string
}

// startAppliance runs cradle on loopback with free ports and waits until it says
// where the wizard is or, set up before, until it is ready.
func startAppliance(t testing.TB, data string, more ...string) *machine {
	t.Helper()
	a := &machine{t: t, Data: data, log: &bytes.Buffer{}}
	a.HTTP, a.TFTP, a.SIP, a.SIPS, a.Metrics = freePort(t), freePort(t), freePort(t), freePort(t), freePort(t)
	a.args = append([]string{"serve", "--data", data, "--http", a.HTTP, "--https", off, "--sntp", off, "--tftp", a.TFTP,
		"--sip", a.SIP, "--sips", a.SIPS, "--pnp", off, "--metrics", a.Metrics, "--media-ports", mediaRange(t), "--drain", "1s"}, more...)
	a.start()
	t.Cleanup(func() {
		a.Stop()
		if t.Failed() {
			t.Logf("the appliance said:\n%s", a.Log())
		}
	})
	return a
}

func (a *machine) start() {
	a.t.Helper()
	a.cmd = exec.Command(program(a.t, "cradle"), a.args...)
	stdout, err := a.cmd.StdoutPipe()
	if err != nil {
		a.t.Fatal(err)
	}
	a.cmd.Stderr = lockedWriter{&a.mu, a.log}
	if err := a.cmd.Start(); err != nil {
		a.t.Fatal(err)
	}
	a.done = make(chan struct{})
	lines := make(chan string, 16)
	go func() {
		defer close(lines)
		s := bufio.NewScanner(stdout)
		for s.Scan() {
			lines <- s.Text()
		}
	}()
	go func() {
		for l := range lines {
			if _, token, ok := strings.Cut(l, "token="); ok {
				a.mu.Lock()
				a.SetupToken = token
				a.mu.Unlock()
			}
		}
		a.cmd.Wait()
		close(a.done)
	}()
	waitFor(a.t, 20*time.Second, "the appliance answers", func() bool {
		select {
		case <-a.done:
			a.t.Fatalf("the appliance left:\n%s", a.Log())
		default:
		}
		res, err := http.Get("http://" + a.HTTP + "/readyz")
		if err != nil {
			return false
		}
		defer res.Body.Close()
		a.mu.Lock()
		defer a.mu.Unlock()
		return res.StatusCode == http.StatusOK || a.SetupToken != ""
	})
}

// Restart starts a stopped or killed appliance again on the same ports and store.
func (a *machine) Restart() {
	a.t.Helper()
	select {
	case <-a.done:
	default:
		a.t.Fatal("it has not ended")
	}
	a.start()
}

// Stop ends the appliance as its service would and waits for it.
func (a *machine) Stop() {
	select {
	case <-a.done:
		return
	default:
	}
	a.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-a.done:
	case <-time.After(20 * time.Second):
		a.cmd.Process.Kill()
		<-a.done
		a.t.Errorf("the appliance did not end within 20 s of SIGTERM")
	}
}

// Kill ends it as a power cut would.
func (a *machine) Kill() {
	a.cmd.Process.Kill()
	<-a.done
}

// Log is what it has written to its log so far.
func (a *machine) Log() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.log.String()
}

// Setup does the wizard with a document.
func (a *machine) Setup(document string) {
	a.t.Helper()
	path := filepath.Join(a.t.TempDir(), "office.yaml")
	if err := os.WriteFile(path, []byte(document), 0o600); err != nil {
		a.t.Fatal(err)
	}
	out := a.Run("setup", "--answers", path, "--url", "http://"+a.HTTP, "--token", a.SetupToken, "--json")
	var answer struct{ Token string }
	if err := json.Unmarshal([]byte(out), &answer); err != nil || answer.Token == "" {
		a.t.Fatalf("setup answered %q: %v", out, err)
	}
	a.Token = answer.Token
}

// Run runs a command of cradle and returns what it printed; it must succeed.
func (a *machine) Run(args ...string) string {
	a.t.Helper()
	out, status := command(a.t, "cradle", args...)
	if status != 0 {
		a.t.Fatalf("cradle %s: status %d\n%s", strings.Join(args, " "), status, out)
	}
	return out
}

// command runs one of our programs; output has both streams, stderr last.
func command(t testing.TB, name string, args ...string) (output string, status int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program(t, name), args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return stdout.String() + stderr.String(), cmd.ProcessState.ExitCode()
}

// exportedDevice is what export --secrets tells of a phone.
type exportedDevice struct {
	MAC, Model, Line string
	Token            string
	PhoneID          string `json:"phone_id"`
	SIP              struct{ User, Secret, Realm string }
}

// Devices are the exported phones by MAC, with their accounts.
func (a *machine) Devices() map[string]exportedDevice {
	a.t.Helper()
	var doc struct{ Devices []exportedDevice }
	out := a.Run("export", "--secrets", "--json", "--url", "http://"+a.HTTP, "--token", a.Token)
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		a.t.Fatalf("export: %v\n%.400s", err, out)
	}
	byMAC := map[string]exportedDevice{}
	for _, d := range doc.Devices {
		byMAC[d.MAC] = d
	}
	return byMAC
}

// API does one authenticated request and decodes the answer.
func (a *machine) API(method, path string, body, into any) int {
	a.t.Helper()
	status, err := a.request(method, path, body, into)
	if err != nil {
		a.t.Fatal(err)
	}
	return status
}

func (a *machine) request(method, path string, body, into any) (int, error) {
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		r = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, "http://"+a.HTTP+path, r)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+a.Token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && into != nil && res.StatusCode < 300 {
		err = json.Unmarshal(b, into)
	}
	return res.StatusCode, err
}

// vitals are what must be back at its baseline when the work is over.
type vitals struct{ Goroutines, Descriptors, Sessions int }

// Vitals reads the appliance's own gauges and its descriptors from /proc.
func (a *machine) Vitals() vitals {
	a.t.Helper()
	res, err := http.Get("http://" + a.Metrics + "/metrics")
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	gauge := func(name string) (n int) {
		m := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindSubmatch(b)
		if m == nil {
			a.t.Fatalf("no metric %s", name)
		}
		var f float64
		fmt.Sscan(string(m[1]), &f)
		return int(f)
	}
	fds, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", a.cmd.Process.Pid))
	if err != nil {
		a.t.Fatal(err)
	}
	return vitals{gauge("go_goroutines"), len(fds), gauge("cradle_media_sessions")}
}

type lockedWriter struct {
	mu *sync.Mutex
	w  io.Writer
}

func (l lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

// waitFor polls a condition; what names it when it never comes true.
func waitFor(t testing.TB, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); ; {
		if ok() {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("in %v it never came true that %s", limit, what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// freePort is a loopback address that is free over TCP and UDP just now.
func freePort(t testing.TB) string {
	t.Helper()
	for range 50 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addr := l.Addr().String()
		pc, err := net.ListenPacket("udp", addr)
		l.Close()
		if err == nil {
			pc.Close()
			return addr
		}
	}
	t.Fatal("no free port")
	return ""
}

// mediaRange gives each appliance of a run 200 RTP ports of its own.
func mediaRange(t testing.TB) string {
	t.Helper()
	_, port, err := net.SplitHostPort(freePort(t))
	if err != nil {
		t.Fatal(err)
	}
	var n int
	fmt.Sscan(port, &n)
	first := 20000 + n%60*200
	return fmt.Sprintf("%d-%d", first, first+199)
}
