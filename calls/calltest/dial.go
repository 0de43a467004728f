package calltest

import (
	"slices"
	"time"

	"github.com/emiago/sipgo/sip"
)

func (p *Phone) Call(to string, sdp []byte, headers ...sip.Header) *Dialog {
	p.t.Helper()
	d := p.newDialog(to, "")
	fill := func(req *sip.Request) *sip.Request {
		for _, h := range headers {
			if req.GetHeader(h.Name()) != nil {
				req.ReplaceHeader(h)
				continue
			}
			req.AppendHeader(h)
		}
		return WithBody(req, "application/sdp", sdp)
	}
	for range 4 { // a nonce count that overtook another is challenged again
		d.setInvite(fill(d.Build(sip.INVITE)))
		d.auth = ""
		d.answers = d.Send(d.invite)
		if d.first = <-d.answers; d.first.StatusCode != 401 {
			break
		}
		d.auth = p.credentials(challengeOf(d.first), "INVITE", d.target.String())
	}
	return d
}

func (d *Dialog) next(end <-chan time.Time) *sip.Response {
	if res := d.first; res != nil {
		d.first = nil
		return res
	}
	select {
	case res := <-d.answers:
		return res
	case <-end:
		return nil
	}
}

func (d *Dialog) Expect(status int) *sip.Response {
	d.p.t.Helper()
	end := time.After(Timeout)
	for {
		switch res := d.next(end); {
		case res == nil:
			d.p.t.Fatalf("phone %s: no %d came", d.p.number, status)
		case res.StatusCode == status:
			d.learn(res)
			return res
		case res.StatusCode >= 200:
			d.p.t.Fatalf("phone %s got %d %s, expected %d", d.p.number, res.StatusCode, res.Reason, status)
		}
	}
}

func (d *Dialog) learn(res *sip.Response) {
	if res.StatusCode > 100 && res.StatusCode < 300 {
		d.remote = res.To().Params.GetOr("tag", "")
		if c := res.Contact(); c != nil {
			d.target = c.Address
		}
	}
}

func (d *Dialog) Ack(res *sip.Response, body []byte) {
	d.learn(res)
	raw := []byte(WithBody(d.build(sip.ACK, res.CSeq().SeqNo), "application/sdp", body).String())
	d.p.mu.Lock()
	d.acks[res.CSeq().SeqNo] = raw
	d.p.mu.Unlock()
	_ = d.p.wire.write(raw)
}

func (d *Dialog) reack(res *sip.Response) {
	d.p.mu.Lock()
	d.finals = append(d.finals, res)
	raw := d.acks[res.CSeq().SeqNo]
	invite := d.invite
	d.p.mu.Unlock()
	if res.StatusCode >= 300 {
		ack := sip.NewRequest(sip.ACK, invite.Recipient)
		for _, name := range []string{"Via", "From", "Call-ID"} {
			ack.AppendHeader(sip.HeaderClone(res.GetHeader(name)))
		}
		ack.AppendHeader(sip.HeaderClone(res.To()))
		ack.AppendHeader(&sip.CSeqHeader{SeqNo: res.CSeq().SeqNo, MethodName: sip.ACK})
		ack.SetBody(nil)
		raw = []byte(ack.String())
	}
	if raw != nil {
		_ = d.p.wire.write(raw)
	}
}

func (d *Dialog) Cancel() *sip.Response {
	d.p.t.Helper()
	req := sip.NewRequest(sip.CANCEL, d.invite.Recipient)
	for _, name := range []string{"Via", "From", "To", "Call-ID"} {
		req.AppendHeader(sip.HeaderClone(d.invite.GetHeader(name)))
	}
	req.AppendHeader(&sip.CSeqHeader{SeqNo: d.invite.CSeq().SeqNo, MethodName: sip.CANCEL})
	req.SetBody(nil)
	return d.Final(d.Send(req))
}

func (d *Dialog) Finals() []*sip.Response {
	d.p.mu.Lock()
	defer d.p.mu.Unlock()
	return slices.Clone(d.finals)
}

func (d *Dialog) Last() *sip.Response {
	d.p.t.Helper()
	end := time.After(Timeout)
	for {
		switch res := d.next(end); {
		case res == nil:
			d.p.t.Fatalf("phone %s: no final answer", d.p.number)
		case res.StatusCode >= 200:
			d.learn(res)
			return res
		}
	}
}

func (p *Phone) Connected(to string, sdp []byte, edit func(*sip.Request)) *sip.Response {
	p.t.Helper()
	d := p.newDialog(to, "")
	return d.authorized(sip.INVITE, func(req *sip.Request) {
		WithBody(req, "application/sdp", sdp)
		edit(req)
		d.setInvite(req)
	})
}
