package devicecert

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"time"
)

// IssueDevice makes a key and a client certificate for the phone of a MAC, both
// in PEM, the certificate with its root behind it: P-256, or RSA-2048 for a phone
// that knows nothing else. The name is the MAC in twelve lower-case hexadecimal
// digits, which the caller has checked. The key is kept nowhere.
func (a *Authority) IssueDevice(mac string, rsa bool) (certificate, key []byte, err error) {
	by, usage, generate := a.root, x509.KeyUsageDigitalSignature, generateECDSA
	if rsa {
		by, usage, generate = a.rsaRoot, usage|x509.KeyUsageKeyEncipherment, generateRSA
	}
	signer, err := generate()
	if err != nil {
		return nil, nil, fmt.Errorf("make the key of %s: %w", mac, err)
	}
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: mac},
		NotBefore: time.Unix(0, 0).UTC(), NotAfter: by.cert.NotAfter, // nobody renews it in a phone
		KeyUsage:       usage,
		ExtKeyUsage:    []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		AuthorityKeyId: by.cert.SubjectKeyId,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.cert, signer.Public(), by.key)
	if err != nil {
		return nil, nil, fmt.Errorf("certificate of %s: %w", mac, err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(signer)
	if err != nil {
		return nil, nil, err
	}
	return append(certPEM(der), certPEM(by.cert.Raw)...), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), nil
}
