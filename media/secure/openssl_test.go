package secure

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cradle/media/sdp"
)

// keyPair writes a certificate with its key for openssl and gives the file and the fingerprint.
func keyPair(t *testing.T, key crypto.Signer) (string, sdp.Fingerprint) {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "pair.pem")
	both := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	if err := os.WriteFile(file, both, 0o600); err != nil {
		t.Fatal(err)
	}
	sum, _ := hashed("sha-256", der)
	return file, sdp.Fingerprint{Hash: "sha-256", Sum: sum}
}

// openssl runs it and gives its lines; it ends with the test.
func openssl(t *testing.T, args ...string) <-chan string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	c := exec.CommandContext(ctx, "openssl", args...)
	in, err := c.StdinPipe() // it ends when this does
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines, over := make(chan string, 1000), make(chan struct{})
	go func() {
		defer close(over)
		defer close(lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- s.Text()
		}
	}()
	t.Cleanup(func() {
		cancel()
		in.Close() //nolint:errcheck // it is over
		<-over
		c.Wait() //nolint:errcheck // it was killed
	})
	return lines
}

// OpenSSL agrees with us on the same keys in both roles, with certificates of either kind and by both profiles.
func TestOpenSSLAgrees(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("no openssl here")
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	old, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	h, err := NewHandshakes(4, false)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for _, client := range []bool{false, true} { // we
		for kind, key := range map[string]crypto.Signer{"EC": ec, "RSA": old} {
			for profile, suite := range map[string]Suite{"SRTP_AES128_CM_SHA1_80": CM128SHA80, "SRTP_AEAD_AES_128_GCM": AEAD128} {
				t.Run(fmt.Sprintf("client %v, %s, %s", client, kind, suite), func(t *testing.T) { agreeWithOpenSSL(t, h, client, key, profile, suite) })
			}
		}
	}
}

func agreeWithOpenSSL(t *testing.T, h *Handshakes, client bool, key crypto.Signer, profile string, suite Suite) {
	pair, finger := keyPair(t, key)
	conn := udp(t)
	args := []string{"-dtls1_2", "-cert", pair, "-key", pair, "-use_srtp", profile, "-keymatexport", "EXTRACTOR-dtls_srtp", "-keymatexportlen", fmt.Sprint(2 * suite.KeyLen())}
	first := make([]byte, 2048)
	var to *net.UDPAddr
	var lines <-chan string
	if client {
		free := udp(t)
		to = free.LocalAddr().(*net.UDPAddr)
		free.Close() //nolint:errcheck // it is openssl's now
		lines, first = openssl(t, append([]string{"s_server", "-accept", to.String(), "-Verify", "1"}, args...)...), nil
		for !strings.HasPrefix(next(t, lines), "ACCEPT") {
		}
	} else {
		lines = openssl(t, append([]string{"s_client", "-connect", conn.LocalAddr().String()}, args...)...)
		n, from, err := conn.ReadFromUDP(first)
		if err != nil {
			t.Fatal(err)
		}
		to, first = from, first[:n]
	}
	agreed := make(chan Agreed, 1)
	shake, ok := h.Start(Peer{Client: client, Prints: []sdp.Fingerprint{finger}, Write: func(b []byte) { conn.WriteToUDP(b, to) },
		Done: func(a Agreed) { agreed <- a }, Log: slog.New(slog.DiscardHandler)})
	if !ok {
		t.Fatal("no room")
	}
	defer shake.End()
	shake.Feed(first)
	feed(t, conn, shake)
	var a Agreed
	select {
	case a = <-agreed:
	case <-time.After(15 * time.Second):
		t.Fatal("no keys")
	}
	ofClient, ofServer := told(t, lines, suite)
	if client {
		ofClient, ofServer = ofServer, ofClient
	}
	if a.Theirs.Suite() != suite || !bytes.Equal(a.Theirs.Reveal(), ofClient) || !bytes.Equal(a.Ours.Reveal(), ofServer) {
		t.Errorf("we agreed on %v and it on something else", a.Theirs)
	}
}

func udp(t *testing.T) *net.UDPConn {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadDeadline(time.Now().Add(30 * time.Second)) //nolint:errcheck // a socket that is open
	t.Cleanup(func() { conn.Close() })
	return conn
}

// feed gives a handshake all that comes until the test ends.
func feed(t *testing.T, conn *net.UDPConn, shake *Handshake) {
	read := make(chan struct{})
	go func() {
		defer close(read)
		for buf := make([]byte, 2048); ; {
			n, err := conn.Read(buf)
			if err != nil {
				return
			}
			shake.Feed(buf[:n])
		}
	}()
	t.Cleanup(func() {
		conn.Close()
		<-read
	})
}

func next(t *testing.T, lines <-chan string) string {
	t.Helper()
	select {
	case l, more := <-lines:
		if !more {
			t.Fatal("openssl ended")
		}
		return l
	case <-time.After(15 * time.Second):
		t.Fatal("openssl says nothing more")
	}
	return ""
}

// told are the keys by openssl's own account: client's, server's, client's salt, server's salt.
func told(t *testing.T, lines <-chan string, of Suite) (ofClient, ofServer []byte) {
	t.Helper()
	for {
		material, found := strings.CutPrefix(strings.TrimSpace(next(t, lines)), "Keying material: ")
		if !found {
			continue
		}
		m, err := hex.DecodeString(material)
		k, s := suites[of].key, suites[of].salt
		if err != nil || len(m) != 2*(k+s) {
			t.Fatalf("%v, %d bytes", err, len(m))
		}
		return append(bytes.Clone(m[:k]), m[2*k:2*k+s]...), append(bytes.Clone(m[k:2*k]), m[2*k+s:]...)
	}
}
