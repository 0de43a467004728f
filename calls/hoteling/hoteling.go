// Package hoteling lets people log in by the softkey that some phones have of
// their own for it (event package x-broadworks-hoteling): the phone subscribes,
// names a guest in the body of a SUBSCRIBE, is given a nonce in a NOTIFY and
// answers with a proof that the guest's secret was entered; an empty name releases.
//
// The rules are those of every other door (directory/seating). What the protocol
// cannot do is ask for a PIN of the guest's own: a default PIN opens nothing here.
package hoteling

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"cradle/directory"
	"cradle/directory/seating"
	"cradle/registrar"
)

// Door is the front door as hoteling uses it; *registrar.Registrar satisfies it.
type Door interface {
	HandlePackage(registrar.EventPackage)
	Changed(keys ...string)
}

// Config is what New needs. Log and Now may be left out.
type Config struct {
	Directory *directory.Directory
	Door      Door
	Rules     *seating.Rules
	// Speaks tells whether phones of a model log people in this way.
	Speaks func(model string) bool
	Log    *slog.Logger
	Now    func() time.Time
}

// Bounds: how long a phone may take to answer with its proof, and how many do at once.
const (
	proofTime  = time.Minute
	asksMost   = 10_000
	leastStay  = time.Minute
	longestFor = 999 * time.Hour
)

// Hoteling is the room that is open. Use New before the door runs.
type Hoteling struct {
	c       Config
	changes *directory.Watcher
	work    sync.WaitGroup

	asks *seating.Pending[ask] // by account
}

// ask is a guest whose proof is awaited.
type ask struct {
	number string
	stay   time.Duration // 0: for good
}

// New puts the event package on the desk and begins to listen.
func New(c Config) *Hoteling {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	h := &Hoteling{c: c, changes: c.Directory.Watch(), asks: seating.NewPending[ask](asksMost, proofTime, c.Now)}
	c.Door.HandlePackage(registrar.EventPackage{Name: "x-broadworks-hoteling", Expires: time.Hour, Accept: h.accept, State: h.state})
	h.work.Go(h.listen)
	return h
}

// Close ends listening.
func (h *Hoteling) Close() {
	h.changes.Close()
	h.work.Wait()
}

// listen tells phones whose seats have changed, by whichever door.
func (h *Hoteling) listen() {
	for changes := range h.changes.C() {
		var keys []string
		for _, c := range changes {
			for _, r := range []any{c.Old, c.New} {
				switch r := r.(type) {
				case *directory.Seat:
					keys = append(keys, lineKey(r.At()))
				case *directory.Extension: // its number may be another
					if seat := h.c.Directory.Snapshot().Guest(r.ID); seat != nil {
						keys = append(keys, lineKey(seat.At()))
					}
				}
			}
		}
		h.c.Door.Changed(keys...)
	}
}

func lineKey(at directory.LineRef) string {
	return "seat:" + string(at.Device) + "/" + strconv.Itoa(at.Line)
}

func at(w registrar.Watcher) directory.LineRef { return w.Account.Device.At(w.Account.Line) }

// accept judges a SUBSCRIBE and does what its body asks. Whether a guest was let
// in stands in the NOTIFY that follows, not in the status.
func (h *Hoteling) accept(ctx context.Context, w registrar.Watcher) int {
	place, ok := h.c.Rules.Stand(at(w), directory.HowScreen)
	switch {
	case !ok || w.Account.Device.Disabled || !w.Account.Device.Step.Approved():
		return 403
	case !h.c.Speaks(w.Account.Device.Model):
		return 489
	case len(w.Body) == 0:
		return 200
	}
	if t, _, _ := strings.Cut(w.ContentType, ";"); !strings.EqualFold(strings.TrimSpace(t), contentType) {
		return 415
	}
	wish, err := read(w.Body)
	if err != nil {
		return 400
	}
	h.do(ctx, w.Account.User, place, wish)
	return 200
}

// do releases, asks for a proof, or judges one.
func (h *Hoteling) do(ctx context.Context, account string, p seating.Place, wish wish) {
	pending, _ := h.asks.Take(account)
	if wish.number == "" {
		_, _ = h.c.Rules.Leave(ctx, p) // nothing to undo, or logged: the NOTIFY says who sits there
		return
	}
	switch h.c.Rules.Before(ctx, p, wish.number) {
	case seating.AskSecret:
	case seating.ComesHome:
		_, _ = h.c.Rules.Leave(ctx, p)
		return
	default:
		return
	}
	if wish.proof.Empty() || pending.number != wish.number {
		h.asks.Keep(account, ask{number: wish.number, stay: wish.stay})
		return
	}
	answer, ext := h.c.Rules.Prove(ctx, p, wish.number, wish.proof)
	switch answer {
	case seating.Welcome:
		if stay := max(wish.stay, pending.stay); stay > 0 {
			p.Until = h.c.Now().Add(stay)
		}
		_ = h.c.Rules.Sit(ctx, p, ext, directory.Secret{}) // logged; the NOTIFY says who sits there
	case seating.ChoosePIN:
		h.c.Log.Info("not let in", "extension", wish.number, "phone", p.Device.PhoneID, "why", "the first PIN has to be replaced by code or at a page of ours")
	}
}

// state is who sits at the line as a guest, or what its phone has to prove.
func (h *Hoteling) state(w registrar.Watcher) registrar.EventState {
	s := registrar.EventState{ContentType: contentType, Watch: []string{lineKey(at(w))}}
	place, ok := h.c.Rules.Stand(at(w), directory.HowScreen)
	if !ok {
		s.Gone = "noresource"
		return s
	}
	var e event
	seat := w.Snapshot.Seat(at(w))
	if a, ok := h.asks.Held(w.Account.User); ok {
		e.Guest = a.number
		e.Authentication = &authentication{Nonce: h.c.Rules.Nonce(place, a.number), Algorithm: "MD5"}
	} else if seat != nil && seat.Kind != directory.SeatHome && place.Here != nil {
		e.Guest = place.Here.Number
		if !seat.Until.IsZero() {
			e.Expires = max(int64(seat.Until.Sub(h.c.Now())/time.Second), 0)
		}
	}
	s.Body = e.write()
	return s
}
