//go:build e2e

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cradle/media/mediatest"
)

// linphone is one running linphonec, told what to do on its standard input.
type linphone struct {
	t   *testing.T
	dir string
	say io.WriteCloser
	cmd *exec.Cmd
	log *bytes.Buffer
}

// It checks our certificate by our authority, answers by itself, and has files
// instead of a sound card.
const linphoneConfig = `[sip]
sip_port=-1
sip_tcp_port=-1
sip_tls_port=%[1]d
default_proxy=0
verify_server_certs=1
verify_server_cn=1
root_ca=%[2]s
media_encryption=%[3]s
guess_hostname=0
[net]
auto_net_state_mon=0
[misc]
log_collection_upload_server_url=
[rtp]
audio_rtp_port=%[4]d
[proxy_0]
reg_proxy=<sip:%[5]s;transport=tls>
reg_identity=<sip:%[6]s@%[5]s>
reg_expires=300
reg_sendregister=1
[auth_info_0]
username=%[6]s
passwd=%[7]s
[audio_codec_0]
mime=PCMU
rate=8000
channels=1
enabled=1
`

// startLinphone starts one over TLS and waits until it has registered.
func startLinphone(t *testing.T, a *machine, port int, encryption string, acc account) *linphone {
	t.Helper()
	l := &linphone{t: t, dir: t.TempDir(), log: &bytes.Buffer{}}
	if err := os.MkdirAll(filepath.Join(l.dir, ".local", "share", "linphone"), 0o700); err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf(linphoneConfig, port, filepath.Join(a.Data, "authority.pem"), encryption, port+10, a.SIPS, acc.user, acc.secret)
	if err := os.WriteFile(filepath.Join(l.dir, "rc"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := mediatest.WriteTone(filepath.Join(l.dir, "tone.wav"), 8000, toneHz, -10, 30*time.Second); err != nil {
		t.Fatal(err)
	}
	l.cmd = exec.Command("linphonec", "-a", "-c", filepath.Join(l.dir, "rc"))
	l.cmd.Env = append(os.Environ(), "HOME="+l.dir, "TERM=dumb")
	l.cmd.Stdout, l.cmd.Stderr = l.log, l.log
	var err error
	if l.say, err = l.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		l.stop()
		if t.Failed() {
			t.Logf("linphone said:\n%s", l.log)
		}
	})
	l.do("soundcard use files")
	l.do("play " + filepath.Join(l.dir, "tone.wav"))
	l.do("record " + filepath.Join(l.dir, "heard.wav"))
	waitFor(t, 15*time.Second, "linphone has registered", func() bool { return a.registeredBy(acc.mac) == "tls" })
	return l
}

func (l *linphone) do(line string) { fmt.Fprintln(l.say, line) }

// judge looks for the other side's tone in what was heard since the last time.
func (l *linphone) judge(what string) {
	l.t.Helper()
	var heard time.Duration
	file := filepath.Join(l.dir, "heard.wav")
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end) && heard < 2*time.Second; time.Sleep(50 * time.Millisecond) {
		if rec, err := mediatest.ReadWAV(file); err == nil {
			heard = rec.Heard(toneHz)
		}
	}
	if heard < 2*time.Second {
		l.t.Errorf("%s: the tone is in %v\n%s", what, heard, l.log)
	}
	os.Remove(file)
}

func (l *linphone) stop() {
	if l.cmd.ProcessState != nil {
		return
	}
	l.do("quit")
	l.say.Close()
	end := time.AfterFunc(5*time.Second, func() { l.cmd.Process.Kill() })
	defer end.Stop()
	l.cmd.Wait()
}

// TestE2ELinphone: linphone over TLS, trusting our authority alone, calls baresip
// and is called by it, with keys by SDES as its desk demands and by DTLS as its
// user chose; baresip speaks in the clear.
func TestE2ELinphone(t *testing.T) {
	for i, c := range []struct {
		encryption, want, office string
		talks                    time.Duration
	}{
		{"srtp", "SDES ", strings.Replace(officeFile, `line: "101"}`, `line: "101", sip: {srtp: required}}`, 1), 3 * time.Second},
		// Long enough for reports to go to linphone and be answered: it has a port for RTCP, and an association there.
		{"dtls", "DTLS ", strings.Replace(officeFile, `"4711"}`, `"4711", sip: {media_encryption: dtls}}`, 1), 14 * time.Second},
	} {
		t.Run(c.encryption, func(t *testing.T) {
			a := startAppliance(t, t.TempDir())
			a.Setup(c.office)
			before := a.Vitals()
			lin := startLinphone(t, a, 15700+50*i, c.encryption, yealinkAccount(t, a))
			bare := startBaresip(t, a, 15720+50*i, "udp", snomAccount(t, a))
			lin.do("call sip:102@" + a.SIPS)
			bare.event("CALL_ESTABLISHED", 10*time.Second)
			time.Sleep(c.talks) // the length of what is recorded
			lin.do("terminate")
			bare.event("CALL_CLOSED", 10*time.Second)
			bare.judge("what baresip heard")
			lin.judge("what linphone heard")
			bare.talk("sip:101@"+a.SIP+";transport=udp", 3*time.Second)
			bare.judge("what baresip heard when it called")
			lin.judge("what linphone heard when it was called")
			lin.stop()
			bare.stop()
			backAtBaseline(t, a, before)
			judgeEncryption(t, a, c.want, "")
			if c.encryption == "dtls" {
				judgeReports(t, a)
			}
		})
	}
}

// judgeReports looks whether the first call's caller answered reports that were passed to it by RTCP.
func judgeReports(t *testing.T, a *machine) {
	t.Helper()
	var records struct {
		Items []struct {
			Legs []struct {
				RoundTrip float64 `json:"round_trip_ms"`
			}
		}
	}
	a.API("GET", "/api/v1/callrecords", nil, &records)
	if n := len(records.Items); n != 2 || records.Items[1].Legs[0].RoundTrip <= 0 {
		t.Errorf("no report came back: %+v", records)
	}
}
