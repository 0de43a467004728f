package registrar

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/directory"
	"cradle/registrar/auth"
	"cradle/registrar/sipmsg"
	"cradle/registrar/transaction"
)

// Request sends a request on a binding's flow: from the very address its
// REGISTER came to, over its connection for streams, never anywhere else. An
// empty Request-URI is filled with the Contact, byte for byte; Via and
// Max-Forwards are filled in where there are none. From, To, Call-ID, CSeq and
// Contact are the caller's. heard gets the answers, and must not wait.
func (r *Registrar) Request(ctx context.Context, b Binding, req *sip.Request, heard transaction.Heard) (*transaction.Client, error) {
	if r.edge == nil {
		return nil, ErrOff
	}
	if b.FlowLost {
		return nil, fmt.Errorf("%w: %s at %s", ErrFlowLost, b.Account, b.Source)
	}
	r.fill(b, req)
	if err := r.reach(ctx, b); err != nil {
		return nil, fmt.Errorf("%w: %s at %s: %w", ErrFlowLost, b.Account, b.Source, err)
	}
	return r.edge.Request(r.route(b), req, heard)
}

// WriteACK sends the ACK of a 2xx, which has no transaction; again sends it once
// more, for a 2xx that came once more.
func (r *Registrar) WriteACK(b Binding, req *sip.Request) (again func() error, err error) {
	if r.edge == nil {
		return nil, ErrOff
	}
	r.fill(b, req)
	text, err := transaction.Text(req)
	if err != nil {
		return nil, err
	}
	route := r.route(b)
	again = func() error { return r.edge.Write(route, text) }
	return again, again()
}

func flowOf(b Binding) from { return from{b.Source, b.Local, sipmsg.TransportOf(b.Transport)} }

func (r *Registrar) fill(b Binding, req *sip.Request) {
	if req.Recipient.Host == "" {
		req.Recipient = ContactURI(b)
	}
	if req.Via() == nil {
		req.PrependHeader(&sip.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: strings.ToUpper(b.Transport), Host: r.Host(b),
			Port: int(b.Local.Port()), Params: sip.HeaderParams{{K: "branch", V: "z9hG4bK" + rand.Text()}, {K: "rport"}}})
	}
	if to := req.To(); b.Path != "" && to != nil && !hasTag(to.Params) && req.GetHeader("Route") == nil {
		req.AppendHeader(sip.NewHeader("Route", b.Path)) // RFC 3327 section 5.4
	}
	if req.MaxForwards() == nil {
		h := sip.MaxForwardsHeader(70)
		req.AppendHeader(&h)
	}
	if req.ContentLength() == nil {
		req.SetBody(req.Body())
	}
}

// answerTime bounds the wait for one phone's answer.
const answerTime = 10 * time.Second

// Notify sends a NOTIFY outside a dialog with that Event value, for example
// "check-sync;reboot=false", to every live binding of the account and waits
// for the answers. It succeeds when one phone took it. Errors:
// ErrNotRegistered, ErrNoAnswer, ErrFlowLost, *Status (also when a phone asks
// for credentials, of which there are none).
func (r *Registrar) Notify(ctx context.Context, account, event, contentType string, body []byte) error {
	return r.notify(ctx, account, notice{event: event, contentType: contentType, body: body})
}

// NotifyAs is Notify without a body, for phones that may ask who we are: they
// are answered once, with that user and password (RFC 7616).
func (r *Registrar) NotifyAs(ctx context.Context, account, event, user string, password directory.Secret) error {
	return r.notify(ctx, account, notice{event: event, user: user, password: password})
}

// notice is what a NOTIFY says, and as whom; no password: as nobody.
type notice struct {
	event, contentType string
	body               []byte
	user               string
	password           directory.Secret
}

func (r *Registrar) notify(ctx context.Context, account string, n notice) error {
	list := r.reachable(account)
	if len(list) == 0 {
		return fmt.Errorf("%w: %s", ErrNotRegistered, account)
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	errs := make([]error, len(list))
	var wait sync.WaitGroup
	for i, b := range list {
		wait.Add(1)
		go func() {
			defer wait.Done()
			errs[i] = r.notifyOne(ctx, b, n)
		}()
	}
	wait.Wait()
	return best(errs)
}

// best is nil when one worked, else a phone's own refusal, else the first.
func best(errs []error) error {
	var s *Status
	for _, err := range errs {
		if err == nil {
			return nil
		}
	}
	for _, err := range errs {
		if errors.As(err, &s) {
			return err
		}
	}
	return errs[0]
}

// notifyOne tells one phone, and answers where it asks who we are.
func (r *Registrar) notifyOne(ctx context.Context, b Binding, n notice) error {
	from, call := token(), token()+"@"+r.Host(b)
	send := func(number uint32, credentials sip.Header) (*sip.Response, error) {
		req := r.newNotify(ContactURI(b), n.event, "terminated;reason=timeout", n.contentType, n.body)
		r.address(req, b, from, call, number)
		if credentials != nil {
			req.AppendHeader(credentials)
		}
		began := r.now()
		res, err := r.ask(ctx, b, req)
		if res != nil {
			r.history.answered(b.Account, r.now().Sub(began))
		}
		return res, err
	}
	res, err := send(1, nil)
	if err == nil || res == nil {
		return err
	}
	uri := ContactURI(b)
	credentials := n.credentials(res, uri.String())
	if credentials == nil {
		return err
	}
	_, err = send(2, credentials)
	return err
}

// address fills in who speaks to whom, outside a dialog.
func (r *Registrar) address(req *sip.Request, b Binding, tag, call string, number uint32) {
	realm := "cradle"
	if acc := r.dir.Snapshot().Account(b.Account); acc != nil {
		realm = acc.Realm
	}
	self := sip.Uri{Scheme: "sip", User: b.Account, Host: realm}
	req.AppendHeader(&sip.FromHeader{Address: self, Params: sip.HeaderParams{{K: "tag", V: tag}}})
	req.AppendHeader(&sip.ToHeader{Address: self})
	id := sip.CallIDHeader(call)
	req.AppendHeader(&id)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: number, MethodName: req.Method})
	req.AppendHeader(r.contact(flowOf(b)))
}

// credentials answers a phone's challenge; nil: it has none, or we have no answer.
func (n *notice) credentials(res *sip.Response, uri string) sip.Header {
	challenge, header := "WWW-Authenticate", "Authorization"
	switch {
	case n.password.Empty():
		return nil
	case res.StatusCode == 407:
		challenge, header = "Proxy-Authenticate", "Proxy-Authorization"
	case res.StatusCode != 401:
		return nil
	}
	var best auth.Challenge
	for _, h := range res.GetHeaders(challenge) {
		if c, ok := auth.ParseChallenge(h.Value()); ok && c.Algorithm > best.Algorithm { // the stronger is the higher
			best = c
		}
	}
	if best.Algorithm == auth.Unknown {
		return nil
	}
	return sip.NewHeader(header, best.Answer(n.user, n.password.Reveal(), "NOTIFY", uri))
}

func (r *Registrar) newNotify(to sip.Uri, event, state, contentType string, body []byte) *sip.Request {
	req := sip.NewRequest(sip.NOTIFY, to)
	req.AppendHeader(sip.NewHeader("Event", event))
	req.AppendHeader(sip.NewHeader("Subscription-State", state))
	if len(body) > 0 {
		req.AppendHeader(sip.NewHeader("Content-Type", contentType))
	}
	req.SetBody(body)
	return req
}

// contact is ours towards the far end of a flow.
func (r *Registrar) contact(f from) *sip.ContactHeader {
	u := sip.Uri{Scheme: "sip", Host: r.hostFor(f.source.Addr(), f.local.Addr()), Port: int(f.local.Port())}
	if f.transport.Stream() {
		u.UriParams = sip.HeaderParams{{K: "transport", V: f.transport.Param()}}
	}
	return &sip.ContactHeader{Address: u}
}

// ask sends a request that is no INVITE and waits for the final answer; one that
// is a refusal comes with an error.
func (r *Registrar) ask(ctx context.Context, b Binding, req *sip.Request) (*sip.Response, error) {
	type outcome struct {
		res *sip.Response
		err error
	}
	final := make(chan outcome, 1)
	tx, err := r.Request(ctx, b, req, func(res *sip.Response, err error) {
		if res == nil || !res.IsProvisional() {
			final <- outcome{res, err}
		}
	})
	if err != nil {
		return nil, err
	}
	defer tx.Terminate()
	select {
	case f := <-final:
		switch {
		case errors.Is(f.err, transaction.ErrTransport):
			return nil, fmt.Errorf("%w: %s at %s", ErrFlowLost, b.Account, b.Source)
		case f.res == nil:
			return nil, fmt.Errorf("%w: %s", ErrNoAnswer, b.Account)
		case f.res.StatusCode >= 300:
			return f.res, fmt.Errorf("%s: %w", b.Account, &Status{f.res.StatusCode, f.res.Reason})
		}
		return f.res, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %s: %w", ErrNoAnswer, b.Account, ctx.Err())
	}
}

func token() string { return strings.ToLower(rand.Text()[:16]) }
