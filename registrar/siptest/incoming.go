package siptest

import (
	"context"
	"time"
)

const keptResponses = 256

// gotRequest serves one request; a repetition gets the answer it got before.
func (p *Phone) gotRequest(m *Msg) {
	key := m.key()
	p.mu.Lock()
	before := p.sent[key]
	p.mu.Unlock()
	if before != nil && m.Method != "ACK" {
		_ = p.say(before.Bytes(), m.From)
		return
	}
	call := p.call(m.Get("Call-ID"))
	inside := Param(m.Get("To"), "tag") != ""
	switch {
	case m.Method == "ACK":
		if call != nil {
			call.onceAck.Do(func() { close(call.ackSeen) })
		}
	case m.Method == "INVITE" && !inside:
		p.gotInvite(m)
	case m.Method == "INVITE" && call != nil:
		call.gotReinvite(m)
	case m.Method == "CANCEL":
		p.gotCancel(m, call)
	case m.Method == "BYE" && call != nil:
		p.reply(m, m.Answer(200, "OK", ""))
		call.mu.Lock()
		call.said = m.Get("Reason")
		call.mu.Unlock()
		call.end("BYE")
	case m.Method == "INFO" && call != nil:
		p.reply(m, m.Answer(200, "OK", ""))
		if p.c.OnInfo != nil {
			p.c.OnInfo(call, m)
		}
	case m.Method == "NOTIFY":
		p.gotNotify(m)
	case m.Method == "OPTIONS", m.Method == "UPDATE" && call != nil:
		p.reply(m, m.Answer(200, "OK", random()).Add("Allow", allow).Add("Contact", "<"+p.Contact()+">"))
	case inside:
		p.reply(m, m.Answer(481, "Call/Transaction Does Not Exist", ""))
	default:
		p.reply(m, m.Answer(405, "Method Not Allowed", random()).Add("Allow", allow))
	}
}

func (p *Phone) gotNotify(m *Msg) {
	p.mu.Lock()
	s := p.subs[m.Get("Call-ID")]
	p.mu.Unlock()
	if s != nil {
		s.took(m)
		return
	}
	status := 200
	if p.c.OnNotify != nil {
		status = p.c.OnNotify(m)
	}
	if status == 0 {
		return // a phone that does not answer
	}
	p.reply(m, m.Answer(status, reasons[status], random()))
}

var reasons = map[int]string{200: "OK", 401: "Unauthorized", 404: "Not Found", 480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist",
	486: "Busy Here", 488: "Not Acceptable Here", 489: "Bad Event", 500: "Server Internal Error", 603: "Decline"}

// Reply answers a request as given, and again whenever it is repeated.
func (p *Phone) Reply(m, r *Msg) { p.reply(m, r) }

func (p *Phone) reply(m, r *Msg) {
	key := m.key()
	p.mu.Lock()
	if _, ok := p.sent[key]; !ok {
		if len(p.order) >= keptResponses {
			delete(p.sent, p.order[0])
			p.order = p.order[1:]
		}
		p.order = append(p.order, key)
	}
	p.sent[key] = r
	p.mu.Unlock()
	_ = p.say(r.Bytes(), m.From)
}

func (p *Phone) gotInvite(m *Msg) {
	if p.c.OnInvite == nil {
		p.reply(m, m.Answer(480, "Temporarily Unavailable", random()))
		return
	}
	c := p.newCall(m.Get("Call-ID"))
	c.Incoming, c.Invite, c.remoteSDP = true, m, m.Body
	c.localTag, c.remoteTag = random(), Param(m.Get("From"), "tag")
	c.local, c.remote, c.target = "<"+URI(m.Get("To"))+">", "<"+URI(m.Get("From"))+">", URI(m.Get("Contact"))
	c.routes = m.All("Record-Route")
	p.reply(m, m.Answer(100, "Trying", ""))
	p.goDo(func() { p.c.OnInvite(c) })
}

func (p *Phone) gotCancel(m *Msg, c *Call) {
	if c == nil || !c.Incoming {
		p.reply(m, m.Answer(481, "Call/Transaction Does Not Exist", random()))
		return
	}
	p.reply(m, m.Answer(200, "OK", c.localTag))
	c.mu.Lock()
	up := c.up
	c.mu.Unlock()
	if !up {
		p.reply(c.Invite, c.Invite.Answer(487, "Request Terminated", c.localTag))
		c.end("CANCEL")
	}
}

// CallerNumber is the user part of From of an incoming call.
func (c *Call) CallerNumber() string { return User(c.Invite.Get("From")) }

// CallerName is the display name of From of an incoming call.
func (c *Call) CallerName() string { return Display(c.Invite.Get("From")) }

// Ring answers 180 to an incoming call.
func (c *Call) Ring() {
	c.p.reply(c.Invite, c.Invite.Answer(180, "Ringing", c.localTag).Add("Contact", "<"+c.p.Contact()+">"))
}

// Reject answers an incoming call with that status.
func (c *Call) Reject(status int) {
	reason := reasons[status]
	if reason == "" {
		reason = "Refused"
	}
	c.p.reply(c.Invite, c.Invite.Answer(status, reason, c.localTag))
	c.end("rejected")
}

// Answer takes an incoming call with a session description. Over UDP the 200
// is repeated until the ACK is there.
func (c *Call) Answer(sdp []byte) {
	c.mu.Lock()
	select {
	case <-c.ended:
		c.mu.Unlock()
		return
	default:
	}
	c.localSDP, c.up = sdp, true
	c.mu.Unlock()
	r := c.ok(c.Invite, sdp)
	c.p.reply(c.Invite, r)
	c.onceUp.Do(func() { close(c.answered) })
	if c.p.tcp == nil {
		c.p.goDo(func() { c.repeat(r) })
	}
}

func (c *Call) ok(m *Msg, sdp []byte) *Msg {
	r := m.Answer(200, "OK", c.localTag).Add("Contact", "<"+c.p.Contact()+">").Add("Allow", allow)
	if len(sdp) > 0 {
		r.Add("Content-Type", "application/sdp")
		r.Body = sdp
	}
	return r
}

func (c *Call) repeat(r *Msg) {
	ctx, cancel := context.WithTimeout(context.Background(), 32*time.Second)
	defer cancel()
	for wait := 500 * time.Millisecond; ; wait = min(2*wait, 4*time.Second) {
		t := time.NewTimer(wait)
		select {
		case <-t.C:
			_ = c.p.say(r.Bytes(), c.Invite.From)
			continue
		case <-c.ackSeen:
		case <-c.ended:
		case <-c.p.done:
		case <-ctx.Done():
			c.end("no ACK")
		}
		t.Stop()
		return
	}
}

func (c *Call) gotReinvite(m *Msg) {
	c.mu.Lock()
	if len(m.Body) > 0 {
		c.remoteSDP = m.Body
	}
	if u := URI(m.Get("Contact")); u != "" {
		c.target = u
	}
	sdp := c.localSDP
	c.mu.Unlock()
	if c.p.c.OnOffer != nil {
		sdp = c.p.c.OnOffer(c, m.Body)
		c.mu.Lock()
		c.localSDP = sdp
		c.mu.Unlock()
	}
	c.p.reply(m, c.ok(m, sdp))
}
