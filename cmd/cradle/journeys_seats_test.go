package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"cradle/directory"
	"cradle/provisioning/provtest"
	"cradle/registrar/siptest"
	"cradle/templates"
)

const seatMAC = "80:5e:c0:00:00:02"

// hotDeskOffice is the office with one more hot desk, whose model draws pages and
// has a softkey for guests.
const hotDeskOffice = officeFile + "  - {mac: \"" + seatMAC + "\", model: yealink-t46u, site: London}\n"

// atScreen boots the hot desk and stands before its screen.
func (a *machine) atScreen(t *testing.T) screenPhone {
	t.Helper()
	shelf, _ := drawn(t)
	box, err := provtest.New(provtest.Config{Catalog: shelf, Data: templates.FS(), Model: "yealink-t46u", MAC: strings.ReplaceAll(seatMAC, ":", "")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := box.Boot(context.Background(), "http://"+a.HTTP+"/p/"); err != nil {
		t.Fatal(err)
	}
	return screenPhone{box, t}
}

// sips is a registered phone under the account of a device; took may take requests.
func (a *machine) sips(ctx context.Context, t *testing.T, mac string, took func(p *siptest.Phone, m *siptest.Msg) bool) (*siptest.Phone, exportedDevice) {
	t.Helper()
	d := a.Devices()[mac]
	var p *siptest.Phone
	p, err := siptest.New(siptest.Config{Server: a.SIP, User: d.SIP.User, Password: d.SIP.Secret, Domain: d.SIP.Realm, Local: "127.0.0.1",
		OnRequest: func(m *siptest.Msg) bool { return took != nil && took(p, m) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	if _, err := p.Register(ctx); err != nil {
		t.Fatal(err)
	}
	return p, d
}

// TestOwnersPhoneIsToldOfALock: somebody guesses Grace's PIN at a hot desk; with the
// third guess it is locked, and the phone on her own desk gets a text that says where.
func TestOwnersPhoneIsToldOfALock(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(hotDeskOffice)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	texts := make(chan *siptest.Msg, 8)
	a.sips(ctx, t, "00:04:13:aa:bb:01", func(p *siptest.Phone, m *siptest.Msg) bool {
		if m.Method != "MESSAGE" {
			return false
		}
		p.Reply(m, m.Answer(200, "OK", "grace"))
		texts <- m
		return true
	})
	others := make(chan *siptest.Msg, 8)
	a.sips(ctx, t, "80:5e:c0:12:34:56", func(_ *siptest.Phone, m *siptest.Msg) bool {
		if m.Method == "MESSAGE" {
			others <- m
		}
		return false
	})
	guesser := a.atScreen(t)
	for i, pin := range []string{"0900", "0901", "0902"} {
		if len(texts) > 0 {
			t.Errorf("told after %d guesses", i)
		}
		guesser.logIn("102", pin)
	}
	select {
	case m := <-texts:
		want := "Your PIN was entered wrong three times at phone " + a.Devices()[seatMAC].PhoneID + " and is locked."
		if got := string(m.Body); got != want || m.Get("Content-Type") != "text/plain;charset=UTF-8" {
			t.Errorf("%s: %q, want %q", m.Get("Content-Type"), got, want)
		}
	case <-ctx.Done():
		t.Fatal("her phone is told nothing")
	}
	guesser.logIn("102", "4712")
	if len(texts) > 0 || len(others) > 0 {
		t.Errorf("she is told %d times more, and somebody else %d times", len(texts), len(others))
	}
}

// TestRestartInTheMiddleOfTheSoftkeysDialogue: the appliance is killed while it waits
// for a phone's proof. Nobody sits there then, the old answer only begins anew, and
// the next one is taken; what was taken stands after another cut.
func TestRestartInTheMiddleOfTheSoftkeysDialogue(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(hotDeskOffice)
	screen := a.atScreen(t)
	if p := screen.logIn("102", "4712", "918273", "918273"); p.Text != "102 is at this phone now." {
		t.Fatalf("%+v", p)
	}
	screen.choose("Log out")

	ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
	defer cancel()
	phone, d := a.sips(ctx, t, seatMAC, nil)
	var keys *siptest.Subscription
	subscribe := func() {
		t.Helper()
		s, m, err := phone.Subscribe(ctx, "sip:"+d.SIP.User+"@"+d.SIP.Realm, "x-broadworks-hoteling", 3600, nil)
		if err != nil || m.Status != http.StatusOK {
			t.Fatalf("subscribing: %v %v", m, err)
		}
		keys = s
	}
	told := func(words string) string {
		t.Helper()
		for {
			m, err := keys.Next(ctx)
			if err != nil {
				t.Fatalf("never told %q", words)
			}
			if strings.Contains(string(m.Body), words) {
				return string(m.Body)
			}
		}
	}
	say := func(guest, more string) {
		t.Helper()
		m, err := keys.Again(ctx, 3600, func(m *siptest.Msg) {
			m.Add("Content-Type", "application/x-broadworks-hoteling+xml")
			m.Body = []byte(`<SetHoteling xmlns="http://schema.broadsoft.com/hoteling"><guestAddress>` + guest + `</guestAddress>` + more + `</SetHoteling>`)
		})
		if err != nil || m.Status != http.StatusOK {
			t.Fatalf("naming %q: %v %v", guest, m, err)
		}
	}
	proof := func() string {
		t.Helper()
		_, rest, _ := strings.Cut(told("<nonce>"), "<nonce>")
		nonce, _, _ := strings.Cut(rest, "</nonce>")
		return "<authenticationData><nonce>" + nonce + "</nonce><algorithm>MD5</algorithm><response>" + directory.Proof(nonce, "918273") + "</response></authenticationData>"
	}
	sits := func(when string, want bool) {
		t.Helper()
		var list struct {
			Items []struct{ Extension, How string }
		}
		a.API(http.MethodGet, "/api/v1/seats", nil, &list)
		if got := len(list.Items) == 1 && list.Items[0].Extension == "102" && list.Items[0].How == "screen"; got != want || len(list.Items) > 1 {
			t.Errorf("%s: %+v", when, list.Items)
		}
	}
	const nobody, grace = "<guestAddress></guestAddress></HotelingEvent>", "<guestAddress>102</guestAddress></HotelingEvent>"
	subscribe()
	told(nobody)
	say("102", "")
	before := proof()
	a.Kill()
	a.Restart()
	subscribe()
	told(nobody)
	sits("after the cut", false)
	say("102", before)
	now := proof()
	sits("after the answer from before the cut", false)
	say("102", now)
	told(grace)
	sits("after the proof", true)
	a.Kill()
	a.Restart()
	subscribe()
	told(grace)
	sits("after the second cut", true)
	say("", "")
	told(nobody)
	sits("after the release", false)
}
