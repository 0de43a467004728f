package directory

import (
	"iter"
	"slices"
	"strings"
)

// Scope is a layer of provisioning settings: whom a setting is for.
type Scope struct {
	// Kind is appliance, organization, site, model, profile, device or extension.
	Kind string
	// ID is the record's ID, a model's name, empty for the appliance.
	ID string
}

// Setting is one value of one layer; changes carry it as Old and New.
type Setting struct {
	Scope Scope
	Key   string
	Value string
}

// SoundsSecret guesses from the name of a vendor's setting that people should not
// read its value.
func SoundsSecret(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"pass", "pwd", "secret", "psk", "token", "credential", "_pin", ".pin", "private_key", "privatekey", "api_key", "apikey"},
		func(s string) bool { return strings.Contains(name, s) })
}

// LimitRecord is a limit that was set; changes carry it as Old and New.
type LimitRecord struct {
	Name  string
	Value int64
}

// scopeTables names the table of a scope whose ID is a record's; tables: none.
var scopeTables = map[string]table{
	"appliance": tables, "model": tables,
	"organization": tOrganization, "site": tSite, "profile": tProfile, "device": tDevice, "extension": tExtension,
}

func (s Scope) prefix() string { return s.Kind + "/" + s.ID + "/" }

func (s *Snapshot) checkScope(sc Scope) error {
	t, ok := scopeTables[sc.Kind]
	switch {
	case !ok:
		return invalid("scope %q is not known", sc.Kind)
	case strings.Contains(sc.ID, "/") || (sc.Kind == "appliance") != (sc.ID == ""):
		return invalid("scope %s has the ID %q", sc.Kind, sc.ID)
	case t == tables:
		return nil
	}
	if _, ok := s.records[t].get(ID(sc.ID)); !ok {
		return notFound(sc.Kind, sc.ID)
	}
	return nil
}

// OrganizationOf tells to whom a layer belongs: an organization, or (empty) the
// appliance, of which models are too; false when there is no such layer.
func (s *Snapshot) OrganizationOf(scope Scope) (ID, bool) {
	if s.checkScope(scope) != nil {
		return "", false
	}
	t := scopeTables[scope.Kind]
	switch t {
	case tables:
		return "", true
	case tOrganization:
		return ID(scope.ID), true
	}
	return s.records[t].value(ID(scope.ID)).organization(), true
}

// Setting gives a setting of one layer; false when that layer has none.
func (s *Snapshot) Setting(scope Scope, key string) (string, bool) {
	return s.settings.get(scope.prefix() + key)
}

// Settings walks the settings of one layer by key.
func (s *Snapshot) Settings(scope Scope) iter.Seq2[string, string] {
	prefix := scope.prefix()
	return func(yield func(string, string) bool) {
		for k, v := range s.settings.prefixed(prefix) {
			if !yield(k[len(prefix):], v) {
				return
			}
		}
	}
}

// isSettingName allows what vendors' names of settings have. A slash is safe: a
// scope's kind and ID have none, so a key begins after the second one.
func isSettingName(s string) bool {
	return isToken(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" /:#@%![]", r) {
			return '.'
		}
		return r
	}, s))
}
