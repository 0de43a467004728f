package api

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base32"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"software.sslmate.com/src/go-pkcs12"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/ui/access"
)

type issueInput struct {
	ID   directory.ID `path:"id" maxLength:"64"`
	Body *struct {
		RSA bool `json:"rsa,omitempty" doc:"RSA-2048 instead of P-256, for phones that know nothing else."`
	} `required:"false"`
}

// issuedView is a phone's certificate with its key, in the two forms that phones
// take.
type issuedView struct {
	Certificate string    `json:"certificate" doc:"PEM, with our authority behind it."`
	Key         string    `json:"key" doc:"PEM. It is shown now and never again."`
	PKCS12      []byte    `json:"pkcs12" doc:"Both in one file, base64."`
	Password    string    `json:"password" doc:"Of the PKCS#12 file."`
	Until       time.Time `json:"until"`
	Fetched     bool      `json:"fetched" doc:"The phone is told to fetch it by itself, over TLS."`
}

func deviceCertificateRoutes(a *API) {
	clash := []int{http.StatusNotFound, http.StatusConflict}
	route(a, operation{method: http.MethodPost, path: "/devices/{id}/certificate", permission: access.DevicesWrite,
		summary: "Make a certificate of our authority for a phone, which gives it all its settings; the one before is worthless", errors: clash}, a.issueCertificate)
	route(a, operation{method: http.MethodDelete, path: "/devices/{id}/certificate", permission: access.DevicesWrite, status: http.StatusNoContent,
		summary: "Take a phone's certificate of our authority back", errors: clash}, a.revokeCertificate)
}

// issueCertificate hands the key out once. It is kept, sealed, only for a phone
// that is told to fetch it.
func (a *API) issueCertificate(ctx context.Context, c *access.Caller, in *issueInput) (*viewOutput[issuedView], error) {
	d, err := a.device(a.Directory.Snapshot(), c, in.ID)
	switch {
	case err != nil:
		return nil, err
	case a.Issuer == nil:
		return nil, huma.NewError(http.StatusServiceUnavailable, "there is no authority of our own")
	case !d.Step.Approved() || !d.Retired.IsZero():
		return nil, huma.NewError(http.StatusConflict, "the phone is not approved")
	}
	certificate, key, err := a.Issuer.IssueDevice(string(d.MAC), in.Body != nil && in.Body.RSA)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, err
	}
	v := issuedView{Certificate: string(certificate), Key: string(key), Until: pair.Leaf.NotAfter, Fetched: a.fetchesCertificate(d.Model)}
	if v.PKCS12, v.Password, err = inPKCS12(&pair); err != nil {
		return nil, err
	}
	var bundle directory.Secret
	if v.Fetched {
		bundle = directory.NewSecret(v.Certificate + v.Key)
	}
	err = a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
		now, err := a.device(tx.Snapshot(), c, in.ID)
		if err != nil {
			return err
		}
		if now.MAC != d.MAC {
			return directory.ErrStale
		}
		return tx.IssueCertificate(d.ID, directory.CertificatePrint(pair.Leaf.Raw), bundle)
	})
	return &viewOutput[issuedView]{Body: v}, err
}

func (a *API) revokeCertificate(ctx context.Context, c *access.Caller, in *idInput) (*none, error) {
	return nil, a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
		d, err := a.device(tx.Snapshot(), c, in.ID)
		if err != nil {
			return err
		}
		return tx.RevokeCertificate(d.ID)
	})
}

// fetchesCertificate tells whether a model's phones take a certificate by URL.
func (a *API) fetchesCertificate(model string) bool {
	if a.Templates == nil {
		return false
	}
	m := a.Templates.Catalog().Model(model)
	return m != nil && slices.ContainsFunc(m.Family.Files, func(f *catalog.File) bool { return f.Kind == catalog.Client })
}

// inPKCS12 puts a certificate and its key into one file, in the form that old
// phones read too (RFC 7292, with 3DES and SHA-1), under a random password.
func inPKCS12(pair *tls.Certificate) (file []byte, password string, err error) {
	var b [10]byte
	rand.Read(b[:]) //nolint:errcheck // never fails since Go 1.24
	password = strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
	var behind []*x509.Certificate
	for _, der := range pair.Certificate[1:] {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, "", err
		}
		behind = append(behind, c)
	}
	file, err = pkcs12.LegacyDES.Encode(pair.PrivateKey, pair.Leaf, behind, password)
	return file, password, err
}
