package calls

import (
	"encoding/json"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/cdr"
	"cradle/calls/leg"
	"cradle/directory"
	"cradle/registrar"
)

// savedLeg is one dialog in the book's note on a call.
type savedLeg struct {
	Dialog  leg.Saved
	Binding registrar.Binding
	Device  directory.ID
}

func (p *party) save() savedLeg { return savedLeg{p.leg.Save(), p.binding, p.device} }

// again is how often, and after which pause, a phone that cannot be reached
// yet is told that its call is over: stream phones must first come back.
const (
	again      = 12
	againAfter = 5 * time.Second
)

// closeUnfinished ends the calls a crash has cut: BYE to both sides, and a
// record of the end.
func (x *Exchange) closeUnfinished() error {
	notes, err := x.book.Unfinished()
	if err != nil {
		return err
	}
	for _, n := range notes {
		legs := x.readLegs(n)
		x.log.Info("call cut by a restart", "call", n.Record.ID, "from", n.Record.From, "to", n.Record.To)
		x.work.Go(func() { x.sayGoodbye(n, legs) })
	}
	return nil
}

// readLegs reads the dialogs of a note; one that cannot be read costs no other its BYE.
func (x *Exchange) readLegs(n cdr.Note) (legs []savedLeg) {
	var each []json.RawMessage
	raw, _ := n.Legs.(json.RawMessage)
	err := json.Unmarshal(raw, &each)
	for _, one := range each {
		var l savedLeg
		if bad := json.Unmarshal(one, &l); bad != nil {
			err = bad
			continue
		}
		legs = append(legs, l)
	}
	if err != nil {
		x.log.Error("a leg of a cut call cannot be read", "call", n.Record.ID, "error", err)
	}
	return legs
}

// sayGoodbye sends the BYEs and closes the record.
func (x *Exchange) sayGoodbye(n cdr.Note, legs []savedLeg) {
	wait := time.Duration(0) // the first try is made at once
	for try := 0; try < again && len(legs) > 0; try++ {
		select {
		case <-x.ctx.Done(): // the note stays for the next start
			return
		case <-time.After(wait):
		}
		wait = againAfter
		var left []savedLeg
		for _, l := range legs {
			if err := x.bye(l); err != nil {
				x.log.Debug("BYE after a restart not sent yet", "call", n.Record.ID, "error", err)
				left = append(left, l)
			}
		}
		legs = left
	}
	n.Record.Ended, n.Record.EndedBy, n.Record.Reason = x.cfg.Now(), "system", "cut by a restart"
	x.book.Ended(n.Record)
}

// bye hangs one saved dialog up: on its old flow, or on the newest one its
// phone has now.
func (x *Exchange) bye(l savedLeg) error {
	reason := leg.Reason(sip.StatusServiceUnavailable, "Cut by a restart")
	err := leg.Hangup(leg.Config{Loop: beside{}, Flow: flow{x.cfg.Registrar, l.Binding}, Log: x.log}, l.Dialog, reason)
	if err == nil || l.Binding.Account == "" {
		return err
	}
	for _, b := range x.cfg.Registrar.Lookup(l.Binding.Account) {
		return leg.Hangup(leg.Config{Loop: beside{}, Flow: flow{x.cfg.Registrar, b}, Log: x.log}, l.Dialog, reason)
	}
	return err
}

// beside is the loop of a leg that has no call: nobody listens to it.
type beside struct{}

func (beside) Post(func()) bool                          { return false }
func (beside) After(time.Duration, func()) (stop func()) { return func() {} }
