package leg

import (
	"strings"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/transaction"
)

// Refusal is a final answer that is not 2xx, with what it must carry.
type Refusal struct {
	Status int
	Reason string
	// Headers are added as they are (Unsupported, Retry-After, Warning ...).
	Headers []sip.Header
}

// Check says whether an initial INVITE can be understood at all (RFC 3261
// section 8.2); nil means it can.
func Check(req *sip.Request) *Refusal {
	if req.From() == nil || req.To() == nil || req.CallID() == nil || req.CSeq() == nil || !req.From().Params.Has("tag") {
		return &Refusal{Status: sip.StatusBadRequest, Reason: "Missing Header"}
	}
	if h := req.MaxForwards(); h != nil && h.Val() == 0 {
		return &Refusal{Status: sip.StatusTooManyHops, Reason: "Too Many Hops"}
	}
	if missing := unknownRequired(req); len(missing) > 0 {
		return &Refusal{Status: sip.StatusBadExtension, Reason: "Bad Extension",
			Headers: []sip.Header{sip.NewHeader("Unsupported", strings.Join(missing, ", "))}}
	}
	if refusal := checkBody(req); refusal != nil {
		return refusal
	}
	if c := req.Contact(); c == nil || c.Address.Wildcard {
		return &Refusal{Status: sip.StatusBadRequest, Reason: "Missing Contact"}
	}
	return nil
}

// checkBody takes a session description or nothing.
func checkBody(req *sip.Request) *Refusal {
	if len(req.Body()) == 0 {
		return nil
	}
	t := req.ContentType()
	if t != nil {
		kind, _, _ := strings.Cut(t.Value(), ";")
		if strings.EqualFold(strings.TrimSpace(kind), sdpType) {
			return nil
		}
	}
	return &Refusal{Status: sip.StatusUnsupportedMediaType, Reason: "Unsupported Media Type",
		Headers: []sip.Header{sip.NewHeader("Accept", sdpType)}}
}

// Refuse answers a request that no leg will have, and ends its transaction.
func Refuse(req *sip.Request, tx *transaction.Server, r Refusal) {
	res := sip.NewResponseFromRequest(req, r.Status, r.Reason, nil)
	if req.IsInvite() || r.Status == sip.StatusMethodNotAllowed || r.Status == sip.StatusOK {
		res.AppendHeader(sip.NewHeader("Allow", allowed))
	}
	for _, h := range r.Headers {
		res.AppendHeader(h)
	}
	_ = tx.Respond(res) // a transport that is gone has nobody to tell
	tx.TerminateGracefully()
}
