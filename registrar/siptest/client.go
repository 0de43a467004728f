package siptest

import (
	"context"
	"strings"
	"time"
)

// Exchange sends a request and gives its final response, sending again as UDP
// needs it; early gets the provisional ones. Via is filled in.
func (p *Phone) Exchange(ctx context.Context, m *Msg, early func(*Msg)) (*Msg, error) {
	if m.Get("Via") == "" {
		m.Headers = append([]Header{{"Via", p.via("z9hG4bK" + random())}}, m.Headers...)
	}
	key := m.key()
	c := make(chan *Msg, 16)
	p.mu.Lock()
	p.waiting[key] = c
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.waiting, key)
		p.mu.Unlock()
	}()
	b := m.Bytes()
	if err := p.Say(b); err != nil {
		return nil, err
	}
	wait := 500 * time.Millisecond
	t := time.NewTimer(wait)
	defer t.Stop()
	if p.tcp != nil {
		t.Stop()
	}
	for {
		select {
		case r := <-c:
			if r.Status >= 200 {
				return r, nil
			}
			if m.Method == "INVITE" {
				t.Stop()
			}
			if early != nil {
				early(r)
			}
		case <-t.C:
			if err := p.Say(b); err != nil {
				return nil, err
			}
			wait = min(2*wait, 4*time.Second)
			t.Reset(wait)
		case <-ctx.Done():
			return nil, ErrTimeout
		case <-p.done:
			return nil, ErrClosed
		}
	}
}

func (p *Phone) via(branch string) string {
	return "SIP/2.0/" + strings.ToUpper(p.c.Transport) + " " + p.sentBy() + ";rport;branch=" + branch
}

func (p *Phone) gotResponse(m *Msg) {
	p.mu.Lock()
	c := p.waiting[m.key()]
	p.mu.Unlock()
	_, method := m.CSeq()
	if method == "INVITE" && m.Status >= 200 {
		if call := p.call(m.Get("Call-ID")); call != nil {
			call.acknowledge(m)
		}
	}
	if c == nil {
		return
	}
	select {
	case c <- m:
	default:
	}
}

func (p *Phone) call(id string) *Call {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[id]
}

// authorized sends a request and once more with credentials when it is asked
// for them. next makes the request for the next CSeq.
func (p *Phone) authorized(ctx context.Context, next func() *Msg, early func(*Msg)) (*Msg, *Msg, error) {
	var cred *credential
	for try := 0; ; try++ {
		m := next()
		if cred != nil {
			m.Add(cred.header, cred.value(m.Method, m.URI))
		} else if c := p.kept(m.Method); c != nil {
			m.Add(c.header, c.value(m.Method, m.URI))
		}
		r, err := p.Exchange(ctx, m, early)
		if err != nil {
			return nil, m, err
		}
		if r.Status != 401 && r.Status != 407 || p.c.Password == "" || try == 2 {
			return r, m, nil
		}
		old := cred
		if cred = p.challenge(r); cred == nil {
			return r, m, nil
		}
		if old != nil && !cred.stale {
			return r, m, nil // wrong password: no use trying again
		}
		if m.Method == "REGISTER" {
			p.mu.Lock()
			p.reg.cred = cred
			p.mu.Unlock()
		}
	}
}

// kept are the credentials of the last registration: a refresh uses them again.
func (p *Phone) kept(method string) *credential {
	p.mu.Lock()
	defer p.mu.Unlock()
	if method != "REGISTER" {
		return nil
	}
	return p.reg.cred
}

// Forget drops the credentials of the last registration.
func (p *Phone) Forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reg.cred = nil
}

// Sign adds the credentials of the last registration to a request, if any.
func (p *Phone) Sign(m *Msg) {
	if c := p.kept("REGISTER"); c != nil {
		m.Add(c.header, c.value(m.Method, m.URI))
	}
}

// Signed sends a request, without credentials first, and the same again with
// them when it is challenged. It leaves the credentials in m.
func (p *Phone) Signed(ctx context.Context, m *Msg) (*Msg, error) {
	r, err := p.Exchange(ctx, m, nil)
	if err != nil || r.Status != 401 && r.Status != 407 {
		return r, err
	}
	c := p.challenge(r)
	if c == nil {
		return r, nil
	}
	m.Add(c.header, c.value(m.Method, m.URI))
	for i := range m.Headers {
		if m.Headers[i].Name == "Via" {
			m.Headers[i].Value = p.via("z9hG4bK" + random())
			break
		}
	}
	return p.Exchange(ctx, m, nil)
}

// Answer is a request again with the credentials that a challenge asks for;
// nil: the challenge is not understood.
func (p *Phone) Answer(challenge, m *Msg) *Msg {
	c := p.challenge(challenge)
	if c == nil {
		return nil
	}
	out := &Msg{Method: m.Method, URI: m.URI, Body: m.Body, Headers: append([]Header(nil), m.Headers...)}
	for i := range out.Headers {
		if out.Headers[i].Name == "Via" {
			out.Headers[i].Value = p.via("z9hG4bK" + random())
			break
		}
	}
	return out.Add(c.header, c.value(m.Method, m.URI))
}

// sentBy is where a Via says that the phone is.
func (p *Phone) sentBy() string {
	if p.c.Transport == "ws" || p.c.Transport == "wss" {
		return p.invalid
	}
	return p.local.String()
}

// Transport is that of the configuration, in lower case.
func (p *Phone) Transport() string { return p.c.Transport }

// SetContact changes the Contact URI that is registered from now on.
func (p *Phone) SetContact(uri string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.c.Contact = uri
}

// Signer gives a function that adds credentials for a challenge to requests,
// with a rising count.
func (p *Phone) Signer(challenge *Msg) func(m *Msg) {
	c := p.challenge(challenge)
	return func(m *Msg) { m.Add(c.header, c.value(m.Method, m.URI)) }
}
