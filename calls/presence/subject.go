package presence

import (
	"context"
	"net/url"
	"strings"

	"cradle/directory"
	"cradle/registrar"
)

// at is the line a watcher watches from.
func at(w registrar.Watcher) directory.LineRef { return w.Account.Device.At(w.Account.Line) }

// own is who sits where the watcher is; nil: nobody, or he sits elsewhere.
func own(w registrar.Watcher) *directory.Extension {
	if s := w.Snapshot.Sitting(at(w)); !s.Vacated {
		return s.Extension
	}
	return nil
}

// watched is whom a Request-URI names, inside the watcher's own organization:
// nobody watches another. Phones write a short number, an outside number, or,
// for themselves, their account; what else they add to a user part (a password,
// parameters) says nothing.
func watched(w registrar.Watcher) *directory.Extension {
	user, org := plain(w.User), w.Account.Device.Organization
	if user == "" || user == w.Account.User {
		return own(w)
	}
	if e := w.Snapshot.ExtensionByNumber(org, user); e != nil {
		return e
	}
	if n := w.Snapshot.NumberByE164(user); n != nil && n.Organization == org && n.Extension != "" {
		return w.Snapshot.Extension(n.Extension)
	}
	if acc := w.Snapshot.Account(user); acc != nil && acc.Device.Organization == org {
		if s := w.Snapshot.Sitting(acc.Device.At(acc.Line)); !s.Vacated {
			return s.Extension
		}
	}
	return nil
}

// plain is a user part without what may follow the name in it.
func plain(user string) string {
	if i := strings.IndexAny(user, ";:"); i >= 0 {
		user = user[:i]
	}
	return strings.TrimPrefix(strings.TrimSpace(user), "sip:")
}

// acceptWatch takes a SUBSCRIBE to somebody of one's own organization, or to a list.
func (p *Presence) acceptWatch(_ context.Context, w registrar.Watcher) int {
	if isList(w.User) {
		return acceptList(w)
	}
	if watched(w) == nil && plain(w.User) != w.Account.User {
		return 404
	}
	return 200
}

// acceptOwn takes a SUBSCRIBE to what is one's own: another's messages and
// forwards concern nobody. The user part may be the number of the voicemail.
func (p *Presence) acceptOwn(_ context.Context, w registrar.Watcher) int {
	if e := watched(w); e != nil && (own(w) == nil || e.ID != own(w).ID) {
		return 403
	}
	return 200
}

// uri is the address under which somebody is watched.
func uri(w registrar.Watcher, user string) string {
	realm := w.Account.Realm
	if realm == "" {
		realm = w.Host
	}
	return "sip:" + url.PathEscape(user) + "@" + realm
}

// keysOf are the keys of what is watched by a name: who has that name may change.
func keysOf(w registrar.Watcher, e *directory.Extension, more ...string) []string {
	keys := append([]string{everything, peopleKey(w.Account.Device.Organization)}, more...)
	if plain(w.User) == w.Account.User || plain(w.User) == "" {
		keys = append(keys, lineKey(at(w)))
	}
	if e != nil {
		keys = append(keys, stateKey(e.ID))
	}
	return keys
}
