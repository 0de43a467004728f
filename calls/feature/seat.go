package feature

import (
	"context"
	"errors"
	"strings"

	"cradle/directory"
	"cradle/directory/seating"
)

// seats is how codes move people: *30 with an extension sits it down at the
// phone that dials, *30 alone undoes that (docs/seats.md).
type seats struct{ rules *seating.Rules }

// visit is one dialogue.
type visit struct {
	seats
	Desk
	ctx   context.Context
	place seating.Place
}

// dialled is the story of the code.
func (s seats) dialled(ctx context.Context, d Desk, number string) {
	s.receive(ctx, d, func(v *visit) []string { return v.serve(number) })
}

// picked is the story of a phone at which nobody sits, whatever was dialled there: it
// asks who wants to sit down.
func (s seats) picked(ctx context.Context, d Desk, _ string) { s.receive(ctx, d, (*visit).pick) }

// receive answers, and says last what a dialogue gives.
func (s seats) receive(ctx context.Context, d Desk, dialogue func(*visit) []string) {
	if err := d.Answer(); err != nil {
		return
	}
	place, ok := s.rules.Stand(d.Line(), directory.HowCode)
	if !ok {
		return
	}
	v := visit{seats: s, Desk: d, ctx: ctx, place: place}
	d.Result(refused, "Refused")
	if last := dialogue(&v); len(last) > 0 {
		_ = d.Say(last...) // whoever hung up meanwhile needs no goodbye
	}
}

// The results that phones are told. Whatever is refused has the same one.
const (
	done      = 200
	refused   = 403
	unchanged = 404
	later     = 500
)

// ends is what is said last of what was done.
func (v *visit) ends(said []string) []string {
	v.Result(done, "Done")
	return said
}

// longestNumber is how many digits an extension has at most.
const longestNumber = 12

// pick asks for the extension, and goes on as the code with it does. Who enters an
// activation key instead sits down at once.
func (v *visit) pick() []string {
	if v.place.Shared() == seating.NeverShared {
		return []string{"never-shared"}
	}
	phrases := []string{"ask-extension"}
	for range seating.Tries {
		number, err := v.Ask(longestNumber, phrases...)
		switch {
		case err != nil:
			return nil
		case number.Empty():
		case v.rules.MayBeKey(v.place, number):
			return v.redeem(number)
		default:
			return v.serve(number.Reveal())
		}
		phrases = []string{"try-again", "ask-extension"}
	}
	return []string{"goodbye"}
}

// redeem takes an activation key. What is none is an extension that does not exist,
// and is kept nowhere: it may be nearly one.
func (v *visit) redeem(key directory.Secret) []string {
	_, err := v.rules.Redeem(v.ctx, v.place, key)
	switch {
	case errors.Is(err, seating.ErrKey):
		return v.sit("")
	case err != nil:
		return v.failed(err)
	}
	return v.ends([]string{"logged-in"})
}

// serve gives what is said last.
func (v *visit) serve(number string) []string {
	switch v.rules.Before(v.ctx, v.place, number) {
	case seating.ComesHome:
		return v.leave()
	case seating.AlreadyHere:
		return v.ends(spoken(number, "already-here"))
	case seating.NotAllowed:
		return []string{"not-allowed-here"}
	case seating.NeverShared:
		return []string{"never-shared"}
	}
	return v.sit(number)
}

// leave undoes what can be undone here, asking for nothing.
func (v *visit) leave() []string {
	left, err := v.rules.Leave(v.ctx, v.place)
	switch {
	case errors.Is(err, seating.ErrNothing):
		v.Result(unchanged, "Nothing to Undo")
		return []string{"nothing-to-undo"}
	case err != nil:
		return v.failed(err)
	case left.Extension == nil:
		return v.ends([]string{"guest", "logged-out"})
	case left.Home:
		return v.ends(spoken(left.Extension.Number, "is-home"))
	}
	return v.ends(spoken(left.Extension.Number, "logged-out"))
}

// spoken says something of an extension.
func spoken(number string, phrases ...string) []string {
	return append(append([]string{"extension"}, strings.Split(number, "")...), phrases...)
}

// sit moves an extension here, when its secret is known.
func (v *visit) sit(number string) []string {
	answer, ext, err := v.admit(number)
	if err != nil {
		return nil
	}
	var pin directory.Secret
	switch answer {
	case seating.Welcome:
	case seating.ChoosePIN:
		if pin, err = v.replacePIN(ext); err != nil || pin.Empty() {
			return []string{"goodbye"}
		}
	default:
		return []string{"refused", "goodbye"}
	}
	if err := v.rules.Sit(v.ctx, v.place, ext, pin); err != nil {
		return v.failed(err)
	}
	if v.place.Home == nil {
		return v.ends([]string{"logged-in"})
	}
	return v.ends(spoken(ext.Number, "is-here-now"))
}

// admit asks for the secret. Whatever is wrong, what is said, how often and when
// is the same: also a lock that began with this try ends nothing earlier.
func (v *visit) admit(number string) (seating.Answer, *directory.Extension, error) {
	question := "ask-code"
	if v.place.Secret() == directory.SecretPIN {
		question = "ask-pin"
	}
	phrases := []string{question}
	for range seating.Tries {
		digits, err := v.Ask(v.place.Longest(), phrases...)
		if err != nil {
			return seating.Refused, nil, err
		}
		phrases = []string{"refused", "try-again", question}
		if digits.Empty() {
			continue
		}
		if answer, ext := v.rules.Admit(v.ctx, v.place, number, digits); answer != seating.Refused {
			return answer, ext, nil
		}
	}
	return seating.Refused, nil, nil
}

// errDiffers keeps a PIN that was not repeated from being taken.
var errDiffers = errors.New("not repeated")

// replacePIN asks for a PIN of its owner's own, twice. Empty: none was chosen.
func (v *visit) replacePIN(ext *directory.Extension) (directory.Secret, error) {
	phrases := []string{"ask-new-pin"}
	for range seating.Tries {
		pin, err := v.choosePIN(ext, phrases)
		switch {
		case err == nil:
			return pin, nil
		case errors.Is(err, errDiffers):
			phrases = []string{"pins-differ", "ask-new-pin"}
		case errors.Is(err, directory.ErrInvalid):
			phrases = []string{"pin-too-easy", "ask-new-pin"}
		default:
			return directory.Secret{}, err
		}
	}
	return directory.Secret{}, nil
}

func (v *visit) choosePIN(ext *directory.Extension, phrases []string) (none directory.Secret, err error) {
	first, err := v.Ask(directory.SecretPIN.Longest(), phrases...)
	if err != nil {
		return none, err
	}
	if err := v.rules.CheckPIN(ext, first); err != nil {
		return none, err
	}
	second, err := v.Ask(directory.SecretPIN.Longest(), "ask-pin-again")
	if err != nil {
		return none, err
	}
	if !first.Equal(second) {
		return none, errDiffers
	}
	return first, nil
}

// failed says what is said when a change was not made.
func (v *visit) failed(err error) []string {
	if errors.Is(err, directory.ErrUnfit) {
		return []string{"not-encrypted", "goodbye"}
	}
	if errors.Is(err, directory.ErrRefused) {
		return []string{"refused", "goodbye"}
	}
	v.Result(later, "Not Now")
	return []string{"not-now"}
}
