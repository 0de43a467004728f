// Package hotdesk holds the dialogue at a phone's screen: number, secret, done; and
// how somebody leaves (docs/seats.md). What it decides are words and the next page;
// who may sit where is directory/seating's, as for every other door.
//
// A dialogue keeps nothing here between two pages: what was typed comes back with
// the next one. Only where a PIN has to be replaced its owner holds a ticket, since
// no secret is ever written into a page.
package hotdesk

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"cradle/directory"
	"cradle/directory/seating"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/provisioning/settings"
)

// Config says what a dialogue stands on. Directory and Rules must be set.
type Config struct {
	Directory interface{ Snapshot() *directory.Snapshot }
	Rules     *seating.Rules
	Now       func() time.Time // nil: time.Now
}

// Dialogue answers at the phones' screens.
type Dialogue struct {
	c       Config
	tickets *seating.Pending[ticket]
}

// New makes a dialogue; Touched is provisioning.Config.Screens.
func New(c Config) *Dialogue {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Dialogue{c: c, tickets: seating.NewPending[ticket](ticketsMost, ticketLife, c.Now)}
}

// The steps, as they stand in addresses.
const (
	stepNumber = "in"
	stepSecret = "secret"
	stepCheck  = "check"
	stepNew    = "new"
	stepAgain  = "again"
	stepLeave  = "out"
)

// The fields that phones bring back.
const (
	fieldNumber = "number"
	fieldSecret = "pin"
	fieldTry    = "try"
	fieldTicket = "ticket"
)

// How many lines have choices in the menu, and how long a page stands.
const (
	linesMost   = 8
	pageSeconds = 8
)

// at is one touch at one phone.
type at struct {
	*Dialogue
	provisioning.Touch
	ctx   context.Context
	place seating.Place
	words *words
}

// Touched gives the next page.
func (d *Dialogue) Touched(ctx context.Context, t provisioning.Touch) provisioning.Shown {
	step, line := lineOf(t.Step)
	t.Step = step
	a := at{Dialogue: d, Touch: t, ctx: ctx, words: wordsOf(d.language(t.Device.Organization))}
	var ok bool
	if a.place, ok = d.c.Rules.Stand(t.Device.At(line), directory.HowScreen); !ok {
		return a.tell(a.words.notNow)
	}
	shown := a.next()
	if shown.Step != "" {
		shown.Step = atLine(shown.Step, line)
	}
	return shown
}

// atLine writes a step at a line of the phone; lineOf reads it. Line 1 is not named.
func atLine(step string, line int) string {
	if line == 1 {
		return step
	}
	return step + "." + strconv.Itoa(line)
}

func lineOf(step string) (string, int) {
	step, named, found := strings.Cut(step, ".")
	if !found {
		return step, 1
	}
	line, err := strconv.Atoi(named)
	if err != nil {
		line = 0 // which is none
	}
	return step, line
}

// next is the page that follows the step.
func (a *at) next() provisioning.Shown {
	switch a.Step {
	case stepNumber:
		return a.askNumber()
	case stepSecret:
		return a.number()
	case stepCheck:
		return a.secret()
	case stepNew, stepAgain:
		return a.newPIN()
	case stepLeave:
		return a.leave()
	}
	return a.menu()
}

func (d *Dialogue) language(org directory.ID) string {
	if o := d.c.Directory.Snapshot().Organization(org); o != nil {
		return o.Language
	}
	return ""
}

// menu offers what can be done here.
func (a *at) menu() provisioning.Shown {
	w := a.words
	s := provisioning.Shown{Screen: catalog.MenuScreen, Title: "ID " + a.Device.PhoneID, OK: w.ok, Cancel: w.cancel}
	if here := a.place.Here; here != nil {
		s.Title = strings.TrimSpace(here.Name + " " + here.Number)
	}
	lines := min(len(a.Device.Lines), linesMost)
	for line := 1; line <= lines; line++ {
		place, ok := a.c.Rules.Stand(a.Device.At(line), directory.HowScreen)
		if !ok {
			continue
		}
		for _, c := range choices(place, w) {
			c.Step = atLine(c.Step, line)
			if lines > 1 {
				c.Label = fmt.Sprintf("%d: %s", line, c.Label)
			}
			s.Choices = append(s.Choices, c)
		}
	}
	if len(s.Choices) == 0 {
		return a.tell(w.unshared(a.place.Shared()))
	}
	return s
}

// choices are what can be done at a line.
func choices(p seating.Place, w *words) (list []provisioning.Choice) {
	if p.Shared() == seating.AskSecret {
		list = append(list, provisioning.Choice{Label: w.logIn, Step: stepNumber})
	}
	switch {
	case p.Here != nil && (p.Home == nil || p.Here.ID != p.Home.ID):
		list = append(list, provisioning.Choice{Label: w.logOut, Step: stepLeave})
	case p.Here == nil && p.Home != nil:
		list = append(list, provisioning.Choice{Label: w.comeHome, Step: stepLeave})
	}
	return list
}

func (a *at) askNumber() provisioning.Shown {
	return provisioning.Shown{Screen: catalog.AskScreen, Title: a.words.logIn, Prompt: a.words.number, Field: fieldNumber, Step: stepSecret, OK: a.words.ok, Cancel: a.words.cancel}
}

// typed gives a field as it was typed; the # that ends an entry is no part of it.
func (a *at) typed(field string) string {
	return strings.TrimSuffix(strings.TrimSpace(a.Typed[field].Reveal()), "#")
}

// number takes the number.
func (a *at) number() provisioning.Shown {
	number := a.typed(fieldNumber)
	if number == "" {
		return a.askNumber()
	}
	if page, over := a.early(number); over {
		return page
	}
	return a.askSecret(number, "")
}

// early is what is told before a secret is asked; false: nothing is.
func (a *at) early(number string) (provisioning.Shown, bool) {
	switch answer := a.c.Rules.Before(a.ctx, a.place, number); answer {
	case seating.ComesHome:
		return a.leave(), true
	case seating.AlreadyHere:
		return a.tell(say(a.words.alreadyHere, number)), true
	case seating.NotAllowed, seating.NeverShared:
		return a.tell(a.words.unshared(answer)), true
	}
	return provisioning.Shown{}, false
}

// askSecret asks for the secret, again where tries of this dialogue went wrong.
func (a *at) askSecret(number, tries string) provisioning.Shown {
	s := provisioning.Shown{Screen: catalog.AskScreen, Title: a.words.logIn, Prompt: a.words.secret(a.place.Secret()), Field: fieldSecret, Hidden: true, Step: stepCheck,
		Carry: []settings.Carried{{Name: fieldNumber, Value: number}}, OK: a.words.ok, Cancel: a.words.cancel}
	if tries != "" {
		s.Title = a.words.tryAgain
		s.Carry = append(s.Carry, settings.Carried{Name: fieldTry, Value: tries})
	}
	return s
}

// secret takes the secret. Each dialogue has the same number of tries, whatever is
// wrong: who counts them learns nothing.
func (a *at) secret() provisioning.Shown {
	number := a.typed(fieldNumber)
	if page, over := a.early(number); over { // also where a phone asks a second time for what was done
		return page
	}
	if digits := directory.NewSecret(a.typed(fieldSecret)); !digits.Empty() {
		switch answer, ext := a.c.Rules.Admit(a.ctx, a.place, number, digits); answer {
		case seating.Welcome:
			return a.sit(ext, directory.Secret{})
		case seating.ChoosePIN:
			return a.askNew(a.give(ticket{extension: ext.ID}), a.words.newPIN)
		}
	}
	tries := a.typed(fieldTry) + "i" // counted as on a slate
	if len(tries) >= seating.Tries {
		return a.tell(a.words.refused)
	}
	return a.askSecret(number, tries)
}

func (a *at) askNew(id, title string) provisioning.Shown {
	return a.askPIN(id, title, a.words.chosen, stepNew)
}

func (a *at) askPIN(id, title, prompt, step string) provisioning.Shown {
	return provisioning.Shown{Screen: catalog.AskScreen, Title: title, Prompt: prompt, Field: fieldSecret, Hidden: true, Step: step,
		Carry: []settings.Carried{{Name: fieldTicket, Value: id}}, OK: a.words.ok, Cancel: a.words.cancel}
}

// newPIN takes the PIN that its owner chooses in place of the default, twice.
func (a *at) newPIN() provisioning.Shown {
	t, ok := a.tickets.Take(a.ticketKey(a.typed(fieldTicket)))
	ext := a.c.Directory.Snapshot().Extension(t.extension)
	if !ok || ext == nil {
		return a.tell(a.words.late)
	}
	pin := directory.NewSecret(a.typed(fieldSecret))
	again := func(title string) provisioning.Shown {
		if t.tries++; t.tries >= seating.Tries {
			return a.tell(a.words.refused)
		}
		t.chosen = directory.Secret{}
		return a.askNew(a.give(t), title)
	}
	if a.Step == stepNew {
		if a.c.Rules.CheckPIN(ext, pin) != nil {
			return again(a.words.tooEasy)
		}
		t.chosen = pin
		return a.askPIN(a.give(t), a.words.newPIN, a.words.repeat, stepAgain)
	}
	if t.chosen.Empty() || !t.chosen.Equal(pin) {
		return again(a.words.differs)
	}
	return a.sit(ext, pin)
}

func (a *at) sit(ext *directory.Extension, pin directory.Secret) provisioning.Shown {
	switch err := a.c.Rules.Sit(a.ctx, a.place, ext, pin); {
	case errors.Is(err, directory.ErrUnfit):
		return a.tell(a.words.unfit)
	case errors.Is(err, directory.ErrRefused):
		return a.tell(a.words.refused)
	case err != nil:
		return a.tell(a.words.notNow)
	}
	return a.tell(say(a.words.isHere, ext.Number))
}

func (a *at) leave() provisioning.Shown {
	left, err := a.c.Rules.Leave(a.ctx, a.place)
	switch {
	case errors.Is(err, seating.ErrNothing):
		return a.tell(a.words.nothing)
	case err != nil:
		return a.tell(a.words.notNow)
	case left.Extension == nil:
		return a.tell(a.words.left)
	case left.Home:
		return a.tell(say(a.words.isHome, left.Extension.Number))
	}
	return a.tell(say(a.words.loggedOut, left.Extension.Number))
}

func (a *at) tell(text string) provisioning.Shown {
	return provisioning.Shown{Screen: catalog.TellScreen, Title: a.words.logIn, Text: text, Seconds: pageSeconds, OK: a.words.ok, Cancel: a.words.cancel}
}
