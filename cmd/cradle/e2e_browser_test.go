//go:build e2e

package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cradle/media"
	"cradle/media/mediatest"
)

// browserCall is a page in Chromium that calls a phone of the test through a relay.
type browserCall struct {
	t       *testing.T
	browser *media.Session
	phone   *media.Session
	desk    *mediatest.Phone
	next    chan string

	mu     sync.Mutex
	state  string
	heard  []float64
	failed string
}

func (c *browserCall) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch r.URL.Path {
	case "/offer":
		answer, err := c.answer(body)
		if err != nil {
			c.failed = err.Error()
			http.Error(w, "v=0", http.StatusNotAcceptable)
			return
		}
		w.Write(answer)
	case "/state":
		c.state = string(body)
	case "/heard":
		if hz, err := strconv.ParseFloat(string(body), 64); err == nil {
			c.heard = append(c.heard, hz)
		}
	case "/failed":
		c.failed = string(body)
	case "/next":
		c.mu.Unlock()
		select {
		case what := <-c.next:
			io.WriteString(w, what)
		case <-r.Context().Done():
		}
		c.mu.Lock()
	default:
		http.ServeFile(w, r, "testdata/browser/call.html")
	}
}

// answer is what an exchange of calls does between two phones.
func (c *browserCall) answer(offer []byte) ([]byte, error) {
	if err := c.browser.SetOffer(offer); err != nil {
		return nil, err
	}
	if _, err := c.phone.Describe(c.browser); err != nil {
		return nil, err
	}
	direction := "sendrecv"
	if c.browser.Hold() {
		direction = "recvonly"
	}
	if err := c.phone.SetAnswer(c.desk.SDP(direction)); err != nil {
		return nil, err
	}
	media.Bridge(c.browser, c.phone)
	return c.browser.Describe(c.phone)
}

// tell says to the page what is next.
func (c *browserCall) tell(what string) {
	c.t.Helper()
	select {
	case c.next <- what:
	case <-time.After(30 * time.Second):
		c.mu.Lock()
		defer c.mu.Unlock()
		c.t.Fatalf("the page does not ask what is next; it should %s; failed: %q", what, c.failed)
	}
}

// hears waits until the page hears a tone, anew.
func (c *browserCall) hears(what string, hz float64) {
	c.t.Helper()
	c.mu.Lock()
	c.heard = nil
	c.mu.Unlock()
	waitFor(c.t, 30*time.Second, what, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.failed != "" {
			c.t.Fatalf("%s: the page failed: %s", what, c.failed)
		}
		n := 0
		for _, h := range c.heard {
			if h > hz-12 && h < hz+12 {
				n++
			}
		}
		return n >= 3
	})
}

// TestE2EChromium: a browser that nobody here wrote agrees on ICE, DTLS and SRTP
// with us; both sides hear each other's tone, also after it restarted ICE, and after hold and resume on the association it
// has. Its checks keep its consent, and when it is gone without a word that is noticed.
func TestE2EChromium(t *testing.T) {
	lo := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	relay, err := media.New(media.Config{Ports: [2]int{36000, 36999}, Consent: 8 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()
	pacer := mediatest.NewPacer()
	defer pacer.Close()
	c := &browserCall{t: t, next: make(chan string)}
	if c.desk, err = pacer.Phone(netip.AddrPortFrom(lo, 0)); err != nil {
		t.Fatal(err)
	}
	defer c.desk.Close()
	browser := media.Encryption{Offer: media.DTLS, Accept: media.DTLS, Require: true, ICE: true}
	if c.browser, err = relay.NewSession(media.Party{Local: lo, Signalled: lo, Encryption: browser}); err != nil {
		t.Fatal(err)
	}
	if c.phone, err = relay.NewSession(media.Party{Local: lo, Signalled: lo, With: c.browser}); err != nil {
		t.Fatal(err)
	}
	c.desk.Say(netip.AddrPortFrom(lo, uint16(c.phone.Port())), mediatest.Tone{Hz: 1000})
	page := httptest.NewServer(c)
	defer page.Close()
	cmd := exec.Command("chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--allow-loopback-in-peer-connection",
		"--autoplay-policy=no-user-gesture-required", "--user-data-dir="+t.TempDir(), page.URL)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()

	c.hears("the browser hears the phone", 1000)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	if _, err := c.desk.Await(ctx, 440); err != nil {
		t.Fatal(err)
	}
	st := c.browser.Stats()
	if st.Encryption != "DTLS AEAD_AES_128_GCM" && st.Encryption != "DTLS AES_CM_128_HMAC_SHA1_80" || st.Control.Packets+st.ControlOut.Packets == 0 && st.Received.Packets == 0 {
		t.Errorf("%+v", st)
	}
	c.tell("restart")
	c.hears("the browser hears the phone after a restart of ICE", 1000)
	c.desk.Forget()
	if _, err := c.desk.Await(ctx, 440); err != nil {
		t.Fatal("after a restart of ICE: ", err)
	}
	c.tell("hold")
	waitFor(t, 20*time.Second, "the browser holds", c.browser.Hold)
	c.tell("resume")
	waitFor(t, 20*time.Second, "the browser holds no more", func() bool { return !c.browser.Hold() })
	c.hears("the browser hears the phone after hold", 1000)
	c.desk.Forget()
	if _, err := c.desk.Await(ctx, 440); err != nil {
		t.Fatal("after hold: ", err)
	}
	<-time.After(9 * time.Second) // longer than consent lasts
	if !c.browser.Wanted() {
		t.Error("consent is lost though the browser is there")
	}
	t.Logf("%+v", c.browser.Stats())
	c.tell("end")
	waitFor(t, 20*time.Second, "consent is lost", func() bool { return !c.browser.Wanted() })
}

// told is what the page measured of a call.
type told struct {
	Heard, Hz, Jitter float64
	Packets, Lost     int
	DTLS, ICE, SRTP   string
}

// TestE2EABrowserIsAPhone: JsSIP in Chromium registers over secure WebSocket, trusting our certificate alone, calls
// baresip, holds, resumes and restarts ICE within the call, and is called by it. The tones differ; each end measures the other's.
func TestE2EABrowserIsAPhone(t *testing.T) {
	const hz = 1000
	secure := freePort(t)
	a := startAppliance(t, t.TempDir(), "--https", secure)
	a.Setup(officeFile)
	before := a.Vitals()
	acc := a.Devices()["80:5e:c0:12:34:56"]
	bare := startBaresip(t, a, 15600, "udp", snomAccount(t, a))
	if err := mediatest.WriteTone(filepath.Join(bare.dir, "tone.wav"), 8000, hz, -10, 30*time.Second); err != nil {
		t.Fatal(err)
	}
	calls := 0
	walk(t, "sip.mjs", []string{"BASE_URL=https://" + secure, "KEY=" + a.serverKey(secure), "USER_NAME=" + acc.SIP.User, "SECRET=" + acc.SIP.Secret,
		"REALM=" + acc.SIP.Realm, "CALLEE=102", "HZ=" + strconv.Itoa(hz)}, func(line string) {
		what, measured, _ := strings.Cut(line, " ")
		switch what {
		case "REGISTERED":
			if by := a.registeredBy(acc.MAC); by != "wss" {
				t.Errorf("it is shown as registered by %q", by)
			}
		case "RESUMED":
			t.Log(line)
			judgeBrowser(t, what, measured)
		case "CALLED", "ANSWERED":
			calls++
			t.Log(line)
			judgeBrowser(t, what, measured)
			bare.judge("what baresip heard of the browser that " + what)
		case "WAITS":
			bare.say("dial", "sip:101@"+a.SIP+";transport=udp") // the page hangs up
		}
	})
	if calls != 2 {
		t.Errorf("%d calls", calls)
	}
	if by := a.registeredBy(acc.MAC); by != "" {
		t.Errorf("it has gone and is still registered by %q", by)
	}
	judgeEncryption(t, a, "DTLS ", "")
	bare.stop()
	backAtBaseline(t, a, before)
}

// TestE2EABrowserVanishes: a browser that goes in the midst of a call, its media and its connection with it, sends no BYE.
// It stops to renew its consent (RFC 7675), is asked whether it is there, and the call ends long before the hour of
// silence that calls are allowed.
func TestE2EABrowserVanishes(t *testing.T) {
	secure := freePort(t)
	a := startAppliance(t, t.TempDir(), "--https", secure)
	a.Setup(officeFile)
	acc := a.Devices()["80:5e:c0:12:34:56"]
	bare := startBaresip(t, a, 15650, "udp", snomAccount(t, a))
	if err := mediatest.WriteTone(filepath.Join(bare.dir, "tone.wav"), 8000, 1000, -10, 60*time.Second); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	walk(t, "sip.mjs", []string{"VANISH=1", "BASE_URL=https://" + secure, "KEY=" + a.serverKey(secure), "USER_NAME=" + acc.SIP.User, "SECRET=" + acc.SIP.Secret,
		"REALM=" + acc.SIP.Realm, "CALLEE=102", "HZ=1000"}, func(line string) {
		if line == "VANISHED" {
			begin = time.Now()
		}
	})
	bare.event("CALL_CLOSED", 60*time.Second)
	t.Logf("the other phone is told after %v", time.Since(begin).Round(time.Second))
	bare.stop()
}

func judgeBrowser(t *testing.T, what, measured string) {
	t.Helper()
	var m told
	if err := json.Unmarshal([]byte(measured), &m); err != nil {
		t.Fatalf("%s %q: %v", what, measured, err)
	}
	if m.Heard < 2 || m.Packets < 90 || m.Lost > m.Packets/50 || m.DTLS != "connected" || m.ICE != "connected" || m.SRTP == "" {
		t.Errorf("%s: %+v", what, m)
	}
}

// serverKey is the hash of the key that a door shows, after our authority has vouched for it (RFC 7469 section 2.4).
func (a *machine) serverKey(door string) string {
	a.t.Helper()
	authority, err := os.ReadFile(filepath.Join(a.Data, "authority.pem"))
	if err != nil {
		a.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	c, err := tls.Dial("tcp", door, &tls.Config{RootCAs: roots})
	if err != nil {
		a.t.Fatal(err)
	}
	defer c.Close()
	sum := sha256.Sum256(c.ConnectionState().PeerCertificates[0].RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}
