package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pin/tftp/v3"
)

// listen collects the events of the stream as a browser's open page gets them.
func (a *machine) listen(t *testing.T) <-chan pageEvent {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+a.HTTP+"/api/v1/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.Token)
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("the stream: %v, %v", res, err)
	}
	events, done := make(chan pageEvent, 1000), make(chan struct{})
	go func() {
		defer close(done)
		defer close(events)
		e := pageEvent{}
		for in := bufio.NewScanner(res.Body); in.Scan(); {
			name, value, _ := strings.Cut(in.Text(), ": ")
			switch name {
			case "event":
				e.Name = value
			case "data":
				e.At, e.Data = time.Now(), value
				if json.Unmarshal([]byte(value), &e.Device) == nil {
					events <- e
				}
				e = pageEvent{}
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-done; res.Body.Close() })
	return events
}

type pageEvent struct {
	At         time.Time
	Name, Data string
	Device     struct {
		ID, MAC, Vendor, Model, Firmware, Sure, Step string
		Registration                                 struct{ Source string }
	}
}

// TestAPhoneAppearsOnTheOpenPage: within two seconds of its first question a phone
// that nobody has entered is told to the pages that are open, with what is known
// of it and how sure that is, and then with its address.
func TestAPhoneAppearsOnTheOpenPage(t *testing.T) {
	const mac = "80:5e:c0:77:00:02"
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	events := a.listen(t)
	bootPhone(t, "yealink-t54w", mac, "http://"+a.HTTP+"/p/")
	var first, whole pageEvent
	limit := time.After(20 * time.Second)
	for whole.Name == "" {
		select {
		case e := <-events:
			if e.Name != "device" || e.Device.MAC != mac {
				continue
			}
			if first.Name == "" {
				first = e
			}
			if e.Device.Registration.Source != "" {
				whole = e
			}
		case <-limit:
			t.Fatalf("the page never heard of the phone and its address; first was %+v", first)
		}
	}
	var journal struct{ Items []struct{ At time.Time } }
	a.API("GET", "/api/v1/devices/"+first.Device.ID+"/journal", nil, &journal)
	if len(journal.Items) == 0 {
		t.Fatal("no journal")
	}
	if took := first.At.Sub(journal.Items[0].At); took > 2*time.Second {
		t.Errorf("it appeared %v after its first question", took)
	}
	if d := first.Device; d.Vendor != "Yealink" || d.Model != "yealink-t54w" || d.Firmware == "" || d.Sure == "" {
		t.Errorf("it appeared as %+v", d)
	}
	if d := whole.Device; !strings.HasPrefix(d.Registration.Source, "127.") || d.Step != "lobby" {
		t.Errorf("in the end it is %+v", d)
	}
}

// TestAGuessIsCalledOne: of a phone that tells nothing of itself only the vendor
// is guessed, and the page is told that this is a guess.
func TestAGuessIsCalledOne(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	events := a.listen(t)
	res, err := http.Get("http://" + a.HTTP + "/p/805ec0770003.cfg")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	for limit := time.After(5 * time.Second); ; {
		select {
		case e := <-events:
			if e.Name != "device" || e.Device.MAC != "80:5e:c0:77:00:03" {
				continue
			}
			if e.Device.Sure == "certain" || e.Device.Sure == "" || e.Device.Model != "" {
				t.Errorf("it is shown as %+v", e.Device)
			}
			return
		case <-limit:
			t.Fatal("the page never heard of the phone")
		}
	}
}

// TestAssignedPhoneRings: an extension that is given to a phone of the inventory
// is active there at once, the phone reads its new settings by itself, and calls
// for it ring there well within fifteen seconds.
func TestAssignedPhoneRings(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	url := "http://" + a.HTTP + "/p/"
	front := bootPhone(t, "grandstream-grp2614", "c0:74:ad:00:11:22", url)
	desk := bootPhone(t, "poly-vvx450", "64:16:7f:00:00:01", url)
	guest := bootPhone(t, "yealink-t54w", "80:5e:c0:77:00:01", url)
	for _, p := range []*phone{front, desk, guest} {
		p.Ask(t, "registered")
	}
	rings := func(p *phone) bool {
		_, status := command(t, "phonesim", "call", "--control", front.Control, "--control", p.Control, "--to", "101", "--timeout", "3s")
		return status == 0
	}
	for _, c := range []struct {
		p         *phone
		mac       string
		how, path string
	}{
		{desk, "64:16:7f:00:00:01", "PATCH", ""},
		{guest, "80:5e:c0:77:00:01", "POST", "/approve"},
	} {
		id := a.named("devices", "mac", c.mac)
		before := c.p.State(t)
		began := time.Now()
		a.must(c.how, "/api/v1/devices/"+id+c.path, map[string]any{"line": "101"})
		waitFor(t, 15*time.Second, "101 rings at "+c.mac, func() bool { return rings(c.p) })
		t.Logf("%s talked %v after it was given 101", c.mac, time.Since(began).Round(time.Millisecond))
		waitFor(t, 15*time.Second, c.mac+" has its new settings", func() bool {
			now := c.p.State(t)
			return now.Rereads+now.Boots > before.Rereads+before.Boots && now.Registered && now.Account.Name == "Ada Lovelace"
		})
		a.must("PATCH", "/api/v1/devices/"+id, map[string]any{"line": ""})
	}
}

// TestPhoneMovesToHTTPS: a phone that came over plain HTTP is told our authority
// and comes over HTTPS at its next looks, checking our certificate by it; nobody
// did anything.
func TestPhoneMovesToHTTPS(t *testing.T) {
	secure := freePort(t)
	a := startAppliance(t, t.TempDir(), "--https", secure)
	a.Setup(officeFile)
	const mac = "80:5e:c0:12:34:56"
	ada := bootPhone(t, "yealink-t46u", mac, "http://"+a.HTTP+"/p/")
	ada.Ask(t, "registered")
	for looks := 0; !a.cameBy(mac, "https"); looks++ {
		if looks == 2 { // one to be told the address, one to come there
			t.Fatalf("after two more looks the phone still comes over HTTP: %+v", ada.State(t))
		}
		ada.Ask(t, "reread")
	}
	// Phones whose settings cannot hold it are given it by hand: the same, and never its key.
	a.noSecretIn(t, "/api/v1/own-authority", "PRIVATE KEY", a.ownFile(mac, "/p/authority.pem"))
}

// TestSameSettingsByEveryDoor: the same phone is given the same bytes by HTTP, by
// HTTPS and by TFTP.
func TestSameSettingsByEveryDoor(t *testing.T) {
	secure := freePort(t)
	a := startAppliance(t, t.TempDir(), "--https", secure)
	a.Setup(officeFile)
	for _, f := range []string{adaFile, graceFile, frontFile, "/p/64167f000001.cfg", "/p/y000000000108.cfg"} {
		a.fetched(f) // makes the token that is named in all that follow
		plain := a.fetched(f)
		status, safe := fetch(t, secure, f, &tls.Config{})
		if status != http.StatusOK || safe != plain {
			t.Errorf("%s by HTTPS: %d, %s", f, status, firstDifference(plain, safe))
		}
		c, err := tftp.NewClient(a.TFTP)
		if err != nil {
			t.Fatal(err)
		}
		r, err := c.Receive(strings.TrimPrefix(f, "/p/"), "octet")
		if err != nil {
			t.Errorf("%s by TFTP: %v", f, err)
			continue
		}
		var got bytes.Buffer
		if _, err := r.WriteTo(&got); err != nil || got.String() != plain {
			t.Errorf("%s by TFTP: %v, %s", f, err, firstDifference(plain, got.String()))
		}
	}
}
