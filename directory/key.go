package directory

import (
	"slices"
	"strings"
)

// Key is one programmable key of a phone, of a layout or of a person's own.
type Key struct {
	// Module is 0 for the phone itself, from 1 for its expansion modules.
	Module int
	// Position counts from 1; 0 is the next free one.
	Position int
	// Type is one of KeyTypes. "none" keeps a position empty.
	Type string
	// Value is a number, a code's argument or a URL, as the type needs.
	Value string
	// Label is made from the value, and follows its renaming, where it is empty.
	Label string
	// Line of the phone the key acts on; 0: line 1.
	Line int
	// Rule fills the keys from here on with the extensions of "everyone", of the
	// "department" or of the "site", without oneself, sorted by name; empty: a
	// single key.
	Rule string
}

// The bounds of keys.
const (
	MaxKeys     = 500 // of one layout or one person
	MaxModules  = 6   // expansion modules of one phone
	maxPosition = 500
	maxKeyValue = 1024 // bytes; the URL of an XML key is the longest
)

// keyTypes are the kinds of keys that phones have; a model's data say how each is
// written there.
var keyTypes = []string{
	"line", "blf", "speed", "park", "pickup", "transfer", "dnd", "forward", "record", "queue",
	"login", "logout", "xml", "voicemail", "conference", "hold", "redial", "none",
}

// KeyTypes lists the types of keys.
func KeyTypes() []string { return slices.Clone(keyTypes) }

// KeyRules lists the rules by which a key fills those after it.
func KeyRules() []string { return []string{"everyone", "department", "site"} }

// checkKeys judges the keys of one layout or person.
func checkKeys(keys []Key) error {
	if len(keys) > MaxKeys {
		return invalid("%d keys are more than %d", len(keys), MaxKeys)
	}
	type place struct{ module, position int }
	taken := make(map[place]bool)
	for i, k := range keys {
		if err := k.check(i + 1); err != nil {
			return err
		}
		at := place{k.Module, k.Position}
		if k.Position != 0 && taken[at] {
			return invalid("key %d of module %d is there twice", k.Position, k.Module)
		}
		taken[at] = true
	}
	return nil
}

// check judges the key that stands at a place of the list, counted from 1.
func (k *Key) check(at int) error {
	switch {
	case !slices.Contains(keyTypes, k.Type):
		return invalid("type %q of key %d is none of %s", k.Type, at, strings.Join(keyTypes, ", "))
	case k.Module < 0 || k.Module > MaxModules:
		return invalid("module %d of key %d is not 0 to %d", k.Module, at, MaxModules)
	case k.Position < 0 || k.Position > maxPosition:
		return invalid("position %d of key %d is not 0 to %d", k.Position, at, maxPosition)
	case k.Line < 0 || k.Line > maxLines:
		return invalid("line %d of key %d is not 0 to %d", k.Line, at, maxLines)
	case k.Rule != "" && k.Type != "blf" && k.Type != "speed":
		return invalid("key %d has a rule, which only blf and speed keys may have", at)
	}
	return firstError(
		checkBounded("value of a key", k.Value, maxKeyValue), checkText("label of a key", k.Label, false),
		checkOneOf("rule of a key", k.Rule, KeyRules()...))
}
