package devicecert

import "crypto/tls"

// OldTLSConfig is the configuration of a door for phones that cannot speak TLS
// 1.2 with forward secrecy: TLS 1.0 to 1.2, RSA certificates only, CBC suites
// and RSA key exchange. RC4 stays out, for which no phone is old enough. It
// belongs on a listener of its own that serves nothing but phones' files.
func (a *Authority) OldTLSConfig() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS10, //nolint:gosec // that is what it is for
		MaxVersion:     tls.VersionTLS12,
		CipherSuites:   oldSuites(),
		NextProtos:     []string{"http/1.1"},
		GetCertificate: a.certificateRSA,
	}
}

// oldSuites are all suites up to TLS 1.2, the sound ones first.
func oldSuites() (ids []uint16) {
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		switch s.ID {
		case tls.TLS_RSA_WITH_RC4_128_SHA, tls.TLS_ECDHE_RSA_WITH_RC4_128_SHA, tls.TLS_ECDHE_ECDSA_WITH_RC4_128_SHA:
		default:
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// NeedsOld reports whether a connection is one that the main TLS door would have
// refused: an old version, or a suite that Go no longer offers by itself.
func NeedsOld(state *tls.ConnectionState) bool {
	if state.Version < tls.VersionTLS12 {
		return true
	}
	for _, s := range tls.InsecureCipherSuites() {
		if s.ID == state.CipherSuite {
			return true
		}
	}
	return false
}
