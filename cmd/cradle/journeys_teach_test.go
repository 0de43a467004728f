package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pin/tftp/v3"

	"cradle/registrar/siptest"
)

// unheardOf is a phone of a maker that no catalogue knows.
type unheardOf struct {
	name, mac, file string
	ask             func(t *testing.T, a *machine, file string) (status int, body string)
}

func byHTTP(agent string) func(*testing.T, *machine, string) (int, string) {
	return func(t *testing.T, a *machine, file string) (int, string) {
		t.Helper()
		req, err := http.NewRequest(http.MethodGet, "http://"+a.HTTP+"/p/"+file, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("User-Agent", agent)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(body)
	}
}

func byTFTP(t *testing.T, a *machine, file string) (int, string) {
	t.Helper()
	c, err := tftp.NewClient(a.TFTP)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Receive(file, "octet")
	if err != nil {
		return http.StatusNotFound, ""
	}
	var got bytes.Buffer
	if _, err := r.WriteTo(&got); err != nil {
		t.Fatal(err)
	}
	return http.StatusOK, got.String()
}

// TestAPhoneNobodyHasHeardOfIsTaught goes the whole way of an unknown make: the
// page hears of it within two seconds, it is taught, asks again, shows its Phone
// ID, is approved and registers; then it is taken back.
func TestAPhoneNobodyHasHeardOfIsTaught(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	events := a.listen(t)
	template := "url = {{.provision.url}}\nid = {{.phone.id}}\n{{range .lines}}{{if .used}}user = {{.user}}\nsecret = {{.secret}}\n{{end}}{{end}}"
	for _, c := range []struct {
		unheardOf
		wish map[string]any
		id   *regexp.Regexp
	}{
		{unheardOf{"AcmeVoice X1", "02:aa:bb:00:00:01", "acme-02AABB000001.cfg", byHTTP("AcmeVoice X1 1.0.2 02aabb000001")},
			map[string]any{"template": template, "format": "keyvalue", "lines": 1}, regexp.MustCompile(`(?m)^id = (\d{6})$`)},
		{unheardOf{"Zorg Mute", "02:aa:cc:00:00:02", "zorg02aacc000002.ini", byTFTP},
			map[string]any{"vendor": "Zorg", "label": "Zorg Mute", "template": template, "format": "keyvalue", "only_tftp": true}, regexp.MustCompile(`(?m)^id = (\d{6})$`)},
		{unheardOf{"Likely L2", "02:aa:dd:00:00:03", "02aadd000003.cfg", byHTTP("Likely L2/2.0.1")},
			map[string]any{"like": "yealink-t46u", "lines": 2}, regexp.MustCompile(`static\.network\.dhcp_host_name|account\.1\.label = .*?(\d{6})`)},
	} {
		t.Run(c.name, func(t *testing.T) { a.teachWholeWay(t, events, c.unheardOf, c.wish, c.id) })
	}
}

func (a *machine) teachWholeWay(t *testing.T, events <-chan pageEvent, u unheardOf, wish map[string]any, id *regexp.Regexp) {
	began := time.Now()
	if status, _ := u.ask(t, a, u.file); status != http.StatusNotFound {
		t.Fatalf("a stranger is answered with %d", status)
	}
	for limit := time.After(5 * time.Second); ; {
		select {
		case e := <-events:
			var s struct{ MAC, Site string }
			if e.Name != "stranger" || json.Unmarshal([]byte(e.Data), &s) != nil || s.MAC != u.mac {
				continue
			}
			if took := e.At.Sub(began); took > 2*time.Second || s.Site != "London" {
				t.Errorf("it appeared %v after its first question, in %q", took, s.Site)
			}
		case <-limit:
			t.Fatal("the page never heard of it")
		}
		break
	}
	wish["mac"], wish["dry_run"] = u.mac, true
	var lesson struct {
		ID, Model string
		Problems  []struct{ Text string }
	}
	if s := a.API("POST", "/api/v1/strangers/teach", wish, &lesson); s != http.StatusOK || len(lesson.Problems) > 0 || lesson.ID != "" {
		t.Fatalf("the dry run: %d %+v", s, lesson)
	}
	if status, _ := u.ask(t, a, u.file); status != http.StatusNotFound {
		t.Fatalf("a dry run taught it: %d", status)
	}
	wish["dry_run"] = false
	a.API("POST", "/api/v1/strangers/teach", wish, &lesson)
	if lesson.ID == "" {
		t.Fatalf("not taught: %+v", lesson)
	}
	status, body := u.ask(t, a, u.file)
	var d struct{ ID, Model, Step, PhoneID string }
	device := func() {
		t.Helper()
		if s := a.API("GET", "/api/v1/devices/"+a.named("devices", "mac", u.mac), nil, &d); s != http.StatusOK {
			t.Fatalf("the phone: %d", s)
		}
	}
	if status != http.StatusOK {
		t.Fatalf("taught, it is answered with %d", status)
	}
	device()
	exported := a.Devices()[u.mac]
	if d.Model != lesson.Model && u.name != "Zorg Mute" || d.Step != "lobby" || !strings.Contains(body, exported.PhoneID) || id.FindString(body) == "" {
		t.Fatalf("%+v, Phone ID %s:\n%s", d, exported.PhoneID, body)
	}
	a.must("POST", "/api/v1/devices/"+d.ID+"/approve", map[string]any{})
	a.registers(t, u)
	for _, gone := range []string{"devices/" + d.ID, "taught-models/" + lesson.ID} {
		if s := a.API("DELETE", "/api/v1/"+gone, nil, nil); s != http.StatusNoContent {
			t.Fatalf("DELETE %s: %d", gone, s)
		}
	}
	if status, _ := u.ask(t, a, u.file); status != http.StatusNotFound {
		t.Errorf("forgotten, it is answered with %d", status)
	}
}

// registers reads the file as the phone would, and registers with what it says.
func (a *machine) registers(t *testing.T, u unheardOf) {
	t.Helper()
	status, body := u.ask(t, a, u.file)
	account := a.Devices()[u.mac].SIP
	if status != http.StatusOK || account.Secret == "" || !strings.Contains(body, account.Secret) || !strings.Contains(body, account.User) {
		t.Fatalf("approved, it gets %d:\n%s", status, body)
	}
	p, err := siptest.New(siptest.Config{Server: a.SIP, User: account.User, Password: account.Secret, Domain: account.Realm, UserAgent: u.name})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := p.Register(ctx); err != nil {
		t.Fatal(err)
	}
	waitFor(t, 5*time.Second, "the page shows it registered", func() bool {
		var d struct{ Registered bool }
		a.API("GET", "/api/v1/devices/"+a.named("devices", "mac", u.mac), nil, &d)
		return d.Registered
	})
}
