package siptest

import (
	"context"
	"fmt"
)

// Cancel takes back a call that nobody has answered.
func (c *Call) Cancel(ctx context.Context) error {
	c.mu.Lock()
	inv := c.Invite
	c.mu.Unlock()
	if inv == nil {
		return fmt.Errorf("siptest: nothing to cancel")
	}
	n, _ := inv.CSeq()
	m := &Msg{Method: "CANCEL", URI: inv.URI}
	m.Add("Via", inv.Get("Via")).Add("From", inv.Get("From")).Add("To", inv.Get("To")).Add("Call-ID", c.ID).
		Add("CSeq", fmt.Sprintf("%d CANCEL", n)).Add("Max-Forwards", "70")
	r, err := c.p.Exchange(ctx, m, nil)
	return want2xx(r, err)
}

// Bye hangs up.
func (c *Call) Bye(ctx context.Context, headers ...Header) error {
	r, _, err := c.p.authorized(ctx, func() *Msg {
		m := c.request("BYE")
		m.Headers = append(m.Headers, headers...)
		return m
	}, nil)
	c.end("BYE")
	return want2xx(r, err)
}

// Reinvite offers another session description, for hold and resume, and gives
// the final response.
func (c *Call) Reinvite(ctx context.Context, sdp []byte) (*Msg, error) {
	c.mu.Lock()
	c.localSDP = sdp
	c.mu.Unlock()
	r, _, err := c.p.authorized(ctx, func() *Msg {
		m := c.request("INVITE")
		c.setBody(m)
		return m
	}, nil)
	if err != nil {
		return nil, err
	}
	if r.Status >= 300 {
		return r, &StatusError{r}
	}
	c.mu.Lock()
	if len(r.Body) > 0 {
		c.remoteSDP = r.Body
	}
	if u := URI(r.Get("Contact")); u != "" {
		c.target = u
	}
	c.mu.Unlock()
	return r, nil
}

// Info sends an INFO, such as a digit in "application/dtmf-relay".
func (c *Call) Info(ctx context.Context, contentType string, body []byte) error {
	r, _, err := c.p.authorized(ctx, func() *Msg {
		m := c.request("INFO").Add("Content-Type", contentType)
		m.Body = body
		return m
	}, nil)
	return want2xx(r, err)
}

// Request sends any other request inside the dialog and gives its final response.
func (c *Call) Request(ctx context.Context, method string, headers []Header, body []byte) (*Msg, error) {
	r, _, err := c.p.authorized(ctx, func() *Msg {
		m := c.request(method)
		m.Headers = append(m.Headers, headers...)
		m.Body = body
		return m
	}, nil)
	return r, err
}

func want2xx(r *Msg, err error) error {
	if err != nil {
		return err
	}
	if r.Status >= 300 {
		return &StatusError{r}
	}
	return nil
}
