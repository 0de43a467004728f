package directory

import (
	"crypto/md5" //nolint:gosec // the phones' protocol knows no other sum; what is kept is keyed
	"encoding/hex"
	"strings"
)

// Phones that log people in by themselves show that they know a secret without
// telling it: MD5 of nonce, colon and secret. A secret is kept as a hash only, so
// its nonce must be known when it is set, and stays the same. What is kept of the
// sum is a keyed hash, as of the secret itself.

// purposeProof comes before what the secret itself is for.
const purposeProof = "proof of "

// ProofNonce is what a phone mixes into its proof for a number, 32 hexadecimal
// digits. A number that does not exist has one too, which is always the same.
func (d *Directory) ProofNonce(org ID, number string, kind SecretKind) string {
	of := string(org) + "/" + number
	if e := d.Snapshot().ExtensionByNumber(org, number); e != nil {
		of = string(e.ID)
	}
	return d.keys.proofNonce(of, kind)
}

func (k *Keys) proofNonce(of string, kind SecretKind) string {
	return hex.EncodeToString(k.sum("nonce "+string(kind), nil, of)[:16])
}

// Proof is what a phone shows for a nonce and a secret.
func Proof(nonce, secret string) string {
	sum := md5.Sum([]byte(nonce + ":" + secret)) //nolint:gosec // see above
	return hex.EncodeToString(sum[:])
}

func (k *Keys) hashProof(ext ID, kind SecretKind, secret string) Hash {
	return k.hashDigits(purposeProof+string(kind), Proof(k.proofNonce(string(ext), kind), secret))
}

// proofOf is what is kept of an extension's proof.
func proofOf(e *Extension, kind SecretKind) Hash {
	if kind == SecretPIN {
		return e.PINProof
	}
	return e.Virtualization.Proof
}

// unproven tells that an extension has a secret of which no proof is kept.
func (d *Directory) unproven(a Attempt) bool {
	e := d.Snapshot().Extension(a.Extension)
	if e == nil || proofOf(e, a.Kind) != "" {
		return false
	}
	return a.Kind == SecretPIN && e.PIN != "" || a.Kind == SecretCode && e.Virtualization.Secret != ""
}

// matchProof compares a proof; an unknown extension takes the same time.
func (d *Directory) matchProof(a Attempt) (right, isDefault bool) {
	e := d.Snapshot().Extension(a.Extension)
	if e == nil {
		e = &Extension{}
	}
	shown := strings.ToLower(a.Proof.Reveal())
	chosen := d.keys.matches(purposeProof+string(a.Kind), proofOf(e, a.Kind), shown)
	normal := NewSecret(Proof(d.keys.proofNonce(string(e.ID), a.Kind), e.DefaultPIN.Reveal())).Equal(NewSecret(shown)) && !e.DefaultPIN.Empty()
	if a.Kind == SecretCode || e.PIN != "" {
		return chosen, false
	}
	return normal, normal
}
