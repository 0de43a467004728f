package directory

import (
	"crypto/sha256"
	"encoding/hex"
)

// CertificatePrint names a certificate: the SHA-256 of it, DER, in hexadecimal.
func CertificatePrint(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// IssueCertificate notes by its mark which certificate of our authority is a phone's;
// the one before proves nothing from then on. bundle is the certificate with its key
// for a phone that fetches them; empty: they are kept nowhere.
func (tx *Tx) IssueCertificate(id ID, mark string, bundle Secret) error {
	return tx.change(id, func(d *Device) error {
		if !d.Step.Approved() || !d.Retired.IsZero() {
			return invalid("phone %s is not approved", d.MAC)
		}
		d.Issued, d.IssuedSealed = mark, bundle
		return nil
	})
}

// RevokeCertificate makes a phone's certificate of our authority worthless. A
// phone that stood on its step goes on as approved.
func (tx *Tx) RevokeCertificate(id ID) error {
	return tx.change(id, func(d *Device) error {
		if d.Issued == "" {
			return notFound("certificate of phone", string(d.MAC))
		}
		d.Issued, d.IssuedSealed = "", Secret{}
		if d.Step == StepCertificate {
			d.Step, d.Certificate = StepApproved, ""
		}
		return nil
	})
}
