package feature

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cradle/directory"
)

// seats is how codes move people: *30 with an extension sits it down at the
// phone that dials, *30 alone undoes that (docs/seats.md).
type seats struct{ Config }

// visit is one dialogue.
type visit struct {
	seats
	Desk
	ctx    context.Context
	at     directory.LineRef
	device *directory.Device
	home   *directory.Extension // of the line; nil: a hot-desk phone
}

// tries is how often a secret may be entered in one call, and a new PIN chosen.
const tries = 3

// dialled is the story of the code.
func (s seats) dialled(ctx context.Context, d Desk, number string) {
	if err := d.Answer(); err != nil {
		return
	}
	v := visit{seats: s, Desk: d, ctx: ctx, at: d.Line()}
	now := s.Directory.Snapshot()
	if v.device = now.Device(v.at.Device); v.device == nil {
		return
	}
	if v.at.Line >= 1 && v.at.Line <= len(v.device.Lines) {
		v.home = now.Extension(v.device.Lines[v.at.Line-1].Home)
	}
	var last []string
	if number == "" || v.home != nil && v.home.Number == number {
		last = v.leave()
	} else {
		last = v.sit(now, number)
	}
	if len(last) > 0 {
		_ = d.Say(last...) // whoever hung up meanwhile needs no goodbye
	}
}

// leave undoes what can be undone here, asking for nothing.
func (v *visit) leave() []string {
	var gone *directory.Seat
	err := v.update(func(tx *directory.Tx) (err error) {
		gone, err = tx.LeaveLine(v.at)
		return err
	})
	switch {
	case err != nil:
		return v.failed(err)
	case gone == nil:
		return []string{"nothing-to-undo"}
	}
	now := v.Directory.Snapshot()
	ext := now.Extension(gone.Extension)
	if ext == nil {
		return []string{"guest", "logged-out"}
	}
	v.Log.Info("seat left by code", "extension", ext.Number, "phone", v.device.PhoneID)
	for range now.HomeLines(ext.ID) {
		return spoken(ext.Number, "is-home")
	}
	return spoken(ext.Number, "logged-out")
}

// spoken says something of an extension.
func spoken(number string, phrases ...string) []string {
	return append(append([]string{"extension"}, strings.Split(number, "")...), phrases...)
}

// sit moves an extension here, when its secret is known. It gives what is said last.
func (v *visit) sit(now *directory.Snapshot, number string) []string {
	ext := now.ExtensionByNumber(v.device.Organization, number)
	if g := now.Seat(v.at); g != nil && ext != nil && g.Extension == ext.ID {
		return spoken(number, "already-here")
	}
	if v.home != nil && !v.home.Virtualization.Allow {
		return []string{"not-allowed-here"}
	}
	if ext != nil && !ext.HotDesk {
		ext = nil // as if there were none: a stranger learns nothing
	}
	verdict, err := v.admit(ext, number)
	switch {
	case err != nil:
		return nil
	case !verdict.OK:
		return []string{"refused", "goodbye"}
	}
	pin := ""
	if verdict.Default {
		if pin, err = v.replacePIN(ext); err != nil || pin == "" {
			return []string{"goodbye"}
		}
	}
	return v.moveIn(ext, pin)
}

// admit asks for the secret: at a hot-desk phone the PIN, at a base
// extension's the secret code. Whatever is wrong, what is said and when is the same.
func (v *visit) admit(ext *directory.Extension, number string) (verdict directory.Verdict, err error) {
	kind, question := directory.SecretCode, "ask-code"
	if v.home == nil {
		kind, question = directory.SecretPIN, "ask-pin"
	}
	phrases := []string{question}
	for range tries {
		digits, err := v.Ask(kind.Longest(), phrases...)
		if err != nil {
			return verdict, err
		}
		phrases = []string{"refused", "try-again", question}
		if digits.Empty() {
			continue
		}
		even := time.After(v.Even)
		verdict = v.Directory.Try(v.ctx, v.attempt(kind, ext, digits))
		if verdict.OK {
			return verdict, nil
		}
		v.note(number, verdict)
		<-even
		if verdict.Locked {
			break
		}
	}
	return verdict, nil
}

func (v *visit) attempt(kind directory.SecretKind, ext *directory.Extension, digits directory.Secret) directory.Attempt {
	a := directory.Attempt{Kind: kind, Digits: digits, Device: v.device.ID}
	if ext != nil {
		a.Extension = ext.ID
	}
	return a
}

// note tells administrators why somebody was not let in.
func (v *visit) note(number string, verdict directory.Verdict) {
	v.Log.Info("not let in by code", "extension", number, "phone", v.device.PhoneID, "why", verdict.Why)
	if verdict.Locked {
		v.Log.Error("alarm", "what", "secret of extension "+number+" locked", "phone", v.device.PhoneID)
	}
	if verdict.Barred {
		v.Log.Error("alarm", "what", "phone "+v.device.PhoneID+" barred: it locked several extensions", "phone", v.device.PhoneID)
	}
}

// errDiffers keeps a PIN that was not repeated from being taken.
var errDiffers = errors.New("not repeated")

// replacePIN asks for a PIN of its owner's own, twice. Empty: none was chosen.
func (v *visit) replacePIN(ext *directory.Extension) (string, error) {
	phrases := []string{"ask-new-pin"}
	for range tries {
		pin, err := v.choosePIN(ext, phrases)
		switch {
		case err == nil:
			return pin, nil
		case errors.Is(err, errDiffers):
			phrases = []string{"pins-differ", "ask-new-pin"}
		case errors.Is(err, directory.ErrInvalid):
			phrases = []string{"pin-too-easy", "ask-new-pin"}
		default:
			return "", err
		}
	}
	return "", nil
}

func (v *visit) choosePIN(ext *directory.Extension, phrases []string) (string, error) {
	first, err := v.Ask(directory.SecretPIN.Longest(), phrases...)
	if err != nil {
		return "", err
	}
	if err := v.Directory.Snapshot().CheckPIN(ext, first.Reveal()); err != nil {
		return "", err
	}
	second, err := v.Ask(directory.SecretPIN.Longest(), "ask-pin-again")
	if err != nil {
		return "", err
	}
	if !first.Equal(second) {
		return "", errDiffers
	}
	return first.Reveal(), nil
}

// moveIn is the single write of the dialogue.
func (v *visit) moveIn(ext *directory.Extension, newPIN string) []string {
	err := v.update(func(tx *directory.Tx) error {
		if newPIN != "" {
			if err := tx.SetPIN(ext.ID, newPIN); err != nil {
				return err
			}
		}
		_, err := tx.Sit(directory.SitRequest{Extension: ext.ID, At: v.at, By: ext.Number, How: directory.HowCode})
		return err
	})
	if err != nil {
		return v.failed(err)
	}
	v.Log.Info("seat taken by code", "extension", ext.Number, "phone", v.device.PhoneID)
	if v.home == nil {
		return []string{"logged-in"}
	}
	return spoken(ext.Number, "is-here-now")
}

func (v *visit) update(f func(*directory.Tx) error) error {
	return v.Directory.Update(v.ctx, directory.Actor{Kind: "phone", Name: fmt.Sprintf("%s line %d", v.device.PhoneID, v.at.Line)}, f)
}

// failed says what is said when a change was not made.
func (v *visit) failed(err error) []string {
	v.Log.Warn("seat not changed by code", "phone", v.device.PhoneID, "error", err)
	if errors.Is(err, directory.ErrRefused) {
		return []string{"refused", "goodbye"}
	}
	return []string{"not-now"}
}
