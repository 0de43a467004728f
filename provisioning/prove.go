package provisioning

import (
	"fmt"

	"cradle/provisioning/catalog"
	"cradle/provisioning/clientcert"
	"cradle/provisioning/onboard"
)

// prove judges the certificate that the connection showed. One that proves
// nothing is no harm: phones without one of their own show their maker's.
func (p *Provisioning) prove(v *visit) {
	if v.TLS == nil || len(v.TLS.PeerCertificates) == 0 || p.c.Certificates == nil {
		return
	}
	proof, err := p.c.Certificates.Judge(v.TLS, func(vendor string) *catalog.Certificate {
		if known := v.shelf.Vendor(vendor); known != nil {
			return known.Certificate
		}
		return nil
	})
	if err != nil {
		v.shown = fmt.Sprintf("proves nothing: %v", err)
		return
	}
	if d := v.snap.DeviceByMAC(proof.MAC); proof.Authority == clientcert.Own && (d == nil || d.Issued != proof.Print) {
		v.shown = fmt.Sprintf("proves nothing: %s was taken back", proof)
		return
	}
	v.proof, v.shown = proof, proof.String()
}

// impostor refuses who shows one phone's certificate and asks for another's
// settings.
func (p *Provisioning) impostor(v *visit) bool {
	if v.proof.MAC == "" || v.proof.MAC == v.found.MAC {
		return false
	}
	v.rule = fmt.Sprintf("its certificate is that of %s", v.proof.MAC)
	p.alarm(v, onboard.AlarmCertificate, fmt.Sprintf("whoever has the certificate of %s asks for the settings of another phone", v.proof.MAC))
	return true
}
