//go:build e2e

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestE2EBaresipOverTLS: one baresip by TLS, checking us by our authority, and
// one by UDP call each other.
func TestE2EBaresipOverTLS(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	before := a.Vitals()
	one := startBaresip(t, a, 15300, "tls", yealinkAccount(t, a))
	two := startBaresip(t, a, 15350, "udp", snomAccount(t, a))
	one.talk("sip:102@"+a.SIPS+";transport=tls", 4*time.Second)
	two.judge("what 102 heard")
	two.talk("sip:101@"+a.SIP+";transport=udp", 4*time.Second)
	one.judge("what 101 heard over TLS")
	one.stop()
	two.stop()
	backAtBaseline(t, a, before)
}

// TestE2EOpenSSLAsAStranger: openssl checks our certificate by our authority and
// by the address it came to, in both versions of TLS, and gets an answer to an
// OPTIONS; older versions are refused.
func TestE2EOpenSSLAsAStranger(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	for version, served := range map[string]bool{"-tls1_1": false, "-tls1_2": true, "-tls1_3": true} {
		line, said := openSSL(t, a, version)
		if got := strings.HasPrefix(line, "SIP/2.0 200"); got != served {
			t.Errorf("openssl s_client %s: answered %v, want %v\n%s", version, got, served, said)
		}
	}
}

// openSSL sends an OPTIONS and gives the first line of the answer.
func openSSL(t *testing.T, a *machine, version string) (line, said string) {
	t.Helper()
	host, _, err := net.SplitHostPort(a.SIPS)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("openssl", "s_client", "-connect", a.SIPS, version, "-quiet", "-no_ign_eof", "-verify_ip", host, "-verify_return_error",
		"-CAfile", filepath.Join(a.Data, "authority.pem"))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	end := time.AfterFunc(10*time.Second, func() { cmd.Process.Kill() })
	defer end.Stop()
	fmt.Fprint(in, "OPTIONS sip:acme.example SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:acme.example>\r\n"+
		"Call-ID: openssl\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
	line, _ = bufio.NewReader(out).ReadString('\n')
	in.Close()
	io.Copy(io.Discard, out)
	cmd.Wait()
	return line, log.String()
}
