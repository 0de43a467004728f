//go:build e2e

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// pagesOffice is the office in which the pages are walked: two sites, people
// without a phone, and phones without people.
const pagesOffice = `administrator: {email: ada@acme.example, password: "correct horse battery staple"}
organization: {name: Acme Ltd, domain: acme.example}
sites:
  - {name: London, timezone: Europe/London, networks: [127.0.0.0/8], adoption: lobby, tftp: full, emergency: ["112"], emergency_route: "103"}
  - {name: Leeds, timezone: Europe/London, networks: [192.0.2.0/24], adoption: closed, emergency: ["112"], emergency_route: "103"}
extensions:
  - {number: "101", name: Ada Lovelace, site: London, default_pin: "4711"}
  - {number: "102", name: Grace Hopper, site: London, default_pin: "4712"}
  - {number: "103", name: Front Desk, site: London, default_pin: "4713"}
  - {number: "104", name: Alan Turing, site: London}
  - {number: "105", name: Katherine Johnson, site: London}
devices:
  - {mac: "80:5e:c0:12:34:56", model: yealink-t46u, site: London, name: Ada's desk, line: "101"}
  - {mac: "00:04:13:aa:bb:01", model: snom-d785, site: London, name: Grace's desk, line: "102"}
  - {mac: "c0:74:ad:00:11:22", model: grandstream-grp2614, site: London, name: Front desk, line: "103"}
  - {mac: "64:16:7f:00:00:01", model: poly-vvx450, site: London, name: Hot desk 1}
  - {mac: "80:5e:c0:99:88:77", model: yealink-t46u, site: Leeds, name: Packing table}
`

// TestE2EWizardInChromium goes through the wizard in a browser and then sees a
// phone arrive on the page without a reload. The pictures are kept in artefacts/.
func TestE2EWizardInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.browse(t, "wizard.mjs", "SETUP_TOKEN="+a.SetupToken, "EXPECT_MAC=80:5e:c0:12:34:99", "OUT="+filepath.Join("..", "..", "artefacts"))
}

// TestE2EKeyboardInChromium does the wizard without a pointer, and meets its refusals.
func TestE2EKeyboardInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.browse(t, "keys.mjs", "SETUP_TOKEN="+a.SetupToken)
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
	a.browse(t, "seats.mjs", "FREE=64:16:7f:00:00:01", "OWN=80:5e:c0:12:34:56", "FIRST=101", "SECOND=102")
}

// TestE2ETemplatesInChromium writes an own template, draws keys and says settings.
func TestE2ETemplatesInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	a.browse(t, "templates.mjs", "MODEL=yealink-t46u")
}

// TestE2EOnboardingInChromium gives phones that wait to their people: by keyboard
// alone, by drag and drop, and with a scanner.
func TestE2EOnboardingInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(pagesOffice)
	a.browse(t, "onboard.mjs")
}

// TestE2EImportInChromium brings many phones in: pasted, by a file, by a scanner.
func TestE2EImportInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(pagesOffice)
	a.browse(t, "import.mjs")
}

// TestE2EInventoryInChromium adds devices, and provisions newly added extensions.
func TestE2EInventoryInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(pagesOffice)
	a.browse(t, "inventory.mjs")
}

// TestE2EConnectionInChromium says how a phone is connected, and how an extension
// speaks SIP.
func TestE2EConnectionInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(pagesOffice)
	a.browse(t, "connection.mjs")
}

// TestE2ESoundsInChromium replaces what callers hear of us, and puts it back.
func TestE2ESoundsInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(pagesOffice)
	a.browse(t, "sounds.mjs")
}

// TestE2EPhoneInChromium looks at one phone from every side, replaces it and
// retires it.
func TestE2EPhoneInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(pagesOffice)
	a.browse(t, "phone.mjs")
}

// TestE2ERolloutsInChromium brings a template and a firmware to phones in stages.
func TestE2ERolloutsInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(pagesOffice)
	a.browse(t, "rollouts.mjs")
}

// TestE2EBadTemplateInChromium rolls a template out from its page that takes phones
// their account, and watches it stop by itself.
func TestE2EBadTemplateInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(pagesOffice)
	a.browse(t, "badtemplate.mjs")
}

// TestE2EHouseInChromium adds an authority, reads DHCP lines, hears the bell and
// draws keys with the mouse.
func TestE2EHouseInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(pagesOffice)
	a.browse(t, "house.mjs")
}

// TestE2ESecretsInChromium unlocks secrets with the password, and makes a phone's
// certificate.
func TestE2ESecretsInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(pagesOffice)
	a.browse(t, "secrets.mjs")
}

// TestE2ETeachInChromium teaches a phone of a make that nobody has heard of, and
// forgets it.
func TestE2ETeachInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(pagesOffice)
	a.browse(t, "teach.mjs")
}

// TestE2EDriftInChromium mends a phone that is another one than was entered, and
// sees a roll-out stop whose phones do not come back.
func TestE2EDriftInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(pagesOffice)
	a.browse(t, "drift.mjs")
}

// TestE2ESightInChromium sees phones register and leave, and traces a phone and a call.
func TestE2ESightInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(pagesOffice)
	a.browse(t, "sight.mjs")
}

// TestE2ETelephonyInChromium goes through a site's numbers and their actions, and
// logs one in at a handset.
func TestE2ETelephonyInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(pagesOffice)
	a.browse(t, "telephony.mjs")
}

// TestE2EOwnTelephonyInChromium is a plain user's own page: numbers, handset, code.
func TestE2EOwnTelephonyInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(pagesOffice)
	a.browse(t, "own.mjs")
}

// TestE2EBareTelephonyInChromium reads what is said where something is missing.
func TestE2EBareTelephonyInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(strings.Replace(strings.SplitN(officeFile, "extensions:", 2)[0], `, emergency_route: "103"`, "", 1))
	a.browse(t, "bare.mjs")
}

// TestE2EThousandNumbersInChromium searches a long list, opens a row's actions in
// every way, and looks at labels and at the page of a number.
func TestE2EThousandNumbersInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	office := strings.Builder{}
	office.WriteString(officeFile + "numbers:\n")
	for i := range 1000 {
		label := ""
		if i == 500 {
			label = ", display: [John, Smith]"
		}
		fmt.Fprintf(&office, "  - {number: \"+442080%06d\", site: London, status: active%s}\n", i, label)
	}
	a.Setup(office.String())
	a.browse(t, "numbers.mjs")
}

// TestE2EFloorInChromium seats people on the floor by pointer and by keyboard, and
// takes moves back.
func TestE2EFloorInChromium(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(pagesOffice)
	a.browse(t, "floor.mjs")
}

// browse runs one walk of the pages in Chromium. A line "BOOT model MAC" of the
// walk switches that phone on, "OFF MAC" off; "CALL MAC MAC number" calls for four
// seconds from one to the other.
func (a *machine) browse(t *testing.T, script string, env ...string) {
	t.Helper()
	env = append([]string{"BASE_URL=http://" + a.HTTP, "EMAIL=ada@acme.example", "PASSWORD=correct horse battery staple"}, env...)
	phones := map[string]*phone{}
	var calls sync.WaitGroup
	defer calls.Wait()
	walk(t, script, env, func(line string) {
		switch order := strings.Fields(line); {
		case len(order) == 3 && order[0] == "BOOT":
			phones[order[2]] = bootPhone(t, order[1], order[2], "http://"+a.HTTP+"/p/")
		case len(order) == 2 && order[0] == "OFF" && phones[order[1]] != nil:
			phones[order[1]].PowerOff()
		case len(order) == 4 && order[0] == "CALL":
			from, at := phones[order[1]], phones[order[2]]
			calls.Go(func() {
				if out, status := command(t, "phonesim", "call", "--control", from.Control, "--control", at.Control,
					"--to", order[3], "--talk", "4s"); status != 0 {
					t.Errorf("%s: status %d\n%s", order, status, out)
				}
			})
		}
	})
}

// walk runs a script of the pages' folder, and hands over each line it says.
func walk(t *testing.T, script string, env []string, heard func(line string)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	walk := exec.CommandContext(ctx, "node", filepath.Join("e2e", script))
	walk.Dir = filepath.Join("..", "..", "ui", "web")
	walk.Env = append(os.Environ(), env...)
	walk.Cancel = func() error { return walk.Process.Signal(syscall.SIGTERM) }
	walk.WaitDelay = 10 * time.Second
	said, err := walk.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	var faults bytes.Buffer
	walk.Stderr = &faults
	if err := walk.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(said); lines.Scan(); {
		fmt.Fprintln(&log, lines.Text())
		heard(lines.Text())
	}
	if err := walk.Wait(); err != nil {
		t.Errorf("%s: %v\n%s%s", script, err, &log, &faults)
	}
}
