package leg

import "github.com/emiago/sipgo/sip"

// Ping asks the phone by an OPTIONS inside the dialog whether it is there. Any
// answer says yes but 408 and 481 (RFC 3261 section 12.2.1.2); otherwise it is
// told BYE, should it come back, and the leg ends.
func (l *Leg) Ping() {
	if l.state != confirmed {
		return
	}
	req := l.id.next(sip.OPTIONS)
	req.SetBody(nil)
	enough := l.cfg.Loop.After(64*l.cfg.T1, l.vanished) // Timer F, RFC 3261 section 17.1.2.2
	_, err := l.send(req, func(res *sip.Response, _ error) {
		if res != nil && res.IsProvisional() {
			return
		}
		enough()
		if res == nil || res.StatusCode == sip.StatusRequestTimeout || res.StatusCode == sip.StatusCallTransactionDoesNotExists {
			l.vanished()
		}
	})
	if err != nil {
		enough()
		l.vanished()
	}
}

func (l *Leg) vanished() {
	if l.state != confirmed {
		return
	}
	_ = l.sendBye(Reason(sip.StatusRequestTimeout, "No media and no answer"))
	l.lost("phone lost")
}
