package calltest

import (
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Dialog is one call as a phone sees it.
type Dialog struct {
	p        *Phone
	callID   string
	local    string // our tag
	from, to sip.Uri
	remote   string // their tag
	target   sip.Uri
	cseq     uint32
	invite   *sip.Request // the newest INVITE, ours or theirs
	answers  <-chan *sip.Response
	first    *sip.Response // read from answers and not looked at yet
	requests chan *sip.Request
	acks     map[uint32][]byte // our ACKs, to be repeated
	auth     string            // credentials of the request being built
	finals   []*sip.Response   // every final answer to an INVITE, repeated ones too
}

func (p *Phone) newDialog(to, user string) *Dialog {
	server := sip.Uri{Scheme: "sip", User: to, Host: p.server.Addr().String(), Port: int(p.server.Port())}
	d := &Dialog{p: p, callID: rand.Text(), local: rand.Text()[:10], to: server, from: server, target: server,
		requests: make(chan *sip.Request, 64), acks: map[uint32][]byte{}}
	d.from.User = p.account.User
	if to == "" {
		d.to.User = user
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dialogs[d.callID+d.local] = d
	return d
}

// answerTo makes a dialog of an INVITE that came in.

func (p *Phone) answerTo(req *sip.Request) *Dialog {
	tag := rand.Text()[:10]
	req.To().Params.Add("tag", tag)
	d := &Dialog{p: p, callID: req.CallID().Value(), local: tag, from: req.To().Address, to: req.From().Address,
		remote: req.From().Params.GetOr("tag", ""), target: req.Contact().Address, invite: req,
		requests: make(chan *sip.Request, 64), acks: map[uint32][]byte{}}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dialogs[d.callID+tag] = d
	return d
}

func (d *Dialog) setInvite(req *sip.Request) {
	d.p.mu.Lock()
	defer d.p.mu.Unlock()
	d.invite = req
}

// Invite is the INVITE the dialog began with.
func (d *Dialog) Invite() *sip.Request { return d.invite }

// Build makes a request of this dialog with the next CSeq.
func (d *Dialog) Build(method sip.RequestMethod) *sip.Request {
	d.cseq++
	return d.build(method, d.cseq)
}

func (d *Dialog) build(method sip.RequestMethod, cseq uint32) *sip.Request {
	req := sip.NewRequest(method, d.target)
	a := d.p.wire.local()
	req.AppendHeader(&sip.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: d.p.wire.name(), Host: a.Addr().String(), Port: int(a.Port()),
		Params: sip.HeaderParams{{K: "branch", V: branch()}, {K: "rport"}}})
	hops := sip.MaxForwardsHeader(70)
	req.AppendHeader(&hops)
	req.AppendHeader(&sip.FromHeader{DisplayName: "Forged Name", Address: d.from, Params: sip.HeaderParams{{K: "tag", V: d.local}}})
	to := &sip.ToHeader{Address: d.to}
	if d.remote != "" {
		to.Params = sip.HeaderParams{{K: "tag", V: d.remote}}
	}
	req.AppendHeader(to)
	id := sip.CallIDHeader(d.callID)
	req.AppendHeader(&id)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: cseq, MethodName: method})
	if method == sip.INVITE || method == sip.UPDATE {
		req.AppendHeader(&sip.ContactHeader{Address: d.p.uri()})
	}
	if d.auth != "" {
		req.AppendHeader(sip.NewHeader("Authorization", d.auth))
	}
	req.SetBody(nil)
	return req
}

// WithBody gives a request a body.
func WithBody(req *sip.Request, kind string, body []byte) *sip.Request {
	if len(body) > 0 {
		t := sip.ContentTypeHeader(kind)
		req.AppendHeader(&t)
		req.SetBody(body)
	}
	return req
}

// Send sends a request and repeats it until an answer comes, as far as the transport needs that.
func (d *Dialog) Send(req *sip.Request) <-chan *sip.Response {
	p := d.p
	heard := make(chan *sip.Response, 64)
	out := make(chan *sip.Response, 64)
	p.mu.Lock()
	p.waiting[key(req)] = heard
	p.mu.Unlock()
	raw := []byte(req.String())
	_ = p.wire.write(raw)
	go func() { // ends with the final answer or the time-out
		wait, end := 500*time.Millisecond, time.After(2*Timeout)
		again := time.NewTimer(wait)
		defer again.Stop()
		for {
			select {
			case res := <-heard:
				again.Stop()
				out <- res
				if res.StatusCode >= 200 {
					return
				}
			case <-again.C:
				if p.wire.name() == "UDP" {
					_ = p.wire.write(raw)
				}
				wait = min(2*wait, 4*time.Second)
				again.Reset(wait)
			case <-end:
				return
			}
		}
	}()
	return out
}

// Final waits for the final answer.
func (d *Dialog) Final(answers <-chan *sip.Response) *sip.Response {
	d.p.t.Helper()
	return d.await(answers, func(r *sip.Response) bool { return r.StatusCode >= 200 })
}

func (d *Dialog) await(answers <-chan *sip.Response, ok func(*sip.Response) bool) *sip.Response {
	d.p.t.Helper()
	end := time.After(Timeout)
	for {
		select {
		case res := <-answers:
			if ok(res) {
				return res
			}
		case <-end:
			d.p.t.Errorf("phone %s: no answer", d.p.number)
			return nil
		}
	}
}

// Request sends a request inside the dialog and waits for its final answer.
func (d *Dialog) Request(method sip.RequestMethod, kind string, body []byte) *sip.Response {
	d.p.t.Helper()
	return d.Final(d.Send(WithBody(d.Build(method), kind, body)))
}

// authorized sends a request, answering challenges.

func (d *Dialog) authorized(method sip.RequestMethod, fill func(*sip.Request)) *sip.Response {
	var res *sip.Response
	for range 4 {
		req := d.Build(method)
		fill(req)
		if res = d.Final(d.Send(req)); res == nil || res.StatusCode != 401 {
			return res
		}
		d.auth = d.p.credentials(challengeOf(res), string(method), d.target.String())
	}
	return res
}

// Call dials. Challenges are answered; what follows is Expect's.

// next is the next answer to the INVITE.

// Expect waits for an answer with this status to the INVITE, skipping others below it.

// learn takes tag and target from an answer that makes a dialog.

// Ack acknowledges a 2xx; it is sent again when the 2xx comes again.

// reack repeats the ACK of a repeated 2xx, and acknowledges every refusal (RFC 3261 section 17.1.1.3).

// Cancel sends CANCEL for the INVITE and returns its answer.

// Reply answers the INVITE this dialog began with. A 2xx is repeated until its ACK comes, which is returned.
func (d *Dialog) Reply(status int, body []byte, headers ...sip.Header) *sip.Request {
	d.p.t.Helper()
	return d.ReplyTo(d.invite, status, body, headers...)
}

// ReplyTo answers any request of this dialog, as Reply does.
func (d *Dialog) ReplyTo(req *sip.Request, status int, body []byte, headers ...sip.Header) *sip.Request {
	d.p.t.Helper()
	acked := make(chan *sip.Request, 8)
	d.p.mu.Lock()
	d.p.acks[ackKey(req)] = acked
	d.p.mu.Unlock()
	raw := d.p.reply(req, status, body, headers...)
	if !req.IsInvite() || status < 200 {
		return nil
	}
	wait := 500 * time.Millisecond
	for end := time.After(Timeout); ; wait = min(2*wait, 4*time.Second) {
		select {
		case ack := <-acked:
			return ack
		case <-time.After(wait):
			_ = d.p.wire.write(raw)
		case <-end:
			d.p.t.Errorf("phone %s: no ACK for its %d", d.p.number, status)
			return nil
		}
	}
}

// Next waits for a request of one of these methods inside the dialog.
func (d *Dialog) Next(methods ...sip.RequestMethod) *sip.Request {
	d.p.t.Helper()
	for end := time.After(Timeout); ; {
		select {
		case req := <-d.requests:
			if slices.Contains(methods, req.Method) {
				return req
			}
			d.p.t.Errorf("phone %s: %s came, expected %v", d.p.number, req.Method, methods)
		case <-end:
			d.p.t.Fatalf("phone %s: no %v came", d.p.number, methods)
			return nil
		}
	}
}

// TakeBye waits for the BYE and answers it.
func (d *Dialog) TakeBye() *sip.Request {
	d.p.t.Helper()
	bye := d.Next(sip.BYE)
	d.p.reply(bye, 200, nil)
	return bye
}

// TakeCancel waits for the CANCEL and refuses the INVITE with 487.
func (d *Dialog) TakeCancel() *sip.Request {
	d.p.t.Helper()
	cancel := d.Next(sip.CANCEL)
	d.Reply(487, nil)
	return cancel
}

// Bye hangs up and checks that it is taken.
func (d *Dialog) Bye() {
	d.p.t.Helper()
	if res := d.Request(sip.BYE, "", nil); res != nil && res.StatusCode != 200 {
		d.p.t.Errorf("phone %s: BYE answered %d", d.p.number, res.StatusCode)
	}
}

// Finals are all final answers to INVITEs that came so far, repeated ones too.

// String names the dialog in failures.
func (d *Dialog) String() string { return fmt.Sprintf("%s at %s", d.callID, d.p.number) }

// Pending tells whether the next request inside the dialog is of this method; it takes it not.
func (d *Dialog) Pending(method sip.RequestMethod) bool {
	select {
	case req := <-d.requests:
		d.requests <- req
		return req.Method == method
	default:
		return false
	}
}

// Last waits for the final answer to the INVITE, whichever it is.

// Connected sends an INVITE changed by edit, answers a challenge, and waits for the final answer.

// Fork is a second phone behind the same Contact that got the same INVITE.
func (d *Dialog) Fork() *Dialog { return d.p.answerTo(d.invite.Clone()) }
