//go:build e2e

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zaf/g711"

	"cradle/media/mediatest"
)

// These tests set programs that nobody here wrote on the real binary.

const toneHz = 440

// TestE2ECurlAndTFTP fetches settings as strangers' programs do, from inside and
// from outside the site's network.
func TestE2ECurlAndTFTP(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(strings.Replace(officeFile, "127.0.0.0/8", "127.0.0.0/16", 1)) // 127.1.0.0/16 is the outside
	secret := a.Devices()["80:5e:c0:12:34:56"].SIP.Secret
	url := "http://" + a.HTTP + "/p/805ec0123456.cfg"
	inside := stranger(t, "curl", "-s", "-w", "\n%{http_code}", url)
	if !strings.HasSuffix(inside, "\n200") || !strings.Contains(inside, secret) || !strings.HasPrefix(inside, "#!version:1.0.0.1") {
		t.Errorf("curl from inside got %.200q", inside)
	}
	for _, target := range []string{url, "http://" + a.HTTP + "//p//805EC0123456.CFG", "http://" + a.HTTP + "/p/805ec0999999.cfg"} {
		outside := stranger(t, "curl", "-s", "--path-as-is", "--interface", "127.1.0.9", "-w", "\n%{http_code}", target)
		if !strings.HasSuffix(outside, "\n404") || strings.Contains(outside, secret) {
			t.Errorf("curl from outside got %.200q for %s", outside, target)
		}
	}
	if old := stranger(t, "curl", "-s", "-0", "-H", "Host:", "-w", "\n%{http_code}", "http://"+a.HTTP+"//p/805EC0123456.cfg"); !strings.HasSuffix(old, "\n200") {
		t.Errorf("HTTP/1.0 without a Host got %.200q", old)
	}
	host, port, _ := net.SplitHostPort(a.TFTP)
	got := filepath.Join(t.TempDir(), "cfg.xml")
	stranger(t, "tftp", "-m", "binary", host, port, "-c", "get", "cfgc074ad001122.xml", got)
	body, err := os.ReadFile(got)
	if err != nil || !bytes.Contains(body, []byte(a.Devices()["c0:74:ad:00:11:22"].SIP.Secret)) {
		t.Errorf("tftp got %v %.200q", err, body)
	}
	viaCurl := stranger(t, "curl", "-s", "tftp://"+a.TFTP+"/cfgc074ad001122.xml")
	if viaCurl != string(body) {
		t.Errorf("curl over TFTP got other bytes: %.200q", viaCurl)
	}
}

// stranger runs a program and returns what it printed.
func stranger(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).Output()
	if err != nil {
		t.Errorf("%s %v: %v", name, args, err)
	}
	return string(out)
}

// account is what a stranger's phone registers with, read from the settings that
// were served and not from the store.
type account struct {
	mac, user, secret string
	media             string // baresip's mediaenc; empty: none
	config            string // more lines of its configuration
}

// encrypted is the account with a way to encrypt media, as baresip names it.
func (a account) encrypted(by string) account {
	a.media = by
	return a
}

func servedAccount(t *testing.T, a *machine, mac, file string, user, secret *regexp.Regexp) account {
	t.Helper()
	body := stranger(t, "curl", "-s", "http://"+a.HTTP+"/p/"+file)
	u, s := user.FindStringSubmatch(body), secret.FindStringSubmatch(body)
	if u == nil || s == nil {
		t.Fatalf("no account in %s: %.300q", file, body)
	}
	return account{mac: mac, user: u[1], secret: s[1]}
}

func yealinkAccount(t *testing.T, a *machine) account {
	return servedAccount(t, a, "80:5e:c0:12:34:56", "805ec0123456.cfg", regexp.MustCompile(`(?m)^account\.1\.auth_name = (\S+)`), regexp.MustCompile(`(?m)^account\.1\.password = (\S+)`))
}

func snomAccount(t *testing.T, a *machine) account {
	return servedAccount(t, a, "00:04:13:aa:bb:01", "snomD785-000413AABB01.htm", regexp.MustCompile(`<user_pname[^>]*>([^<]+)<`), regexp.MustCompile(`<user_pass[^>]*>([^<]+)<`))
}

// TestE2EBaresipCallsBaresip registers two baresips, one over UDP and one over
// TCP, and lets each call the other; the tone recorded at the far end is judged.
func TestE2EBaresipCallsBaresip(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	before := a.Vitals()
	one := startBaresip(t, a, 15100, "udp", yealinkAccount(t, a))
	two := startBaresip(t, a, 15150, "tcp", snomAccount(t, a))
	one.talk("sip:102@"+a.SIP+";transport=udp", 4*time.Second)
	two.judge("what 102 heard")
	two.talk("sip:101@"+a.SIP+";transport=tcp", 4*time.Second)
	one.judge("what 101 heard")
	one.stop()
	two.stop()
	backAtBaseline(t, a, before)
}

// TestE2ESIPpAndBaresip lets SIPp call baresip over UDP and over TCP, and baresip
// call SIPp, which sends back what it hears.
func TestE2ESIPpAndBaresip(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	before := a.Vitals()
	sipp := yealinkAccount(t, a)
	bare := startBaresip(t, a, 15200, "udp", snomAccount(t, a))

	runSIPp(t, a, "register.xml", "127.0.0.24", 15060, "u1", sipp, "")
	runSIPp(t, a, "call.xml", "127.0.0.24", 15060, "u1", sipp, "102")
	bare.judge("what baresip heard from SIPp over UDP")

	answer := sippCommand(t, a, "answer.xml", "127.0.0.24", 15060, "u1", sipp, "")
	answer.Args = append(answer.Args, "-rtp_echo")
	if err := answer.Start(); err != nil {
		t.Fatal(err)
	}
	bare.talk("sip:101@"+a.SIP+";transport=udp", 4*time.Second)
	if err := answer.Wait(); err != nil {
		t.Errorf("SIPp as the called: %v", err)
	}
	bare.judge("what SIPp echoed")

	runSIPp(t, a, "register-call.xml", "127.0.0.25", 15070, "t1", sipp, "102")
	bare.judge("what baresip heard from SIPp over TCP")
	bare.stop()
	backAtBaseline(t, a, before)
}

func runSIPp(t *testing.T, a *machine, scenario, ip string, port int, transport string, acc account, callee string) {
	t.Helper()
	cmd := sippCommand(t, a, scenario, ip, port, transport, acc, callee)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("SIPp %s over %s: %v\n%.2000s", scenario, transport, err, out)
	}
}

func sippCommand(t *testing.T, a *machine, scenario, ip string, port int, transport string, acc account, callee string) *exec.Cmd {
	t.Helper()
	dir := t.TempDir()
	tone := filepath.Join(dir, "tone.ul")
	if err := os.WriteFile(tone, rawTone(2*time.Second), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join("testdata", "sipp", scenario))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, scenario)
	if err := os.WriteFile(file, bytes.ReplaceAll(text, []byte("@TONE@"), []byte(tone)), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{a.SIP, "-sf", file, "-i", ip, "-p", strconv.Itoa(port), "-mi", ip, "-t", transport, "-m", "1", "-s", acc.user,
		"-au", acc.user, "-ap", acc.secret, "-nostdin", "-timeout", "30s", "-timeout_error", "-trace_err", "-error_file", filepath.Join(dir, "errors")}
	if callee != "" {
		inf := filepath.Join(dir, "callee.csv")
		if err := os.WriteFile(inf, []byte("SEQUENTIAL\n"+callee+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "-inf", inf)
	}
	cmd := exec.Command("sipp", args...)
	cmd.Env = append(os.Environ(), "TERM=dumb")
	return cmd
}

// rawTone is the tone as SIPp wants it: G.711 without a header.
func rawTone(length time.Duration) []byte {
	raw := make([]byte, int(length.Seconds()*8000))
	for i := range raw {
		raw[i] = g711.EncodeUlawFrame(int16(10000 * math.Sin(2*math.Pi*toneHz*float64(i)/8000)))
	}
	return raw
}

// baresip is one running baresip with its control port.
type baresip struct {
	t    *testing.T
	a    *machine
	dir  string
	cmd  *exec.Cmd
	ctrl net.Conn
	log  *bytes.Buffer
}

// It sends RTP from whatever address the system gives it, which on loopback is
// 127.0.0.1: so that is its address for SIP too. It also takes the port above.
const baresipConfig = `poll_method epoll
sip_listen 127.0.0.1:%[1]d
net_interface 127.0.0.1
audio_player aubridge,out1
audio_source aufile,%[2]s/tone.wav
audio_alert aubridge,alert1
audio_level no
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
rtp_ports %[3]d-%[4]d
module_path /usr/lib/baresip/modules
module stdio.so
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module uuid.so
module srtp.so
module dtls_srtp.so
module_tmp account.so
module_app contact.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:%[5]d
sip_cafile %[6]s
snd_path %[2]s
`

// startBaresip starts one that answers by itself and waits until it has registered.
func startBaresip(t *testing.T, a *machine, port int, transport string, acc account) *baresip {
	t.Helper()
	b := &baresip{t: t, a: a, dir: t.TempDir(), log: &bytes.Buffer{}}
	err := mediatest.WriteTone(filepath.Join(b.dir, "tone.wav"), 8000, toneHz, -10, 30*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	server := a.SIP
	if transport == "tls" {
		server = a.SIPS
	}
	b.file("config", fmt.Sprintf(baresipConfig, port, b.dir, port+10, port+20, port+5, filepath.Join(a.Data, "authority.pem"))+acc.config)
	line := fmt.Sprintf("<sip:%s@%s;transport=%s>;auth_pass=%s;regint=300;answermode=auto;audio_codecs=PCMU", acc.user, server, transport, acc.secret)
	if acc.media != "" {
		line += ";mediaenc=" + acc.media
	}
	b.file("accounts", line+"\n")
	b.file("contacts", "")
	b.cmd = exec.Command("baresip", "-f", b.dir)
	b.cmd.Stdout, b.cmd.Stderr = b.log, b.log
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.stop)
	waitFor(t, 15*time.Second, "baresip listens for commands", func() bool {
		b.ctrl, err = net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port+5))
		return err == nil
	})
	waitFor(t, 15*time.Second, "baresip has registered", func() bool {
		var list struct {
			Items []struct {
				MAC          string
				Registration struct {
					Transport string
					UserAgent string `json:"user_agent"`
				}
			}
		}
		a.API("GET", "/api/v1/devices", nil, &list)
		for _, d := range list.Items {
			if d.MAC == acc.mac && d.Registration.Transport == transport && strings.HasPrefix(d.Registration.UserAgent, "baresip") {
				return true
			}
		}
		return false
	})
	return b
}

func (b *baresip) file(name, text string) {
	if err := os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// say sends one command as a netstring of JSON.
func (b *baresip) say(command, params string) {
	b.t.Helper()
	j, err := json.Marshal(map[string]string{"command": command, "params": params, "token": command})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(b.ctrl, "%d:%s,", len(j), j); err != nil {
		b.t.Fatalf("baresip is gone: %v\n%s", err, b.log)
	}
}

// talk dials, lets the tone play for a while and hangs up.
func (b *baresip) talk(uri string, d time.Duration) {
	b.t.Helper()
	b.say("dial", uri)
	b.event("CALL_ESTABLISHED", 10*time.Second)
	time.Sleep(d) // the length of what is recorded
	b.say("hangup", "")
	b.event("CALL_CLOSED", 10*time.Second)
}

// event reads the control connection until the event comes.
func (b *baresip) event(name string, limit time.Duration) {
	b.t.Helper()
	if err := b.ctrl.SetReadDeadline(time.Now().Add(limit)); err != nil {
		b.t.Fatal(err)
	}
	var seen bytes.Buffer
	buf := make([]byte, 4096)
	for !bytes.Contains(seen.Bytes(), []byte(name)) {
		n, err := b.ctrl.Read(buf)
		if err != nil {
			b.t.Fatalf("baresip never said %s: %v\n%s\n%s", name, err, &seen, b.log)
		}
		seen.Write(buf[:n])
	}
}

// judge looks for the other side's tone in what was heard last, and takes the
// recording away so that the next judgement is of the next call.
func (b *baresip) judge(what string) {
	b.t.Helper()
	var heard, length time.Duration
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end) && heard < 2*time.Second; time.Sleep(50 * time.Millisecond) {
		files, err := filepath.Glob(filepath.Join(b.dir, "dump-*-dec.wav"))
		if err != nil || len(files) == 0 {
			continue
		}
		// The file's header is written when baresip closes it.
		if rec, err := mediatest.ReadWAV(files[len(files)-1]); err == nil {
			heard, length = rec.Heard(toneHz), rec.Length()
		}
	}
	if heard < 2*time.Second {
		b.t.Errorf("%s: the tone is in %v of %v\nrecords: %s\nbaresip: %s", what, heard, length, b.records(), b.log)
	}
	all, _ := filepath.Glob(filepath.Join(b.dir, "dump-*.wav"))
	for _, f := range all {
		os.Remove(f)
	}
}

// records are the appliance's own view of the calls, for when a tone is missing.
func (b *baresip) records() json.RawMessage {
	var all json.RawMessage
	b.a.API("GET", "/api/v1/callrecords", nil, &all)
	return all
}

func (b *baresip) stop() {
	if b.cmd.ProcessState != nil {
		return
	}
	if b.ctrl != nil {
		b.ctrl.Close()
	}
	b.cmd.Process.Signal(syscall.SIGTERM)
	b.cmd.Wait()
}
