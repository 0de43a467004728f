package secure

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	_ "crypto/sha1"   // fingerprints of older phones
	_ "crypto/sha256" // fingerprints
	_ "crypto/sha512" // fingerprints
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/pion/dtls/v2"
	"github.com/pion/logging"

	"cradle/media/sdp"
)

// This file alone knows the library of DTLS, which is not maintained any more. What it must not be told is kept from it
// by pipe, what it must not do is undone by Handshake. It carries nothing but handshakes: no application data is ever
// sent in it and no suite with a pre-shared key is on.

// Identity is our certificate in handshakes, with a key on P-256.
type Identity struct {
	certificate tls.Certificate
	print       sdp.Fingerprint
}

// NewIdentity makes a certificate. It is known by its fingerprint alone, so one made at each start serves as well as one
// that is kept.
func NewIdentity() (*Identity, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	// Valid from 1970 on: phones without a clock are to believe it too.
	template := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: "Cradle media"}, NotBefore: time.Unix(0, 0),
		NotAfter: time.Now().AddDate(10, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	sum, _ := hashed("sha-256", der)
	return &Identity{tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, sdp.Fingerprint{Hash: "sha-256", Sum: sum}}, nil
}

// hashed is the hash of a certificate by the name it has in descriptions (RFC 8122 section 5).
func hashed(name string, der []byte) ([]byte, bool) {
	h, ok := map[string]crypto.Hash{"sha-1": crypto.SHA1, "sha-224": crypto.SHA224, "sha-256": crypto.SHA256, "sha-384": crypto.SHA384,
		"sha-512": crypto.SHA512}[name]
	if !ok {
		return nil, false
	}
	sum := h.New()
	sum.Write(der)
	return sum.Sum(nil), true
}

// fits says whether a certificate is one that was announced.
func fits(prints []sdp.Fingerprint, der []byte) bool {
	for _, f := range prints {
		if sum, known := hashed(f.Hash, der); known && bytes.Equal(sum, f.Sum) {
			return true
		}
	}
	return false
}

// profiles are the ways to protect media that handshakes offer and take. Servers take the client's order.
var profiles = map[dtls.SRTPProtectionProfile]Suite{
	dtls.SRTP_AEAD_AES_128_GCM:       AEAD128,
	dtls.SRTP_AES128_CM_HMAC_SHA1_80: CM128SHA80,
}

// wanted are the profiles that a peer is offered; of a suite that has none there is nothing to offer.
func (p *Peer) wanted() (l []dtls.SRTPProtectionProfile) {
	suites := p.Suites
	if suites == nil {
		suites = Offered[:]
	}
	for _, s := range suites {
		for profile, of := range profiles {
			if s == of {
				l = append(l, profile)
			}
		}
	}
	return l
}

func (h *Handshakes) config(peer Peer) *dtls.Config {
	suites := []dtls.CipherSuiteID{dtls.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, dtls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA}
	if h.gcm {
		suites = append(suites, dtls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, dtls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			dtls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, dtls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384)
	}
	quiet := logging.NewDefaultLoggerFactory()
	quiet.DefaultLogLevel = logging.LogLevelDisabled
	return &dtls.Config{
		Certificates:            []tls.Certificate{h.identity.certificate},
		CipherSuites:            suites,
		SRTPProtectionProfiles:  peer.wanted(),
		ClientAuth:              dtls.RequireAnyClientCert,
		InsecureSkipVerify:      true, // by no authority: by the fingerprint below
		InsecureSkipVerifyHello: peer.Proven,
		ExtendedMasterSecret:    dtls.RequestExtendedMasterSecret,
		FlightInterval:          200 * time.Millisecond,
		MTU:                     1200,
		LoggerFactory:           quiet,
		VerifyPeerCertificate: func(raw [][]byte, _ [][]*x509.Certificate) error {
			if len(raw) == 0 || !fits(peer.Prints, raw[0]) {
				return ErrFingerprint
			}
			return nil
		},
	}
}

// shake does one handshake and takes the keys out of it. linger repeats the last flight for a while and lets go.
func (h *Handshakes) shake(ctx context.Context, p *pipe, peer Peer) (a Agreed, linger func(), err error) {
	open := dtls.ServerWithContext
	if peer.Client {
		open = dtls.ClientWithContext
	}
	c, err := open(ctx, p, h.config(peer))
	if err != nil {
		return a, nil, fmt.Errorf("%w: %w", ErrHandshake, err)
	}
	if a, err = keysOf(c, peer); err != nil {
		p.hush()
		return a, nil, errors.Join(err, c.Close())
	}
	return a, func() {
		defer time.AfterFunc(lastWords, p.end).Stop()
		var rest [2048]byte
		for {
			if _, err := c.Read(rest[:]); err != nil {
				break
			}
		}
		p.hush()
		c.Close() //nolint:errcheck // says goodbye to nobody
	}, nil
}

// keysOf exports the keys (RFC 5764 section 4.2): client's, server's, client's salt, server's salt.
func keysOf(c *dtls.Conn, peer Peer) (a Agreed, err error) {
	profile, ok := c.SelectedSRTPProtectionProfile()
	s, known := profiles[profile]
	if !ok || !known {
		return a, fmt.Errorf("%w: no use_srtp", ErrHandshake)
	}
	state := c.ConnectionState()
	if len(state.PeerCertificates) == 0 || !fits(peer.Prints, state.PeerCertificates[0]) {
		return a, ErrFingerprint
	}
	k, n := suites[s].key, suites[s].salt
	m, err := state.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", nil, 2*(k+n))
	if err != nil {
		return a, fmt.Errorf("%w: %w", ErrHandshake, err)
	}
	client := Key{suite: s, bytes: append(bytes.Clone(m[:k]), m[2*k:2*k+n]...)}
	server := Key{suite: s, bytes: append(bytes.Clone(m[k:2*k]), m[2*k+n:]...)}
	if peer.Client {
		return Agreed{Theirs: server, Ours: client}, nil
	}
	return Agreed{Theirs: client, Ours: server}, nil
}
