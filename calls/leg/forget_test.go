package leg

import (
	"context"
	"log/slog"
	"net/netip"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/emiago/sipgo/sip"

	"cradle/registrar/transaction"
)

// still is a loop on which everything runs at once, and the flow to a phone that
// answers its INVITE, and says nothing more.
type still struct{ layer *transaction.Layer }

func (still) Post(f func()) bool                          { f(); return true }
func (still) After(time.Duration, func()) func()          { return func() {} }
func (still) WriteACK(*sip.Request) (func() error, error) { return nil, nil }
func (s still) Request(_ context.Context, req *sip.Request, heard transaction.Heard) (*transaction.Client, error) {
	req.AppendHeader(&sip.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: "UDP", Host: "127.0.0.1",
		Params: sip.HeaderParams{{K: "branch", V: sip.GenerateBranch()}}})
	tx, err := s.layer.Request(req, transaction.Flow{}, heard)
	if err == nil {
		s.layer.Receive(sip.NewResponseFromRequest(req, 200, "OK", nil), transaction.Flow{Remote: netip.MustParseAddrPort("127.0.0.1:5060")})
	}
	return tx, err
}

// owner acknowledges whatever is answered.
type owner struct{ Owner }

func (owner) Answered(l *Leg, _ []byte) { l.Ack(nil) }

// TestForgottenLegIsNotHeld: a transaction lives for up to 32 s more; the leg and its call must not.
func TestForgottenLegIsNotHeld(t *testing.T) {
	layer := transaction.New(transaction.Config{Write: func(transaction.Flow, []byte) error { return nil }})
	defer layer.Close()
	held := func(forget bool) bool {
		l := Dial(Config{Loop: still{layer}, Owner: owner{}, Flow: still{layer}, T1: time.Minute, Log: slog.New(slog.DiscardHandler)}, Invitation{})
		l.Invite()
		if forget {
			l.Forget()
		}
		w := weak.Make(l) // l is not used any more: the collector may have it
		runtime.GC()
		return w.Value() != nil
	}
	if !held(false) {
		t.Fatal("a leg that may still hear of its INVITE is gone")
	}
	if held(true) {
		t.Error("the transaction still holds the leg")
	}
	if _, clients := layer.Len(); clients != 2 {
		t.Fatalf("%d transactions", clients)
	}
}
