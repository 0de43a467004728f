//go:build e2e

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestE2EWizardInChromium goes through the wizard in a browser and then sees a
// phone arrive on the page without a reload. The pictures are kept in artefacts/.
func TestE2EWizardInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	web, err := filepath.Abs("../../ui/web")
	if err != nil {
		t.Fatal(err)
	}
	out, err := filepath.Abs("../../artefacts")
	if err != nil {
		t.Fatal(err)
	}
	const mac = "80:5e:c0:12:34:99"
	cmd := exec.Command("npm", "run", "--silent", "e2e")
	cmd.Dir = web
	cmd.Env = append(os.Environ(), "BASE_URL=http://"+a.HTTP, "SETUP_TOKEN="+a.SetupToken, "EXPECT_MAC="+mac, "OUT="+out)
	var log bytes.Buffer
	var mu sync.Mutex
	both := lockedWriter{&mu, &log}
	cmd.Stdout, cmd.Stderr = both, both
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	said := func() string {
		mu.Lock()
		defer mu.Unlock()
		return log.String()
	}
	waitFor(t, 90*time.Second, "the browser is on the phones page", func() bool {
		select {
		case err := <-done:
			t.Fatalf("the browser's walk ended early: %v\n%s", err, said())
		default:
		}
		return strings.Contains(said(), "READY")
	})
	bootPhone(t, "yealink-t46u", mac, "http://"+a.HTTP+"/p/")
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("the browser's walk: %v\n%s", err, said())
		}
	case <-time.After(60 * time.Second):
		cmd.Process.Kill()
		<-done
		t.Errorf("the phone never appeared on the page\n%s", said())
	}
}

// TestE2EKeyboardInChromium does the wizard without a pointer, and meets its refusals.
func TestE2EKeyboardInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	browse(t, "e2e/keys.mjs", "BASE_URL=http://"+a.HTTP, "SETUP_TOKEN="+a.SetupToken)
}

// TestE2ESeatsInChromium logs a person in at a hot desk's panel and out again.
func TestE2ESeatsInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	url := "http://" + a.HTTP + "/p/"
	bootPhone(t, "poly-vvx450", "64:16:7f:00:00:01", url)
	bootPhone(t, "yealink-t46u", "80:5e:c0:12:34:56", url)
	for _, mac := range []string{"64:16:7f:00:00:01", "80:5e:c0:12:34:56"} {
		waitFor(t, 20*time.Second, mac+" is registered", func() bool { return a.cameBy(mac, "http") })
	}
	browse(t, "e2e/seats.mjs", "BASE_URL=http://"+a.HTTP, "EMAIL=ada@acme.example", "PASSWORD=correct horse battery staple",
		"FREE=64:16:7f:00:00:01", "OWN=80:5e:c0:12:34:56", "FIRST=101", "SECOND=102")
}

// TestE2ETemplatesInChromium writes an own template, draws keys and says settings.
func TestE2ETemplatesInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	browse(t, "e2e/templates.mjs", "BASE_URL=http://"+a.HTTP, "EMAIL=ada@acme.example", "PASSWORD=correct horse battery staple", "MODEL=yealink-t46u")
}

// browse runs one walk of the pages in Chromium.
func browse(t *testing.T, script string, env ...string) {
	t.Helper()
	cmd := exec.Command("node", script)
	cmd.Dir = filepath.Join("..", "..", "ui", "web")
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", script, err, out)
	}
}
