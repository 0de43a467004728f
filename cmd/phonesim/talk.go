package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"cradle/media/mediatest"
	"cradle/media/sdp"
	"cradle/registrar/siptest"
)

// talk is the phone's call: its signalling, its mouth and its ear.
type talk struct {
	call *siptest.Call
	ear  *mediatest.Phone
	hz   int
}

var (
	errNoLine = errors.New("the phone is not registered")
	errBusy   = errors.New("the phone is in a call")
	errIdle   = errors.New("the phone is in no call")
)

func hostPort(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }

// rings takes an incoming call: a second one is busy.
func (p *phone) rings(c *siptest.Call) {
	t := &talk{call: c}
	p.mu.Lock()
	busy := p.talk != nil
	if !busy {
		p.talk = t
	}
	p.mu.Unlock()
	if busy {
		c.Reject(486)
		return
	}
	c.Ring()
	p.change(func(s *state) { s.Call, s.Peer, s.PeerName, s.Last = "ringing", c.CallerNumber(), c.CallerName(), "" })
	<-c.Ended()
	p.over(t)
}

// over ends a call on our side.
func (p *phone) over(t *talk) {
	p.mu.Lock()
	mine := p.talk == t
	if mine {
		p.talk = nil
	}
	p.mu.Unlock()
	if !mine {
		return
	}
	if ear := p.earOf(t); ear != nil {
		ear.Close()
	}
	p.change(func(s *state) { s.Call, s.Last = "", t.call.Reason() })
}

// earOf gives a call's ear; nil until it is answered.
func (p *phone) earOf(t *talk) *mediatest.Phone {
	p.mu.Lock()
	defer p.mu.Unlock()
	return t.ear
}

// dial calls a number from the first line; the tone is said once it is answered.
func (p *phone) dial(to string, hz int) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case len(p.lines) == 0:
		return errNoLine
	case p.talk != nil:
		return errBusy
	}
	ear, err := p.pacer.Phone(netip.AddrPortFrom(p.lines[0].Addr().Addr(), 0))
	if err != nil {
		return err
	}
	t := &talk{ear: ear, hz: hz, call: p.lines[0].Call(to, ear.SDP("sendrecv"))}
	p.talk = t
	p.state.Call, p.state.Peer, p.state.PeerName, p.state.Last = "dialling", to, "", ""
	p.work.Go(func() { p.follow(t) })
	return nil
}

// follow goes with a dialled call to its end, which Close of the line also is.
func (p *phone) follow(t *talk) {
	if t.call.Wait(context.Background()) == nil {
		if err := t.say(); err != nil {
			p.tell("%s: %v", p.box.MAC(), err)
		}
		p.change(func(s *state) { s.Call = "up" })
		<-t.call.Ended()
	}
	p.over(t)
}

// answer takes the call that rings.
func (p *phone) answer(hz int) error {
	p.mu.Lock()
	t := p.talk
	if t == nil || !t.call.Incoming || t.ear != nil || len(p.lines) == 0 {
		p.mu.Unlock()
		return errIdle
	}
	ear, err := p.pacer.Phone(netip.AddrPortFrom(p.lines[0].Addr().Addr(), 0))
	if err != nil {
		p.mu.Unlock()
		return err
	}
	t.ear, t.hz = ear, hz
	p.mu.Unlock()
	t.call.Answer(ear.SDP("sendrecv"))
	if err := t.say(); err != nil {
		return err
	}
	p.change(func(s *state) { s.Call = "up" })
	return nil
}

// say sends the tone to where the other side's description says.
func (t *talk) say() error {
	d, err := sdp.Parse(t.call.RemoteSDP())
	if err != nil {
		return fmt.Errorf("the other side's description: %w", err)
	}
	i, err := d.Audio(sdp.Unencrypted)
	if err != nil {
		return fmt.Errorf("the other side's description: %w", err)
	}
	m := &d.Media[i]
	if m.Hold() {
		t.ear.Hush()
		return nil
	}
	tone := mediatest.Tone{Hz: t.hz, Type: mediatest.PCMU}
	for _, c := range m.Codecs {
		if c.Name == "PCMU" || c.Name == "PCMA" {
			if c.Name == "PCMA" {
				tone.Type = mediatest.PCMA
			}
			break
		}
	}
	t.ear.Say(netip.AddrPortFrom(m.Addr, uint16(m.Port)), tone)
	return nil
}

// offered answers a re-INVITE: hold and resume, or another address.
func (p *phone) offered(c *siptest.Call, _ []byte) []byte {
	p.mu.Lock()
	t := p.talk
	p.mu.Unlock()
	if t == nil || t.call != c || p.earOf(t) == nil {
		return nil
	}
	if err := t.say(); err != nil {
		p.tell("%s: %v", p.box.MAC(), err)
	}
	if d, err := sdp.Parse(c.RemoteSDP()); err == nil {
		if i, err := d.Audio(sdp.Unencrypted); err == nil && d.Media[i].Hold() {
			return t.ear.SDP("recvonly")
		}
	}
	return t.ear.SDP("sendrecv")
}

// current gives the call.
func (p *phone) current() (*talk, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.talk == nil {
		return nil, errIdle
	}
	return p.talk, nil
}

// up waits until the dialled call is answered; a refusal is a StatusError.
func (p *phone) up(ctx context.Context) error {
	t, err := p.current()
	if err != nil {
		return p.ended(err)
	}
	if err := t.call.Wait(ctx); err != nil {
		return err
	}
	return p.until(ctx, "sound", func(s *state) bool { return s.Call != "dialling" })
}

// ended tells why there is no call any more.
func (p *phone) ended(err error) error {
	if last := p.show().Last; last != "" {
		return &toldError{text: last, status: leading(last)}
	}
	return err
}

// leading reads the status from "486 Busy Here"; 0: there is none.
func leading(s string) int {
	n := 0
	for i := 0; i < len(s) && s[i] >= '0' && s[i] <= '9' && i < 3; i++ {
		n = 10*n + int(s[i]-'0')
	}
	return n
}

// heard is what one side heard.
type heard struct {
	Hz      int     `json:"hz"`
	Heard   bool    `json:"heard"`
	Level   float64 `json:"level_db"`
	Share   float64 `json:"share"`
	Packets int     `json:"packets"`
	Lost    int     `json:"lost"`
}

// hear waits for a tone. What was heard before counts no more.
func (p *phone) hear(ctx context.Context, hz int) (*heard, error) {
	t, err := p.current()
	if err != nil {
		return nil, p.ended(err)
	}
	ear := p.earOf(t)
	if ear == nil {
		return nil, errIdle
	}
	v, err := ear.Await(ctx, hz)
	h := ear.Heard()
	return &heard{Hz: hz, Heard: v.Heard, Level: v.Level, Share: v.Share, Packets: h.Packets, Lost: h.Lost}, err
}

// hangUp ends the call, whatever its state; without one it does nothing.
func (p *phone) hangUp(ctx context.Context) error {
	p.mu.Lock()
	t, now := p.talk, p.state.Call
	p.mu.Unlock()
	if t == nil {
		return nil
	}
	var err error
	switch now {
	case "ringing":
		t.call.Reject(486)
	case "dialling":
		err = t.cancel(ctx)
	default:
		err = t.call.Bye(ctx)
	}
	if err != nil {
		return fmt.Errorf("hang up: %w", err)
	}
	return p.until(ctx, "the call's end", func(s *state) bool { return s.Call == "" })
}

// cancel takes a dialled call back, as soon as the other side has said anything
// at all (RFC 3261, 9.1).
func (t *talk) cancel(ctx context.Context) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for t.call.Status() < 100 {
		select {
		case <-tick.C:
		case <-t.call.Ended():
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return t.call.Cancel(ctx)
}
