package transaction

import (
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
)

// FuzzReceive: whatever the parser lets through, a transaction takes or drops;
// nothing of it stays when the layer is closed.
func FuzzReceive(f *testing.F) {
	for _, m := range []sip.RequestMethod{sip.INVITE, sip.ACK, sip.BYE, sip.CANCEL} {
		f.Add(request(m, branch).String(), 486)
	}
	f.Add(sip.NewResponseFromRequest(request(sip.INVITE, branch), 200, "OK", nil).String(), 200)
	f.Add(strings.ReplaceAll(request(sip.INVITE, "old").String(), "Call-ID", "i"), 180)
	f.Add("ACK sip:x SIP/2.0\r\nVia: SIP/2.0/UDP ;branch=\r\nCSeq: 1 INVITE\r\n\r\n", 200)
	f.Fuzz(func(t *testing.T, raw string, status int) {
		m, err := sip.ParseMessage([]byte(raw))
		if err != nil {
			return
		}
		l := New(Config{Write: func(Flow, []byte) error { return nil }, Request: func(req *sip.Request, tx *Server) {
			_ = tx.Respond(sip.NewResponseFromRequest(req, 100+status&511, "R", nil))
		}})
		if _, err := l.Request(request(sip.INVITE, branch), phone, func(*sip.Response, error) {}); err != nil {
			t.Fatal(err)
		}
		for _, way := range []Flow{phone, stream, phone} {
			l.Receive(m, way)
		}
		l.Receive(request(sip.CANCEL, branch), phone)
		l.Receive(request(sip.ACK, branch), phone)
		l.Close()
		if s, c := l.Len(); s+c+len(l.streams) > 0 {
			t.Errorf("%d, %d, %d are left", s, c, len(l.streams))
		}
	})
}
