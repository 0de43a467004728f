// Package seating holds how somebody who stands at a phone sits down there and
// leaves: the steps and rules that a dialled code, the phone's screen and the
// phone's own log-in have in common (docs/seats.md). The doors differ in how they
// ask and how they tell; what is asked, in which order, and what comes of it is
// here.
//
// The story: Stand says where the person is, Before what needs no secret, Admit
// judges the secret, Sit is the single write, Leave undoes it.
package seating

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"cradle/directory"
)

// Directory is what is read and written; *directory.Directory satisfies it.
type Directory interface {
	Snapshot() *directory.Snapshot
	Update(context.Context, directory.Actor, func(*directory.Tx) error) error
	Try(context.Context, directory.Attempt) directory.Verdict
	TryActivation(phone *directory.Device, key directory.Secret) (*directory.Extension, directory.Verdict)
	ProofNonce(org directory.ID, number string, kind directory.SecretKind) string
	NoteRefusal(context.Context, directory.SeatEvent) error
}

// Config is what all doors share.
type Config struct {
	Directory Directory
	Log       *slog.Logger
	// Even is how long after an entered secret a refusal is told, so that
	// every one takes the same time; 0: 60 ms.
	Even time.Duration
	// Tell is told of locks; nil: nobody is. It must not wait for anybody.
	Tell func(Notice)
	Now  func() time.Time // nil: time.Now
}

// Notice is something that an administrator, and the owner of the extension, have
// to know.
type Notice struct {
	Device    *directory.Device
	Extension *directory.Extension // whose secret was locked; nil: the phone is barred
	Secret    directory.SecretKind
}

// Tries is how often a secret may be entered in one dialogue, and a new PIN chosen.
const Tries = 3

// Rules are the same for every door. They hold nothing of a dialogue.
type Rules struct {
	c       Config
	refused refusals
}

// New makes the rules.
func New(c Config) *Rules {
	if c.Even == 0 {
		c.Even = 60 * time.Millisecond
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Rules{c: c}
}

// Place is where somebody stands, and by which door he speaks with us.
type Place struct {
	At     directory.LineRef
	How    string // directory.HowCode, HowScreen
	Device *directory.Device
	Home   *directory.Extension // of the line; nil: a hot-desk phone
	Here   *directory.Extension // who sits there; nil: nobody
	Until  time.Time            // when a seat taken here ends by itself; zero: never
	// pinToo: who has no secret code enters his PIN in its place here.
	pinToo bool
}

// Stand finds a line; false: there is none.
func (r *Rules) Stand(at directory.LineRef, how string) (Place, bool) {
	now := r.c.Directory.Snapshot()
	p := Place{At: at, How: how, Device: now.Device(at.Device)}
	if p.Device == nil || at.Line < 1 || at.Line > len(p.Device.Lines) {
		return p, false
	}
	p.Home = now.Extension(p.Device.Lines[at.Line-1].Home)
	if org := now.Organization(p.Device.Organization); org != nil && p.Home != nil {
		p.pinToo = org.PINForCode
	}
	if seat := now.Seat(at); seat != nil {
		p.Here = now.Extension(seat.Extension)
	}
	return p, true
}

// Secret is what is asked for here: at a hot-desk phone the PIN, at a base
// extension's the secret code.
func (p Place) Secret() directory.SecretKind {
	if p.Home == nil {
		return directory.SecretPIN
	}
	return directory.SecretCode
}

// Longest is how many digits may be entered here. It says nothing of whom it is.
func (p Place) Longest() int {
	if p.pinToo {
		return directory.SecretPIN.Longest()
	}
	return p.Secret().Longest()
}

// secretOf is what opens an extension here.
func (p Place) secretOf(ext *directory.Extension) directory.SecretKind {
	if p.pinToo && ext != nil && ext.Virtualization.Secret == "" {
		return directory.SecretPIN
	}
	return p.Secret()
}

// Answer is what comes of a step.
type Answer int

// The answers, in the order in which they may come.
const (
	AskSecret   Answer = iota // the secret is to be entered
	ComesHome                 // the number is the phone's own: as if none had been given
	AlreadyHere               // it sits here
	NotAllowed                // the phone's extension lets no others sit here
	NeverShared               // the phone is for who is at home there
	Refused                   // whatever is wrong with number or secret
	ChoosePIN                 // the secret is right, and has to be replaced by one of its owner's own
	Welcome                   // the secret is right
)

// Shared tells whether anybody may sit here who is not at home: AskSecret, or why not.
func (p Place) Shared() Answer {
	switch {
	case p.Device.Alone():
		return NeverShared
	case p.Home != nil && !p.Home.Virtualization.Allow:
		return NotAllowed
	}
	return AskSecret
}

// Before answers what is told before any secret is asked.
func (r *Rules) Before(ctx context.Context, p Place, number string) Answer {
	switch {
	case number == "", p.Home != nil && p.Home.Number == number:
		return ComesHome
	case p.Here != nil && p.Here.Number == number:
		return AlreadyHere
	}
	shared := p.Shared()
	switch shared {
	case NeverShared:
		r.refuse(ctx, p, number, "the phone is never shared")
	case NotAllowed:
		r.refuse(ctx, p, number, "the phone's extension does not allow others")
	}
	return shared
}

// Admit judges a secret. Whatever is wrong, the answer and its time are the same;
// the reason is for the log. The extension is nil unless the secret is right.
func (r *Rules) Admit(ctx context.Context, p Place, number string, secret directory.Secret) (Answer, *directory.Extension) {
	return r.admit(ctx, p, number, directory.Attempt{Digits: secret})
}

// Nonce is what a phone mixes into its proof of a number's secret; Prove is Admit
// for that proof.
func (r *Rules) Nonce(p Place, number string) string {
	ext := r.c.Directory.Snapshot().ExtensionByNumber(p.Device.Organization, number)
	return r.c.Directory.ProofNonce(p.Device.Organization, number, p.secretOf(ext))
}

// Prove judges a proof of a secret.
func (r *Rules) Prove(ctx context.Context, p Place, number string, proof directory.Secret) (Answer, *directory.Extension) {
	return r.admit(ctx, p, number, directory.Attempt{Proof: proof})
}

func (r *Rules) admit(ctx context.Context, p Place, number string, a directory.Attempt) (Answer, *directory.Extension) {
	even := time.After(r.c.Even)
	ext := r.c.Directory.Snapshot().ExtensionByNumber(p.Device.Organization, number)
	a.Kind, a.Device = p.secretOf(ext), p.Device.ID
	why := hidden(ext, a.Kind)
	if why == "" || why == noCode {
		a.Extension = ext.ID
	} // else as if there were none: a stranger learns nothing
	verdict := r.c.Directory.Try(ctx, a)
	switch {
	case verdict.OK && verdict.Default:
		return ChoosePIN, ext
	case verdict.OK:
		return Welcome, ext
	}
	if why == "" {
		why = verdict.Why
	}
	r.refuse(ctx, p, number, why)
	r.tell(p, ext, a.Kind, verdict)
	select {
	case <-even:
	case <-ctx.Done():
	}
	return Refused, nil
}

const noCode = "no secret code is set"

// hidden is why an extension cannot be let in whatever is entered; empty: it can.
func hidden(ext *directory.Extension, kind directory.SecretKind) string {
	switch {
	case ext == nil:
		return "there is no such extension"
	case !ext.HotDesk:
		return "the extension sits nowhere but at home"
	case kind == directory.SecretCode && ext.Virtualization.Secret == "":
		return noCode
	}
	return ""
}

// CheckPIN judges a PIN that somebody chose for his extension; directory.ErrInvalid.
func (r *Rules) CheckPIN(ext *directory.Extension, pin directory.Secret) error {
	return r.c.Directory.Snapshot().CheckPIN(ext, pin.Reveal())
}

// Sit is the single write of a dialogue: the extension sits here, with the PIN
// that its owner chose; empty: it keeps its own.
func (r *Rules) Sit(ctx context.Context, p Place, ext *directory.Extension, pin directory.Secret) error {
	return r.seat(ctx, p, ext, func(tx *directory.Tx) error {
		if pin.Empty() {
			return nil
		}
		return tx.SetPIN(ext.ID, pin.Reveal())
	})
}

func (r *Rules) seat(ctx context.Context, p Place, ext *directory.Extension, first func(*directory.Tx) error) error {
	err := r.update(ctx, p, func(tx *directory.Tx) error {
		if err := first(tx); err != nil {
			return err
		}
		_, err := tx.Sit(directory.SitRequest{Extension: ext.ID, At: p.At, By: ext.Number, How: p.How, Until: p.Until})
		return err
	})
	if errors.Is(err, directory.ErrRefused) {
		r.refuse(ctx, p, ext.Number, err.Error())
		return err
	}
	if err != nil {
		return r.failed(p, err)
	}
	r.c.Log.Info("seat taken", "extension", ext.Number, "phone", p.Device.PhoneID, "how", p.How)
	return nil
}

// MayBeKey tells whether digits have the form of an activation key and are no
// extension's number.
func (r *Rules) MayBeKey(p Place, digits directory.Secret) bool {
	d := digits.Reveal()
	return len(d) == directory.ActivationDigits && r.c.Directory.Snapshot().ExtensionByNumber(p.Device.Organization, d) == nil
}

// Redeem sits down whoever entered an activation key, and uses it up, at a phone
// where nobody is at home and nobody sits. ErrKey, after the same time, is all that
// is said of any other.
func (r *Rules) Redeem(ctx context.Context, p Place, key directory.Secret) (*directory.Extension, error) {
	even := time.After(r.c.Even)
	if p.Home != nil || p.Here != nil || p.Shared() != AskSecret {
		return nil, ErrKey
	}
	ext, verdict := r.c.Directory.TryActivation(p.Device, key)
	if ext != nil {
		return ext, r.seat(ctx, p, ext, func(tx *directory.Tx) error { return tx.UseActivation(ext.ID, key) })
	}
	r.refuse(ctx, p, "", verdict.Why)
	r.tell(p, nil, directory.SecretPIN, verdict)
	select {
	case <-even:
	case <-ctx.Done():
	}
	return nil, ErrKey
}

// ErrKey means that what was entered is no activation key that is good here.
var ErrKey = errors.New("no activation key")

// Left is who left.
type Left struct {
	Extension *directory.Extension // nil: it was deleted meanwhile
	Home      bool                 // it has a phone of its own, where it is now
}

// ErrNothing means that there was nothing to undo.
var ErrNothing = errors.New("nothing to undo")

// Leave undoes what can be undone here, asking for nothing: the guest leaves, or
// the phone's own extension comes home. ErrNothing: neither is so.
func (r *Rules) Leave(ctx context.Context, p Place) (Left, error) {
	var gone *directory.Seat
	err := r.update(ctx, p, func(tx *directory.Tx) (err error) {
		gone, err = tx.LeaveLine(p.At)
		return err
	})
	if err != nil {
		return Left{}, r.failed(p, err)
	}
	if gone == nil {
		return Left{}, ErrNothing
	}
	now := r.c.Directory.Snapshot()
	left := Left{Extension: now.Extension(gone.Extension)}
	if left.Extension == nil {
		return left, nil
	}
	left.Home = now.HasDesk(left.Extension.ID)
	r.c.Log.Info("seat left", "extension", left.Extension.Number, "phone", p.Device.PhoneID, "how", p.How)
	return left, nil
}

func (r *Rules) update(ctx context.Context, p Place, f func(*directory.Tx) error) error {
	return r.c.Directory.Update(ctx, directory.Actor{Kind: "phone", Name: fmt.Sprintf("%s line %d", p.Device.PhoneID, p.At.Line)}, f)
}

func (r *Rules) failed(p Place, err error) error {
	r.c.Log.Warn("seat not changed", "phone", p.Device.PhoneID, "how", p.How, "error", err)
	return err
}
