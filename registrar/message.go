package registrar

import (
	"context"
	"fmt"

	"github.com/emiago/sipgo/sip"
)

// maxMessage bounds a text in bytes (RFC 3428 section 8: 1300 with its headers).
const maxMessage = 800

// Message sends a short text to every live binding of an account, page mode (RFC
// 3428), and waits for the answers. It succeeds when one phone took it. Errors are
// those of Notify; ErrMalformed where the text is too long.
func (r *Registrar) Message(ctx context.Context, account, text string) error {
	if text == "" || len(text) > maxMessage {
		return fmt.Errorf("%w: a text of %d bytes is not 1 to %d", ErrMalformed, len(text), maxMessage)
	}
	list := r.reachable(account)
	if len(list) == 0 {
		return fmt.Errorf("%w: %s", ErrNotRegistered, account)
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	errs := make([]error, len(list))
	for i, b := range list { // few, and nobody waits for it
		req := sip.NewRequest(sip.MESSAGE, ContactURI(b))
		r.address(req, b, token(), token()+"@"+r.Host(b), 1)
		req.RemoveHeader("Contact") // RFC 3428 section 4: it has none
		req.AppendHeader(sip.NewHeader("Content-Type", "text/plain;charset=UTF-8"))
		req.SetBody([]byte(text))
		_, errs[i] = r.ask(ctx, b, req)
	}
	return best(errs)
}
