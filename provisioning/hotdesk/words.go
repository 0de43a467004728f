package hotdesk

import (
	"fmt"
	"strings"

	"cradle/directory"
	"cradle/directory/seating"
)

// words are what screens say, in one language. %s is an extension's number.
type words struct {
	ok, cancel                                 string
	logIn, logOut, comeHome                    string // choices
	number, pin, code, chosen, repeat          string // before what is typed
	tryAgain, newPIN, tooEasy, differs         string // titles
	isHere, alreadyHere, isHome, loggedOut     string
	left, nothing, notAllowed, refused, notNow string
	late, neverShared, unfit                   string
}

// languages are the words by language; others read English.
var languages = map[string]*words{
	"en": {
		ok: "OK", cancel: "Cancel", logIn: "Log in", logOut: "Log out", comeHome: "Come home",
		number: "Number", pin: "PIN", code: "Secret code", chosen: "New PIN", repeat: "Once more",
		tryAgain: "Not accepted, try again", newPIN: "Choose your own PIN", tooEasy: "Too easy to guess", differs: "They were not the same",
		isHere: "%s is at this phone now.", alreadyHere: "%s is at this phone already.", isHome: "%s is home again.", loggedOut: "%s is logged out.",
		left: "Logged out.", nothing: "There is nothing to undo at this phone.", notAllowed: "Others may not use this phone.",
		refused: "This was not accepted.", notNow: "This is not possible now. Please try later.", late: "This took too long. Please begin again.",
		neverShared: "This phone is not shared.", unfit: "You may only speak encrypted, which this phone cannot.",
	},
	"de": {
		ok: "OK", cancel: "Abbrechen", logIn: "Anmelden", logOut: "Abmelden", comeHome: "Zurückholen",
		number: "Nummer", pin: "PIN", code: "Geheimcode", chosen: "Neue PIN", repeat: "Noch einmal",
		tryAgain: "Nicht angenommen, noch einmal", newPIN: "Eigene PIN wählen", tooEasy: "Zu leicht zu erraten", differs: "Nicht zweimal dieselbe",
		isHere: "%s ist jetzt an diesem Telefon.", alreadyHere: "%s ist schon an diesem Telefon.", isHome: "%s ist wieder zu Hause.", loggedOut: "%s ist abgemeldet.",
		left: "Abgemeldet.", nothing: "An diesem Telefon ist niemand abzumelden.", notAllowed: "Andere dürfen dieses Telefon nicht benutzen.",
		refused: "Das wurde nicht angenommen.", notNow: "Das ist jetzt nicht möglich. Bitte versuchen Sie es später.", late: "Das hat zu lange gedauert. Bitte beginnen Sie von vorn.",
		neverShared: "Dieses Telefon wird nicht geteilt.", unfit: "Sie dürfen nur verschlüsselt sprechen, was dieses Telefon nicht kann.",
	},
}

// wordsOf gives the words of a language tag, without regard to its region.
func wordsOf(tag string) *words {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if w := languages[base]; w != nil {
		return w
	}
	return languages["en"]
}

// secret is what a kind of secret is called.
func (w *words) secret(k directory.SecretKind) string {
	if k == directory.SecretPIN {
		return w.pin
	}
	return w.code
}

// unshared says why nobody else may sit at a phone.
func (w *words) unshared(a seating.Answer) string {
	if a == seating.NeverShared {
		return w.neverShared
	}
	return w.notAllowed
}

func say(sentence, number string) string { return fmt.Sprintf(sentence, number) }
