package leg

import (
	"context"
	"log/slog"
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/emiago/sipgo/sip"
)

// still is a loop on which nothing runs, and the flow to a phone that says nothing.
type still struct{ tx *sip.ClientTx }

func (still) Post(func()) bool                                               { return true }
func (still) After(time.Duration, func()) func()                             { return func() {} }
func (still) Go(func(context.Context))                                       {}
func (still) WriteACK(*sip.Request) error                                    { return nil }
func (s still) Request(context.Context, *sip.Request) (*sip.ClientTx, error) { return s.tx, nil }

// TestForgottenLegIsNotHeld: a transaction lives for up to 32 s more; the leg and its call must not.
func TestForgottenLegIsNotHeld(t *testing.T) {
	tx := sip.NewClientTx("key", sip.NewRequest(sip.INVITE, sip.Uri{Host: "phone.test"}), nil, slog.Default())
	held := func(forget bool) bool {
		l := Dial(Config{Loop: still{}, Flow: still{tx}, Log: slog.New(slog.DiscardHandler)}, Invitation{})
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
	runtime.KeepAlive(tx)
}
