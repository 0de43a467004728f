package transaction

import (
	"bytes"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/sipmsg"
)

// serverKey is what a request and its repetitions have in common (RFC 3261
// section 17.2.3). Nobody elsewhere cancels a phone's calls; of a datagram's source
// only the address counts, because behind NAT the port may be another meanwhile. A
// connection's transactions are its own: what comes in by another way must not
// make its reader write to this one.
type serverKey struct {
	branch, sentBy string
	port           int
	method         sip.RequestMethod
	from           netip.AddrPort
	by             sipmsg.Transport
}

// clientKey is what our request and its answers have in common (section 17.1.3).
type clientKey struct {
	branch string
	method sip.RequestMethod
}

// cookie begins the branches of RFC 3261; those before had none.
const cookie = "z9hG4bK"

func serverKeyOf(req *sip.Request, f Flow) (k serverKey, ok bool) {
	via := req.Via()
	if via == nil || req.CSeq() == nil {
		return k, false
	}
	k = serverKey{branch: via.Params.GetOr("branch", ""), sentBy: via.Host, port: via.Port, method: req.Method, from: f.Remote, by: f.Transport}
	if !f.Transport.Stream() {
		k.from = netip.AddrPortFrom(f.Remote.Addr(), 0)
	}
	if req.IsAck() {
		k.method = sip.INVITE
	}
	if len(k.branch) > len(cookie) && strings.HasPrefix(k.branch, cookie) {
		return k, true
	}
	if req.From() == nil || req.CallID() == nil {
		return k, false
	}
	// RFC 2543 knew a request by its dialog and number.
	k.branch = req.CallID().Value() + "\n" + req.From().Params.GetOr("tag", "") + "\n" + strconv.FormatUint(uint64(req.CSeq().SeqNo), 10)
	return k, true
}

func clientKeyOf(m sip.Message) (k clientKey, ok bool) {
	via, cseq := m.Via(), m.CSeq()
	if via == nil || cseq == nil {
		return k, false
	}
	k = clientKey{via.Params.GetOr("branch", ""), cseq.MethodName}
	return k, k.branch != ""
}

// text is a message as it travels.
func text(m sip.Message) []byte {
	var b bytes.Buffer
	b.Grow(1024)
	m.StringWrite(&b)
	return b.Bytes()
}

// Text is a request as it travels. A line break in what it was built of, records or
// what somebody typed, would begin a header of the writer's choice: ErrMalformed.
func Text(req *sip.Request) ([]byte, error) {
	b := text(req)
	head := b[:len(b)-len(req.Body())]
	lines := len(req.Headers()) + 2 // with the first one, and the empty one
	if bytes.Count(head, []byte("\n")) != lines || bytes.Count(head, []byte("\r")) != lines {
		return nil, fmt.Errorf("%w: a %s has a line break inside a header", ErrMalformed, req.Method)
	}
	return b, nil
}

// ackOf acknowledges a refusal: the INVITE's own Via, target, route and number
// (RFC 3261 section 17.1.1.3).
func ackOf(invite *sip.Request, refusal *sip.Response) []byte {
	ack := sip.NewRequest(sip.ACK, invite.Recipient)
	ack.AppendHeader(invite.Via().Clone())
	for _, h := range invite.GetHeaders("route") {
		ack.AppendHeader(sip.HeaderClone(h))
	}
	hops := sip.MaxForwardsHeader(70)
	ack.AppendHeader(&hops)
	ack.AppendHeader(sip.HeaderClone(invite.From()))
	to := refusal.To()
	if to == nil {
		to = invite.To()
	}
	ack.AppendHeader(sip.HeaderClone(to))
	ack.AppendHeader(sip.HeaderClone(invite.CallID()))
	ack.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: sip.ACK})
	ack.SetBody(nil)
	return text(ack)
}
