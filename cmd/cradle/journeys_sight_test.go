package main

import (
	"context"
	"crypto/md5" //nolint:gosec // what phones speak
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"cradle/media/mediatest"
	"cradle/registrar/auth"
	"cradle/registrar/siptest"
)

// TestALampFollowsACallThatIsTraced: a phone watches another during a call -
// ringing, talking, over - and an administrator traces that call, by the call and
// not by a phone: both legs are there, and nothing that is secret.
func TestALampFollowsACallThatIsTraced(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	pacer := mediatest.NewPacer()
	defer pacer.Close()
	rings, shown := make(chan *siptest.Call, 1), make(chan bool, 1)
	ada := a.line("80:5e:c0:12:34:56", "tls", "127.0.0.51", nil)
	a.line("00:04:13:aa:bb:01", "udp", "127.0.0.52", func(c *siptest.Config) {
		c.OnInvite = func(c *siptest.Call) { // it answers when the lamp has shown that it rings
			c.Ring()
			<-shown
			rings <- c
		}
	})
	front := a.line("c0:74:ad:00:11:22", "tcp", "127.0.0.53", nil)
	lamp, m, err := front.Subscribe(ctx, "sip:102@acme.example", "dialog", 600, nil)
	if err != nil || m.Status != 200 {
		t.Fatal(m, err)
	}
	shows := func(state string) bool {
		for {
			m, err := lamp.Next(ctx)
			if err != nil {
				t.Errorf("the lamp never showed %s", state)
				return false
			}
			if strings.Contains(string(m.Body), "<state>"+state+"</state>") {
				return true
			}
		}
	}
	shows("terminated")
	go func() { shown <- shows("early") }()
	call := hold(t, pacer, ada, "102", rings, [2]int{440, 1000})
	shows("confirmed")

	var up struct{ Items []struct{ ID string } }
	if a.API(http.MethodGet, "/api/v1/calls", nil, &up); len(up.Items) != 1 {
		t.Fatalf("calls: %+v", up)
	}
	var traced struct{ ID string }
	if status := a.API(http.MethodPost, "/api/v1/traces", map[string]any{"call": up.Items[0].ID}, &traced); status != http.StatusCreated {
		t.Fatalf("a trace: %d", status)
	}
	const key, word, digits = "Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5", "canary0123456789canary", "8642"
	sdp := string(call.ears[0].SDP("sendonly")) + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + key + "\r\na=ice-ufrag:abcd\r\na=ice-pwd:" + word + "\r\n"
	if _, err := call.out.Reinvite(ctx, []byte(sdp)); err != nil {
		t.Fatal(err)
	}
	for _, d := range digits {
		if err := call.out.Info(ctx, "application/dtmf-relay", []byte("Signal="+string(d)+"\r\nDuration=160\r\n")); err != nil {
			t.Fatal(err)
		}
	}
	// What the phone says of itself in the dialog: an answer to a challenge and a token.
	secret := a.Devices()["80:5e:c0:12:34:56"].SIP.Secret
	headers := []siptest.Header{{Name: "Authorization", Value: `Digest username="u", realm="acme.example", nonce="0123456789abcdef", uri="sip:102@acme.example", response="` + secret + `", algorithm=MD5`}}
	if _, err := call.out.Request(ctx, "OPTIONS", headers, nil); err != nil {
		t.Fatal(err)
	}
	if err := call.out.Bye(ctx); err != nil {
		t.Fatal(err)
	}
	shows("terminated")
	path := "/api/v1/traces/" + traced.ID
	for _, page := range []string{path, path + "/ladder", path + "/pcap"} {
		for _, canary := range []string{key, word, secret, "Signal=8", "Signal=6", "Signal=4", "Signal=2"} {
			a.noSecretIn(t, page, canary, "INVITE sip:", "BYE sip:")
		}
	}
	for _, whole := range []string{path, path + "/pcap"} {
		a.noSecretIn(t, whole, secret, call.out.ID, call.in.ID, "INFO sip:", "a=crypto:1 AES_CM_128_HMAC_SHA1_80", "a=ice-pwd:")
	}
}

// TestAPhoneAsksWhoTellsIt: a phone that challenges the NOTIFY to read its
// settings again is answered as its vendor's data say, over SIP; one that cannot
// be satisfied is shown as such.
func TestAPhoneAsksWhoTellsIt(t *testing.T) {
	const mac = "00:26:99:00:00:01"
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile + `  - {mac: "` + mac + `", model: cisco-spa504g, site: London, name: Asks}` + "\n")
	acc := a.Devices()[mac].SIP
	sum := md5.Sum([]byte(acc.User + ":phone:" + acc.Secret)) //nolint:gosec // what phones speak
	secrets := auth.Secrets{MD5: new([32]byte), SHA256: new([64]byte)}
	hex.Encode(secrets.MD5[:], sum[:])
	var mu sync.Mutex
	var asked, proved int
	var p *siptest.Phone
	line := a.line(mac, "udp", "127.0.0.55", func(c *siptest.Config) {
		c.OnRequest = func(m *siptest.Msg) bool {
			if m.Method != "NOTIFY" || m.Get("Event") != "check-sync" {
				return false
			}
			mu.Lock()
			defer mu.Unlock()
			got, ok := auth.Parse([]byte(m.Get("Authorization")))
			if ok && got.Matches(secrets, []byte("NOTIFY")) && string(got.User) == acc.User {
				proved++
				p.Reply(m, m.Answer(200, "OK", "t"))
				return true
			}
			asked++
			p.Reply(m, m.Answer(401, "Unauthorized", "t").Add("WWW-Authenticate", `Digest realm="phone", nonce="n1", algorithm=MD5, qop="auth"`))
			return true
		}
	})
	mu.Lock()
	p = line
	mu.Unlock()
	if status := a.API(http.MethodPost, "/api/v1/devices/"+a.named("devices", "mac", mac)+"/resync", nil, nil); status != http.StatusAccepted {
		t.Fatalf("resync answered %d", status)
	}
	waitFor(t, 10*time.Second, "it has asked, and was answered", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return asked >= 1 && proved >= 1
	})
	if strings.Contains(a.Log(), acc.Secret) {
		t.Error("its secret is in the log")
	}
}
