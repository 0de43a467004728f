package leg

import (
	"strconv"

	"github.com/emiago/sipgo/sip"
)

// Bye hangs up. Where our 2xx is not yet acknowledged it waits for that, as
// RFC 3261 section 15 demands; an INVITE without final answer is cancelled.
// reason may be empty, or the value of a Reason header.
func (l *Leg) Bye(reason string) {
	switch l.state {
	case confirmed:
		if l.firm != nil { // a re-INVITE was answered and not acknowledged: nothing to wait for
			l.firm.end()
		}
		if l.out != nil && l.out.settled && l.offering() { // the phone waits for our ACK
			l.Ack(nil)
		}
		_ = l.sendBye(reason)
		l.finish()
	case answered:
		if l.out != nil {
			l.Ack(nil)
			_ = l.sendBye(reason)
			l.finish()
			return
		}
		l.byeLater = reason
		if reason == "" {
			l.byeLater = Reason(sip.StatusOK, "Normal clearing")
		}
	case early:
		if l.out != nil {
			l.Cancel(reason)
		}
	}
}

// sendBye sends the request; whatever the phone answers, the dialog is over.
func (l *Leg) sendBye(reason string) error {
	req := l.id.next(sip.BYE)
	if reason != "" {
		req.AppendHeader(sip.NewHeader("Reason", reason))
	}
	req.SetBody(nil)
	_, err := l.send(req, func(*sip.Response, error) {})
	if err != nil {
		l.log.Debug("BYE not sent", "error", err)
	}
	return err
}

// Reason is the value of a Reason header (RFC 3326); text is quoted.
func Reason(cause int, text string) string {
	return `SIP;cause=` + strconv.Itoa(cause) + `;text="` + text + `"`
}
