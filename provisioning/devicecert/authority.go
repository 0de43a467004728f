package devicecert

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// The authority's files in the data folder: key and certificate in PEM. Phones
// that know no ECDSA can check nothing that an ECDSA key has signed, so there is
// an RSA root beside.
const (
	fileName    = "authority.pem"
	fileNameRSA = "authority-rsa.pem"
)

// root is a key that signs, and its certificate.
type root struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// lastDay ends our certificates. Old phones keep time in 32 bits, which end
// on 2038-01-19.
func lastDay() time.Time { return time.Date(2037, 12, 31, 0, 0, 0, 0, time.UTC) }

// openFile reads a root's file; where there is none it makes one.
func openFile(dir, name string, now func() time.Time, generate func() (crypto.Signer, error)) (root, error) {
	path := filepath.Join(dir, name)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if data, err = newRoot(now(), generate); err == nil {
			err = writeNew(path, data)
		}
		if errors.Is(err, fs.ErrExist) { // somebody else was faster
			data, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return root{}, fmt.Errorf("certificate authority: %w", err)
	}
	cert, key, err := parse(data)
	if err != nil {
		return root{}, fmt.Errorf("%w: certificate authority %s: %w", ErrDamaged, path, err)
	}
	return root{cert, key}, nil
}

func generateECDSA() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }
func generateRSA() (crypto.Signer, error)   { return rsa.GenerateKey(rand.Reader, 2048) }

// newRoot makes a key and a self-signed certificate, valid from 1970
// because a phone's clock may stand there until it has asked a time server.
func newRoot(now time.Time, generate func() (crypto.Signer, error)) ([]byte, error) {
	key, err := generate()
	if err != nil {
		return nil, err
	}
	id, err := keyID(key.Public())
	if err != nil {
		return nil, err
	}
	last := lastDay()
	if late := now.AddDate(5, 0, 0); late.After(last) {
		last = now.AddDate(20, 0, 0)
	}
	template := &x509.Certificate{
		SerialNumber: serial(),
		// The name bears part of the key, so that two appliances differ.
		Subject:               pkix.Name{CommonName: "Cradle authority " + hex.EncodeToString(id[:4])},
		NotBefore:             time.Unix(0, 0).UTC(),
		NotAfter:              last,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
		SubjectKeyId:          id,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	out := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
	return append(out, certPEM(der)...), nil
}

// parse reads what newRoot wrote and checks that key and certificate belong together.
func parse(data []byte) (*x509.Certificate, crypto.Signer, error) {
	var cert *x509.Certificate
	var key crypto.Signer
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		switch block.Type {
		case "PRIVATE KEY":
			k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if err != nil {
				return nil, nil, err
			}
			key, _ = k.(crypto.Signer)
		case "CERTIFICATE":
			c, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, nil, err
			}
			cert = c
		}
	}
	if cert == nil || key == nil {
		return nil, nil, errors.New("key or certificate is missing")
	}
	public, ok := cert.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(key.Public()) {
		return nil, nil, errors.New("key and certificate do not belong together")
	}
	return cert, key, nil
}

// writeNew writes a file whole or not at all; a file already there is kept and
// reported as fs.ErrExist.
func writeNew(path string, data []byte) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	// A private key is not left lying about.
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func certPEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// serial is a random positive number of 127 bits (RFC 5280, 4.1.2.2).
func serial() *big.Int {
	b := make([]byte, 16)
	rand.Read(b) //nolint:errcheck // never fails since Go 1.24
	b[0] = b[0]&0x7f | 0x40
	return new(big.Int).SetBytes(b)
}

// keyID names a public key (RFC 7093, 2, method 1).
func keyID(public crypto.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(der)
	return sum[:20], nil
}
