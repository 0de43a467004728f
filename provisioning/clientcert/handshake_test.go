package clientcert

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"net"
	"testing"
	"time"

	"cradle/directory"
	"cradle/provisioning/devicecert"
)

// talk shakes hands over TCP and gives both sides' states.
func talk(t *testing.T, server, client *tls.Config) (at, of tls.ConnectionState) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	states := make(chan tls.ConnectionState, 1)
	go func() {
		defer close(states)
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		s := tls.Server(c, server)
		if s.Handshake() == nil {
			states <- s.ConnectionState()
			io.WriteString(s, "x")
		}
	}()
	client = client.Clone()
	client.InsecureSkipVerify = true
	c, err := tls.Dial("tcp", ln.Addr().String(), client)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil { // also takes the session's ticket
		t.Fatal(err)
	}
	return <-states, c.ConnectionState()
}

func serverConfig(t *testing.T) *tls.Config {
	own := authority(t, "Server", ecKey(t), false)
	server := own.sign(&x509.Certificate{DNSNames: []string{"x"}, NotAfter: time.Now().Add(time.Hour)}, own.key)
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{server.Raw}, PrivateKey: own.key}}}
}

// TestHandshake: a server that asks gets old factory certificates, names the
// authorities it knows, also those of later, and serves those who show nothing.
func TestHandshake(t *testing.T) {
	j := open(t, nil)
	config := j.Config(serverConfig(t))
	old := authority(t, "Acme Old CA", rsaKey(t, 1024), true)
	key := rsaKey(t, 1024)
	leaf := old.sign(&x509.Certificate{Subject: pkix.Name{CommonName: mac}}, key)
	asked := -1
	phone := &tls.Config{MaxVersion: tls.VersionTLS12, GetClientCertificate: func(r *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		asked = len(r.AcceptableCAs)
		return &tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key}, nil
	}}
	if state, _ := talk(t, config, phone); asked != -1 || len(state.PeerCertificates) != 0 {
		t.Errorf("asked while no authority is known: %d", asked)
	}
	if _, err := j.Add("acme", old.pem()); err != nil {
		t.Fatal(err)
	}
	state, _ := talk(t, config, phone)
	if p, err := j.Judge(&state, acme); err != nil || p.MAC != mac || asked != 1 {
		t.Errorf("%+v, %v; %d authorities were named", p, err, asked)
	}
	if state, _ := talk(t, config, &tls.Config{}); len(state.PeerCertificates) != 0 {
		t.Error("a certificate of nobody")
	}
}

// A phone that comes again takes up its session, and its certificate still
// counts. With one that has ended the library shakes hands anew each time.
func TestResumption(t *testing.T) {
	root := authority(t, "Acme Root CA", ecKey(t), false)
	j := open(t, nil, root)
	config := j.Config(serverConfig(t))
	key := ecKey(t)
	leaf := root.sign(&x509.Certificate{Subject: pkix.Name{CommonName: mac}, NotAfter: time.Now().Add(time.Hour)}, key)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		phone := &tls.Config{MaxVersion: version, ServerName: "x", ClientSessionCache: tls.NewLRUClientSessionCache(2),
			Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.Raw}, PrivateKey: key}}}
		for i, want := range []bool{false, true} {
			state, of := talk(t, config, phone)
			if p, err := j.Judge(&state, acme); err != nil || p.MAC != mac || of.DidResume != want {
				t.Errorf("%x, connection %d: %+v, %v, resumed %v", version, i, p, err, of.DidResume)
			}
		}
	}
}

// What our authority issues for a phone counts for this phone.
func TestOurOwnDeviceCertificate(t *testing.T) {
	a, err := devicecert.LoadAuthority(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for _, rsa := range []bool{false, true} {
		certificate, key, err := a.IssueDevice(mac, rsa)
		if err != nil {
			t.Fatal(err)
		}
		pair, err := tls.X509KeyPair(certificate, key)
		if err != nil {
			t.Fatal(err)
		}
		j := open(t, a.Roots())
		phone := &tls.Config{Certificates: []tls.Certificate{pair}}
		if state, _ := talk(t, j.Config(serverConfig(t)), phone); len(state.PeerCertificates) > 0 {
			t.Error("phones are asked before anybody has a certificate")
		}
		j.Issued()
		state, _ := talk(t, j.Config(serverConfig(t)), phone)
		if p, err := j.Judge(&state, acme); err != nil || p.MAC != mac || p.Authority != Own || p.Print != directory.CertificatePrint(pair.Leaf.Raw) {
			t.Errorf("%+v, %v", p, err)
		}
	}
	j := open(t, a.Roots())
	// A server's certificate of ours names no phone.
	server, err := a.GetCertificate(&tls.ClientHelloInfo{ServerName: mac, CipherSuites: []uint16{tls.TLS_AES_128_GCM_SHA256},
		SupportedVersions: []uint16{tls.VersionTLS13}, SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256},
		SupportedCurves: []tls.CurveID{tls.CurveP256}, SupportedPoints: []uint8{0}})
	if err != nil {
		t.Fatal(err)
	}
	if p, err := j.Judge(shown(server.Leaf), acme); err == nil {
		t.Errorf("a server's certificate proves %+v", p)
	}
}
