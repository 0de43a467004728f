package hoteling_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cradle/calls/calltest"
	"cradle/calls/hoteling"
	"cradle/directory"
	"cradle/directory/seating"
	"cradle/registrar/siptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	kind = "application/x-broadworks-hoteling+xml"
	pin  = "918273"
	code = "13572"
)

// house is an office of which phone 0 is shared and phone 2 a hot desk; 102 has a
// PIN of her own and a secret code. Everything is real but the phones.
type house struct {
	*calltest.Bench
	t *testing.T
}

func open(t *testing.T) *house {
	t.Helper()
	o := calltest.NewOffice(t, 2)
	o.AddDevice(t, "")
	o.Update(t, func(tx *directory.Tx) error {
		host := *tx.Snapshot().Extension(o.Extensions[0].ID)
		host.Virtualization.Allow = true
		if err := tx.PutExtension(&host); err != nil {
			return err
		}
		for i, d := range o.Devices {
			d := *tx.Snapshot().Device(d.ID)
			if d.Model = "softkey"; i == 1 {
				d.Model = "plain"
			}
			if err := tx.PutDevice(&d); err != nil {
				return err
			}
		}
		if err := tx.SetPIN(o.Extensions[1].ID, pin); err != nil {
			return err
		}
		return tx.SetVirtualizationSecret(o.Extensions[1].ID, code)
	})
	var h *hoteling.Hoteling
	b := calltest.Start(t, o, calltest.Settings{Ports: [2]int{35000, 35099}, Prepare: func(b *calltest.Bench) {
		h = hoteling.New(hoteling.Config{Directory: b.Directory, Door: b.Registrar, Speaks: func(m string) bool { return m == "softkey" },
			Rules: seating.New(seating.Config{Directory: b.Directory, Even: time.Millisecond})})
	}})
	t.Cleanup(func() { h.Close() })
	return &house{b, t}
}

// softkey is a phone's log-in of its own.
type softkey struct {
	t *testing.T
	s *siptest.Subscription
}

// phone registers the office's i-th phone and subscribes; the status is that of the answer.
func (h *house) phone(i int) (softkey, int) {
	h.t.Helper()
	a := h.Directory.Snapshot().Device(h.Devices[i].ID).Lines[0].Account
	p, err := siptest.New(siptest.Config{Server: h.Server.String(), User: a.User, Password: a.Secret.Reveal(), Domain: "acme.example", Local: "127.0.0.1"})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(p.Close)
	if _, err := p.Register(h.soon()); err != nil {
		h.t.Fatal(err)
	}
	s, m, err := p.Subscribe(h.soon(), "sip:"+a.User+"@acme.example", "x-broadworks-hoteling", 3600, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return softkey{h.t, s}, m.Status
}

func (h *house) soon() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), calltest.Timeout)
	h.t.Cleanup(cancel)
	return ctx
}

// send sends a body of its own; the status is that of the answer.
func (k softkey) send(body string) int {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), calltest.Timeout)
	defer cancel()
	m, err := k.s.Again(ctx, 3600, func(m *siptest.Msg) {
		m.Add("Content-Type", kind)
		m.Body = []byte(body)
	})
	if err != nil {
		k.t.Fatal(err)
	}
	return m.Status
}

// set names a guest, with more elements where they are needed.
func (k softkey) set(guest string, more ...string) {
	k.t.Helper()
	body := `<?xml version="1.0" encoding="ISO-8859-1"?><SetHoteling xmlns="http://schema.broadsoft.com/hoteling"><guestAddress>` + guest + "</guestAddress>" + strings.Join(more, "") + "</SetHoteling>"
	if status := k.send(body); status != 200 {
		k.t.Errorf("naming %q: %d", guest, status)
	}
}

// told waits for a NOTIFY that says something, and gives its body.
func (k softkey) told(says string) string {
	k.t.Helper()
	for {
		ctx, cancel := context.WithTimeout(context.Background(), calltest.Timeout)
		m, err := k.s.Next(ctx)
		cancel()
		if err != nil {
			k.t.Fatalf("never told %q: %v", says, err)
		}
		if strings.Contains(string(m.Body), says) {
			if got := m.Get("Content-Type"); got != kind {
				k.t.Errorf("told as %s", got)
			}
			return string(m.Body)
		}
	}
}

// proves answers the nonce it is given with a secret.
func (k softkey) proves(guest, secret string) {
	k.t.Helper()
	body := k.told("<nonce>")
	_, rest, _ := strings.Cut(body, "<nonce>")
	nonce, _, _ := strings.Cut(rest, "</nonce>")
	if len(nonce) != 32 || !strings.Contains(body, "<guestAddress>"+guest+"<") || !strings.Contains(body, "<algorithm>MD5<") {
		k.t.Errorf("asked for a proof with %s", body)
	}
	k.set(guest, "<authenticationData><nonce>", nonce, "</nonce><algorithm>MD5</algorithm><response>", directory.Proof(nonce, secret), "</response></authenticationData>")
}

const (
	nobody = "<guestAddress></guestAddress></HotelingEvent>"
	guest  = "<guestAddress>102</guestAddress></HotelingEvent>"
)

func (h *house) at() string {
	s := h.Directory.Snapshot().Guest(h.Extensions[1].ID)
	for i, d := range h.Devices {
		if s != nil && s.Device == d.ID {
			return fmt.Sprint(i)
		}
	}
	return ""
}

func TestLogInAndOutBySoftkey(t *testing.T) {
	h := open(t)
	for i, secret := range map[int]string{0: code, 2: pin} {
		k, status := h.phone(i)
		if status != 200 {
			t.Fatalf("subscribing: %d", status)
		}
		k.told(nobody)
		k.set("102")
		k.proves("102", "000000")
		k.told(nobody)
		if h.at() != "" {
			t.Error("a wrong secret was taken")
		}
		k.set("sip:102@acme.example")
		k.proves("102", secret)
		k.told(guest)
		if s := h.Directory.Snapshot().Guest(h.Extensions[1].ID); h.at() != fmt.Sprint(i) || s.How != directory.HowScreen || !s.Until.IsZero() {
			t.Errorf("seat %+v", s)
		}
		k.set("")
		k.told(nobody)
		if h.at() != "" {
			t.Error("still there after the release")
		}
	}
}

// What changes by another door is told; a time to stay is kept and told.
func TestOtherDoorsAndDuration(t *testing.T) {
	h := open(t)
	k, _ := h.phone(2)
	k.told(nobody)
	k.set("102", "<expires>7200</expires>")
	k.proves("102", pin)
	if body := k.told("<expires>"); !strings.Contains(body, "<expires>7199<") && !strings.Contains(body, "<expires>7200<") {
		t.Errorf("told %s", body)
	}
	s := h.Directory.Snapshot().Guest(h.Extensions[1].ID)
	if left := time.Until(s.Until); left < 2*time.Hour-time.Minute || left > 2*time.Hour {
		t.Errorf("it ends in %v", left)
	}
	h.Update(t, func(tx *directory.Tx) error { _, err := tx.Leave(h.Extensions[1].ID); return err })
	k.told(nobody)
	h.Update(t, func(tx *directory.Tx) error {
		_, err := tx.Sit(directory.SitRequest{Extension: h.Extensions[1].ID, At: h.Devices[2].At(1), How: directory.HowCode})
		return err
	})
	k.told(guest)
}

// A stranger is told the same of a number that exists and of one that does not;
// the locks are those of every door.
func TestRefusalsAndLocks(t *testing.T) {
	h := open(t)
	k, _ := h.phone(2)
	k.told(nobody)
	nonces := map[string]string{}
	for _, number := range []string{"102", "999", "102", "999", "102", "102"} {
		k.set(number)
		body := k.told("<nonce>")
		if old, seen := nonces[number]; seen && old != body {
			t.Errorf("%s is told another nonce: a stranger could tell numbers apart", number)
		}
		nonces[number] = body
		k.set(number)
		k.proves(number, "000000")
		k.told(nobody)
	}
	if len(h.Directory.Locked(h.Extensions[1].ID)) != 1 {
		t.Error("three wrong proofs locked nothing")
	}
	k.set("102")
	k.proves("102", pin)
	k.told(nobody)
	if h.at() != "" {
		t.Error("a locked PIN was taken")
	}
	if err := h.Directory.ResetPIN(context.Background(), directory.Actor{Kind: "system", Name: "test"}, h.Extensions[1].ID); err != nil {
		t.Fatal(err)
	}
	k.set("102")
	k.proves("102", h.Directory.Snapshot().Extension(h.Extensions[1].ID).DefaultPIN.Reveal())
	k.told(nobody)
	if h.at() != "" {
		t.Error("a PIN that has to be replaced was taken")
	}
}

func TestOnlyModelsThatSaySo(t *testing.T) {
	h := open(t)
	if _, status := h.phone(1); status != 489 {
		t.Errorf("a model that does not speak it: %d", status)
	}
	k, _ := h.phone(2)
	k.told(nobody)
	for _, body := range []string{"<SetHoteling", "<Other/>", "<SetHoteling/>", "<SetHoteling><guestAddress>a'b</guestAddress></SetHoteling>",
		"<SetHoteling><guestAddress>102</guestAddress><expires>59</expires></SetHoteling>",
		"<SetHoteling><guestAddress>102</guestAddress><authenticationData><algorithm>SHA9</algorithm></authenticationData></SetHoteling>"} {
		if status := k.send(body); status != 400 {
			t.Errorf("%s: %d", body, status)
		}
	}
}
