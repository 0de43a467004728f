package siptest

import (
	"context"
	"fmt"
	"strconv"
	"time"
)

type registration struct {
	callID, tag string
	cseq        uint32
	cred        *credential
	granted     int // seconds
}

// Register registers the phone's Contact and gives the final response; another
// than 200 is a StatusError.
func (p *Phone) Register(ctx context.Context) (*Msg, error) { return p.register(ctx, p.c.Expires) }

// Refresh registers again, with the nonce at hand.
func (p *Phone) Refresh(ctx context.Context) (*Msg, error) { return p.register(ctx, p.c.Expires) }

// Unregister takes the Contact back.
func (p *Phone) Unregister(ctx context.Context) (*Msg, error) { return p.register(ctx, 0) }

func (p *Phone) register(ctx context.Context, expires int) (*Msg, error) {
	r, _, err := p.authorized(ctx, func() *Msg { return p.newRegister(expires) }, nil)
	if err != nil {
		return nil, err
	}
	if r.Status != 200 {
		return r, &StatusError{r}
	}
	granted, contact := 0, p.Contact()
	for _, c := range r.All("Contact") {
		if URI(c) == contact {
			granted, _ = strconv.Atoi(Param(c, "expires"))
		}
	}
	p.mu.Lock()
	p.reg.granted = granted
	p.mu.Unlock()
	return r, nil
}

// Granted is how long the last registration lives, in seconds.
func (p *Phone) Granted() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reg.granted
}

// NewRegister is the REGISTER the phone would send next, without credentials,
// for tests that want it otherwise.
func (p *Phone) NewRegister() *Msg { return p.newRegister(p.c.Expires) }

func (p *Phone) newRegister(expires int) *Msg {
	p.mu.Lock()
	p.reg.cseq++
	n := p.reg.cseq
	p.mu.Unlock()
	aor := p.self()
	m := &Msg{Method: "REGISTER", URI: "sip:" + p.c.Domain}
	m.Add("From", aor+";tag="+p.reg.tag).Add("To", aor).Add("Call-ID", p.reg.callID).Add("CSeq", fmt.Sprintf("%d REGISTER", n))
	return m.Add("Contact", "<"+p.Contact()+">"+p.c.ContactParams).Add("Max-Forwards", "70").Add("User-Agent", p.c.UserAgent).
		Add("Expires", strconv.Itoa(expires)).Add("Allow", allow)
}

const allow = "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, INFO, UPDATE"

func (p *Phone) self() string {
	out := "<sip:" + p.c.User + "@" + p.c.Domain + ">"
	if p.c.Display != "" {
		out = `"` + p.c.Display + `" ` + out
	}
	return out
}

// Stay registers again at half of the granted time, until the phone is closed;
// after a failure in a second. failed hears of failures; nil: nobody.
func (p *Phone) Stay(failed func(error)) {
	p.goDo(func() {
		for {
			wait := time.Duration(p.Granted()) * time.Second / 2
			if wait == 0 {
				wait = time.Second
			}
			if !p.pause(context.Background(), wait) {
				return
			}
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			if _, err := p.Refresh(ctx); err != nil {
				p.mu.Lock()
				p.reg.granted = 0
				p.mu.Unlock()
				if failed != nil {
					failed(err)
				}
			}
			cancel()
		}
	})
}
