package leg

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/transaction"
)

// TestOfferTakenBackAtOnce: the CANCEL of a re-INVITE is there before its call looks
// at it. Nobody is told of the offer, and it is refused at once.
func TestOfferTakenBackAtOnce(t *testing.T) {
	var sent bytes.Buffer
	var tx *transaction.Server
	layer := transaction.New(transaction.Config{Write: func(_ transaction.Flow, b []byte) error { sent.Write(b); return nil },
		Request: func(_ *sip.Request, got *transaction.Server) { tx = got }})
	defer layer.Close()
	invite := request(t)
	layer.Receive(invite, transaction.Flow{})
	cancel := invite.Clone()
	cancel.Method = sip.CANCEL
	cancel.CSeq().MethodName = sip.CANCEL
	layer.Receive(cancel, transaction.Flow{})
	l := newLeg(Config{Loop: still{}, Owner: owner{}, Log: slog.New(slog.DiscardHandler)}) // an owner that faults where it is told
	l.state = confirmed
	l.offered(invite, tx)
	if !bytes.Contains(sent.Bytes(), []byte("SIP/2.0 487 ")) || l.offerIn != nil {
		t.Errorf("sent %q", sent.String())
	}
}
