package calls

import (
	"context"
	"errors"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/event"
	"cradle/calls/feature"
	"cradle/calls/leg"
	"cradle/directory"
	"cradle/media"
)

// errGone means that the caller has hung up.
var errGone = errors.New("the caller has gone")

// desk is a call answered by us: what a feature sees of it. Features call its
// methods beside the loop and wait; all of its fields are of the loop, but for
// gone and at.
type desk struct {
	c        *Call
	at       directory.LineRef
	language string
	end      *media.Endpoint
	gone     chan struct{} // closed when the call has ended
	way      way           // by which digits come in this call
	turn     int           // counts what was said, so that the end of an old one is known
	silent   func()        // stops waiting for the next digit
	said     func(error)   // who waits for the end of what is said
	asked    *question
	ahead    []byte // keys that were pressed before the question they are for
	result   result // what the phone is told of it at the end
}

// result is a status and words, as in an answer to the call.
type result struct {
	status int
	reason string
}

var _ feature.Desk = (*desk)(nil)

// serve runs a feature beside the call.
func (c *Call) serve(run feature.Feature) {
	d := &desk{c: c, result: result{sip.StatusOK, "Normal call clearing"}, at: directory.LineRef{Device: c.peer.Device.ID, Line: c.peer.Line}, gone: make(chan struct{})}
	if org := c.snapshot.Organization(c.peer.Device.Organization); org != nil {
		d.language = org.Language
	}
	c.desk = d
	argument := c.plan.Argument
	c.Go(func(ctx context.Context) {
		defer d.HangUp()
		run(ctx, d, argument)
	})
}

// Line is where the code was dialled.
func (d *desk) Line() directory.LineRef { return d.at }

// on runs f on the loop and waits until what it began is done.
func (d *desk) on(f func(done func(error))) error {
	result := make(chan error, 1)
	done := func(err error) {
		select {
		case result <- err:
		default:
		}
	}
	posted := d.c.Post(func() {
		if d.c.ended {
			done(errGone)
			return
		}
		f(done)
	})
	if !posted {
		return errGone
	}
	select {
	case err := <-result:
		return err
	case <-d.gone:
		return errGone
	}
}

// Answer takes the call.
func (d *desk) Answer() error { return d.on(d.answer) }

func (d *desk) answer(done func(error)) {
	c, p, offer := d.c, d.c.caller, d.c.req.Body()
	if err := d.open(offer); err != nil {
		c.log.Info("a code's call cannot be answered", "error", err)
		if p.media == nil {
			c.noMedia(err)
		} else {
			c.Refuse(sip.StatusNotAcceptableHere, "Not Acceptable Here")
		}
		done(err)
		return
	}
	body, err := p.media.Answer()
	if err != nil {
		c.Refuse(sip.StatusNotAcceptableHere, "Not Acceptable Here")
		done(err)
		return
	}
	if len(offer) == 0 {
		c.onAck = func(_ *leg.Leg, answer []byte) { done(d.lateAnswer(answer)) }
	}
	c.snapshot, c.req, c.tx = nil, nil, nil
	if !p.leg.Answer(body) {
		done(errGone)
		return
	}
	c.upAlone()
	if len(offer) > 0 {
		done(nil)
	}
}

// open opens the caller's media with us at its other side.
func (d *desk) open(said []byte) error {
	p := d.c.caller
	sits := d.c.snapshot.Sitting(d.at).Extension
	if err := d.c.openCallerMedia(p, sits); err != nil {
		return err
	}
	if len(said) > 0 {
		if err := p.hear(offer, said); err != nil {
			return err
		}
	}
	cfg := media.EndpointConfig{Digits: digitsOf(d.c.snapshot, d.c.peer.Device, sits)}
	if cfg.Digits == media.Events { // a phone that does not announce them is heard all the same
		cfg.Digits = media.Auto
	}
	if cfg.Digits != media.ByInfo {
		cfg.Pressed = func(key byte) { d.c.Post(func() { d.key(key, byMedia) }) }
	}
	var err error
	d.end, err = p.media.Local(cfg)
	return err
}

func (d *desk) lateAnswer(body []byte) error {
	if err := d.c.caller.hear(answer, body); err != nil {
		d.c.log.Info("no usable answer in the ACK", "error", err)
		d.c.hangUp("system", sip.StatusNotAcceptableHere, "Not Acceptable Here")
		return err
	}
	d.end.Settle()
	return nil
}

// upAlone is up for a call that no other phone has a part in.
func (c *Call) upAlone() {
	c.record.Answered, c.record.Status = c.x.cfg.Now(), sip.StatusOK
	c.mu.Lock()
	c.show.Answered = c.record.Answered
	c.mu.Unlock()
	c.setState(Talking)
	c.publish(event.Answered, "system", nil)
	c.note(c.caller)
}

// Refuse ends a call that was not answered.
func (d *desk) Refuse(status int, reason string) {
	_ = d.on(func(done func(error)) { d.c.Refuse(status, reason); done(nil) })
}

// Result is what the BYE will say (RFC 3326).
func (d *desk) Result(status int, reason string) {
	d.c.Post(func() { d.result = result{status, reason} })
}

// HangUp ends the call, answered or not.
func (d *desk) HangUp() {
	d.c.Post(func() {
		if d.c.record.Answered.IsZero() {
			d.c.hangUp("system", sip.StatusTemporarilyUnavailable, "Temporarily Unavailable")
			return
		}
		d.c.hangUp("system", d.result.status, d.result.reason)
	})
}

// leave tells the feature that the call has ended.
func (d *desk) leave() {
	clear(d.ahead)
	if d.asked != nil {
		clear(d.asked.digits)
		d.asked = nil
	}
	close(d.gone)
}

// Say says something to its end, or until a key is pressed.
func (d *desk) Say(phrases ...string) error {
	return d.on(func(done func(error)) { d.say(phrases, done) })
}

func (d *desk) say(phrases []string, done func(error)) {
	d.turn++
	turn := d.turn
	d.said = done
	d.end.Play(d.c.x.prompts.Say(d.language, phrases...), func() {
		d.c.Post(func() {
			if d.turn == turn {
				d.finished()
			}
		})
	})
}

// finished: what was said is over, by its end or by a key.
func (d *desk) finished() {
	d.turn++
	if said := d.said; said != nil {
		d.said = nil
		said(nil)
	}
}

// offered takes a new offer of the caller's: hold, resume, another address.
func (d *desk) offered(o *leg.Offer) {
	p := d.c.caller
	before := p.said
	if len(o.Body) > 0 {
		if err := p.hear(offer, o.Body); err != nil {
			o.Refuse(sip.StatusNotAcceptableHere)
			return
		}
	}
	body, err := p.media.Answer()
	if err != nil {
		d.c.restore(p, before)
		o.Refuse(sip.StatusNotAcceptableHere)
		return
	}
	if o.Answer(body) && len(o.Body) == 0 {
		d.c.onAck = func(_ *leg.Leg, answer []byte) { _ = d.lateAnswer(answer) }
	}
}
