package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// Way is how the phones of a model do something, and how sure we are of it:
// "document", "template" or "unsure".
type Way struct{ By, Sure string }

// way reads "page" or "page unsure"; what is said of the model's numbers holds
// where nothing else is.
func way(said, sure string) Way {
	by, own, found := strings.Cut(strings.TrimSpace(said), " ")
	if !found {
		own = sure
	}
	return Way{By: by, Sure: strings.TrimSpace(own)}
}

// The ways that models have to show their Phone ID, and to let people log in.
var (
	knownDisplays = []string{ByLabel, ByIdleText, ByPage, ByNothing}
	knownLogins   = []string{ByCode, ByXML, ByNative, ByNothing}
	knownSure     = []string{"document", "template", "unsure"}
)

// The words of Model.Display and Model.Login.
const (
	ByLabel    = "label"  // as label of a line
	ByIdleText = "idle"   // as a text on the idle screen
	ByPage     = "page"   // as a page of ours on the idle screen
	ByCode     = "code"   // by a dialled code
	ByXML      = "xml"    // by pages of ours
	ByNative   = "native" // by what the phone has of its own
	ByNothing  = "none"
)

// Screen is which page of a phone's screen a file draws; empty: none.
type Screen string

// The screens. Only the first two are asked for by name: what a menu leads to is
// asked for under the menu's.
const (
	IdleScreen Screen = "idle" // what stands there while nobody does anything
	MenuScreen Screen = "menu" // a choice
	AskScreen  Screen = "ask"  // asks for something to be typed
	TellScreen Screen = "tell" // says something
)

var knownScreens = []Screen{IdleScreen, MenuScreen, AskScreen, TellScreen}

// Screen is the family's file for a screen, or nil.
func (f *Family) Screen(s Screen) *File {
	for _, file := range f.Files {
		if s != "" && file.Screen == s {
			return file
		}
	}
	return nil
}

// Draws reports whether phones of this model are ever sent a file: the pages of
// a family are not for those of its models that have another way.
func (m *Model) Draws(file *File) bool {
	switch file.Screen {
	case "":
		return true
	case IdleScreen:
		return m.Display.By == ByPage
	default:
		return m.Login.By == ByXML
	}
}

// page is the name of the file that draws a screen; empty: these phones have none.
func (m *Model) page(s Screen) string {
	if file := m.Family.Screen(s); file != nil && m.Draws(file) {
		return file.Name
	}
	return ""
}

// screens judges what a model says of its screen against the family's files.
func (m *Model) screens() error {
	for _, w := range []struct {
		key   string
		way   Way
		known []string
	}{{"display", m.Display, knownDisplays}, {"login", m.Login, knownLogins}} {
		switch {
		case !slices.Contains(w.known, w.way.By):
			return fmt.Errorf("%s: %q is none of %s", w.key, w.way.By, strings.Join(w.known, ", "))
		case !slices.Contains(knownSure, w.way.Sure):
			return fmt.Errorf("%s: %q is none of %s", w.key, w.way.Sure, strings.Join(knownSure, ", "))
		}
	}
	return nil
}

// drawn makes sure that a family has each page that its models need, once.
func (f *Family) drawn() error {
	for _, s := range knownScreens {
		count := 0
		for _, file := range f.Files {
			if file.Screen == s {
				count++
			}
		}
		if count > 1 {
			return fmt.Errorf("files: %d draw the screen %s", count, s)
		}
		for _, m := range f.Models {
			if count == 0 && m.Draws(&File{Screen: s}) {
				return fmt.Errorf("models.%s: it needs a file that draws the screen %s", m.Name, s)
			}
		}
	}
	return nil
}
