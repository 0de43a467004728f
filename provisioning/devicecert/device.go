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
// in PEM, the certificate with its root behind it. They are RSA-2048: every phone
// that takes a certificate takes that. The name is the MAC in twelve lower-case
// hexadecimal digits, which the caller has checked. The key is kept nowhere.
func (a *Authority) IssueDevice(mac string) (certificate, key []byte, err error) {
	signer, err := generateRSA()
	if err != nil {
		return nil, nil, fmt.Errorf("make the key of %s: %w", mac, err)
	}
	by := a.rsaRoot
	template := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: mac},
		NotBefore: time.Unix(0, 0).UTC(), NotAfter: by.cert.NotAfter, // nobody renews it in a phone
		KeyUsage:       x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
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
