package calltest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/directory"
	"cradle/media/mediatest"
)

// Timeout is how long a phone waits for what it expects.
const Timeout = 15 * time.Second

// Phone is a telephone with a socket of its own. It repeats what gets lost, as
// phones do, and leaves every decision to the test.
type Phone struct {
	t       testing.TB
	wire    wire
	account directory.Account
	number  string
	server  netip.AddrPort
	Media   *mediatest.Phone

	mu       sync.Mutex
	waiting  map[string]chan *sip.Response // our transactions, by branch and method
	answered map[string][]byte             // our final answers, to be repeated
	acks     map[string]chan *sip.Request  // by Call-ID and CSeq
	seen     map[string]bool
	incoming chan *Dialog
	dialogs  map[string]*Dialog // by Call-ID and our tag
	counts   map[string]int     // how often a nonce was used
	done     sync.WaitGroup
}

// Options say how a phone is connected.
type Options struct {
	TCP    bool
	From   netip.Addr // 127.0.0.1 when not set
	Server netip.AddrPort
	Pacer  *mediatest.Pacer // nil: the phone has no voice
}

// NewPhone connects a phone with one line's account. The test closes it.
func NewPhone(t testing.TB, o Options, account directory.Account, number string) *Phone {
	t.Helper()
	if !o.From.IsValid() {
		o.From = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	dial := dialUDP
	if o.TCP {
		dial = dialTCP
	}
	w, err := dial(o.From, o.Server)
	must(t, err)
	p := &Phone{t: t, wire: w, account: account, number: number, server: o.Server,
		waiting: map[string]chan *sip.Response{}, answered: map[string][]byte{}, acks: map[string]chan *sip.Request{}, seen: map[string]bool{},
		incoming: make(chan *Dialog, 64), dialogs: map[string]*Dialog{}, counts: map[string]int{}}
	if o.Pacer != nil {
		p.Media, err = o.Pacer.Phone(netip.AddrPortFrom(o.From, 0))
		must(t, err)
	}
	p.done.Go(p.listen)
	t.Cleanup(p.Close)
	return p
}

// Close unplugs the phone.
func (p *Phone) Close() {
	p.wire.close()
	p.done.Wait()
	p.mu.Lock() // what it remembers of every call
	p.waiting, p.answered, p.acks = map[string]chan *sip.Response{}, map[string][]byte{}, map[string]chan *sip.Request{}
	p.seen, p.dialogs, p.counts = map[string]bool{}, map[string]*Dialog{}, map[string]int{}
	p.mu.Unlock()
	if p.Media != nil {
		p.Media.Close()
		p.Media = nil
	}
}

// SDP is what the phone offers or answers.
func (p *Phone) SDP(direction string) []byte {
	if p.Media != nil {
		return p.Media.SDP(direction)
	}
	a := p.wire.local()
	return fmt.Appendf(nil, "v=0\r\no=- 1 1 IN IP4 %[1]s\r\ns=-\r\nc=IN IP4 %[1]s\r\nt=0 0\r\nm=audio %[2]d RTP/AVP 0 101\r\n"+
		"a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=%[3]s\r\n", a.Addr(), 4000, direction)
}

func (p *Phone) uri() sip.Uri {
	a := p.wire.local()
	u := sip.Uri{Scheme: "sip", User: p.account.User, Host: a.Addr().String(), Port: int(a.Port())}
	if p.wire.name() == "TCP" {
		u.UriParams = sip.HeaderParams{{K: "transport", V: "tcp"}}
	}
	return u
}

// Register registers the phone's account and fails the test if that fails.
func (p *Phone) Register() {
	p.t.Helper()
	d := p.newDialog("", p.account.User)
	res := d.authorized(sip.REGISTER, func(req *sip.Request) {
		req.AppendHeader(&sip.ContactHeader{Address: p.uri()})
		req.AppendHeader(sip.NewHeader("Expires", "3600"))
	})
	if res == nil || res.StatusCode != 200 {
		p.t.Fatalf("phone %s does not register: %v", p.number, res)
	}
}

// listen sorts what comes in: answers to their transactions, requests to
// their dialogs, repetitions to the dustbin.
func (p *Phone) listen() {
	for {
		raw, err := p.wire.read()
		if err != nil {
			return
		}
		msg, err := sip.ParseMessage(raw)
		if err != nil {
			continue
		}
		switch m := msg.(type) {
		case *sip.Response:
			p.hearAnswer(m)
		case *sip.Request:
			p.hearRequest(m)
		}
	}
}

func key(m sip.Message) string {
	return m.Via().Params.GetOr("branch", "") + string(m.CSeq().MethodName)
}

func (p *Phone) hearAnswer(res *sip.Response) {
	p.mu.Lock()
	c := p.waiting[key(res)]
	d := p.dialogs[res.CallID().Value()+res.From().Params.GetOr("tag", "")]
	p.mu.Unlock()
	if res.CSeq().MethodName == sip.INVITE && res.StatusCode >= 200 && d != nil {
		d.reack(res)
	}
	if c != nil {
		select {
		case c <- res:
		default:
		}
	}
}

func (p *Phone) hearRequest(req *sip.Request) {
	p.mu.Lock()
	k := key(req)
	if req.IsAck() {
		if c := p.acks[ackKey(req)]; c != nil {
			select {
			case c <- req:
			default:
			}
		}
		p.mu.Unlock()
		return
	}
	again, repeated := p.answered[k], p.seen[k]
	p.seen[k] = true
	d := p.dialogs[req.CallID().Value()+req.To().Params.GetOr("tag", "")]
	p.mu.Unlock()
	switch {
	case again != nil:
		_ = p.wire.write(again)
	case repeated:
	case req.IsCancel():
		p.hearCancel(req)
	case d != nil:
		d.requests <- req
	case req.IsInvite():
		p.incoming <- p.answerTo(req)
	default:
		p.reply(req, 481, nil)
	}
}

// hearCancel answers the CANCEL; the test sees it on the dialog and refuses.
func (p *Phone) hearCancel(req *sip.Request) {
	p.reply(req, 200, nil)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.dialogs {
		if d.invite != nil && d.callID == req.CallID().Value() && d.invite.Via().Params.GetOr("branch", "") == req.Via().Params.GetOr("branch", "") {
			d.requests <- req
		}
	}
}

func ackKey(req *sip.Request) string {
	return fmt.Sprint(req.CallID().Value(), " ", req.CSeq().SeqNo)
}

// reply sends a final or provisional answer and remembers a final one.
func (p *Phone) reply(req *sip.Request, status int, body []byte, headers ...sip.Header) []byte {
	res := sip.NewResponseFromRequest(req, status, "Said So", nil)
	if req.IsInvite() || req.Method == sip.UPDATE {
		res.AppendHeader(&sip.ContactHeader{Address: p.uri()})
	}
	for _, h := range headers {
		res.AppendHeader(h)
	}
	if body != nil {
		t := sip.ContentTypeHeader("application/sdp")
		res.AppendHeader(&t)
		res.SetBody(body)
	}
	raw := []byte(res.String())
	if status >= 200 {
		p.mu.Lock()
		p.answered[key(req)] = raw
		p.mu.Unlock()
	}
	_ = p.wire.write(raw)
	return raw
}

// Incoming waits for a call to this phone.
func (p *Phone) Incoming() *Dialog {
	p.t.Helper()
	select {
	case d := <-p.incoming:
		return d
	case <-time.After(Timeout):
		p.t.Fatalf("phone %s: no call came in", p.number)
		return nil
	}
}

// Silent makes sure that no call comes in for this long.
func (p *Phone) Silent(d time.Duration) {
	p.t.Helper()
	select {
	case in := <-p.incoming:
		p.t.Fatalf("phone %s rang: %s", p.number, in.invite.Short())
	case <-time.After(d):
	}
}

// Say starts a tone towards whom the phone has been told of in a session description.
func (p *Phone) Say(sdp []byte, hz int) {
	p.t.Helper()
	p.Media.Say(MediaAddr(p.t, sdp), mediatest.Tone{Hz: hz})
}

// Hear waits until the tone is heard.
func (p *Phone) Hear(hz int) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Timeout)
	defer cancel()
	if _, err := p.Media.Await(ctx, hz); err != nil {
		p.t.Fatalf("phone %s: %v", p.number, err)
	}
}

// MediaAddr reads address and port of the audio from a session description.
func MediaAddr(t testing.TB, sdp []byte) netip.AddrPort {
	t.Helper()
	var host string
	var port uint16
	for line := range strings.Lines(string(sdp)) {
		_, _ = fmt.Sscanf(line, "c=IN IP4 %s", &host)
		_, _ = fmt.Sscanf(line, "m=audio %d", &port)
	}
	addr, err := netip.ParseAddr(host)
	must(t, err)
	return netip.AddrPortFrom(addr, port)
}

func branch() string { return "z9hG4bK" + rand.Text() }
