package registrar

import (
	"context"
	"fmt"

	"github.com/emiago/sipgo/sip"
)

// Reach asks by OPTIONS whether a phone of an account is there. Whatever it
// answers, it is. Errors: ErrNotRegistered, ErrNoAnswer, ErrFlowLost.
func (r *Registrar) Reach(ctx context.Context, account string) error {
	list := r.reachable(account)
	if len(list) == 0 {
		return fmt.Errorf("%w: %s", ErrNotRegistered, account)
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	answers := make(chan error, len(list))
	for _, b := range list {
		go func() { answers <- r.askOptions(ctx, b) }()
	}
	err := error(nil)
	for range list {
		if err = <-answers; err == nil {
			return nil
		}
	}
	return err
}

// askOptions is nil when the phone gave any final answer.
func (r *Registrar) askOptions(ctx context.Context, b Binding) error {
	req := sip.NewRequest(sip.OPTIONS, ContactURI(b))
	r.address(req, b, token(), token()+"@"+r.Host(b), 1)
	if res, err := r.ask(ctx, b, req); res == nil {
		return err
	}
	return nil // also a refusal says that it is there
}
