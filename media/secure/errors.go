package secure

import "errors"

// Sentinels of this room; errors that wrap them name the value at fault.
var (
	// ErrKey means a key whose length does not fit its suite, or a suite that is not known.
	ErrKey = errors.New("bad media key")
	// ErrFingerprint means that a certificate is not the one the description announced (RFC 8122 section 5).
	ErrFingerprint = errors.New("certificate does not match the fingerprint")
	// ErrHandshake means that a DTLS handshake came to nothing.
	ErrHandshake = errors.New("media handshake failed")
)
