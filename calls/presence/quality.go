package presence

import (
	"crypto/rand"
	"strings"

	"github.com/emiago/sipgo/sip"

	"cradle/media/quality"
	"cradle/registrar"
)

// The package and the document of phones' quality reports (RFC 6035).
const (
	reportEvent = "vq-rtcpxr"
	reportType  = "application/vq-rtcpxr"
)

// reported takes a phone's report of a call. It is taken once and no state: what it is published for has no end that
// matters, and a refresh of it finds nothing. Of a call nobody knows it is taken as well, because a phone that was told
// otherwise would only send it again.
func (p *Presence) reported(peer registrar.Peer, req *sip.Request) (int, []sip.Header) {
	body := req.Body()
	switch t, _, _ := strings.Cut(value(req, "content-type"), ";"); {
	case peer.Kind != registrar.Line:
		return 403, nil
	case value(req, "sip-if-match") != "":
		return 412, nil
	case len(body) > maxPublished:
		return 413, nil
	case !strings.EqualFold(strings.TrimSpace(t), reportType):
		return 415, []sip.Header{sip.NewHeader("Accept", reportType)}
	}
	r, err := quality.ReadReport(body)
	if err != nil {
		return 400, nil
	}
	if !p.c.Calls.Report(peer.Device.ID, r) {
		p.log.Debug("quality report of no call", "device", peer.Device.ID)
	}
	expires := value(req, "expires")
	if expires == "" || strings.Trim(expires, "0123456789") != "" {
		expires = "3600"
	}
	return 200, []sip.Header{sip.NewHeader("SIP-ETag", rand.Text()[:16]), sip.NewHeader("Expires", expires)}
}
