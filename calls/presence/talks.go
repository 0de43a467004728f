package presence

import (
	"sync"

	"cradle/calls"
	"cradle/directory"
)

// maxTalks bounds what a watcher is told of one extension at once.
const maxTalks = 16

// talks knows which calls an extension has: the lamp follows the person.
type talks struct {
	mu    sync.Mutex
	calls map[directory.ID]calls.Info
	of    map[directory.ID][]directory.ID // calls by extension, the oldest first
}

// reload takes the live list as it stands.
func (t *talks) reload(list []calls.Info) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls, t.of = map[directory.ID]calls.Info{}, map[directory.ID][]directory.ID{}
	for _, c := range list {
		t.add(c)
	}
}

func (t *talks) add(c calls.Info) {
	if _, known := t.calls[c.ID]; !known {
		for _, e := range parties(c) {
			t.of[e] = append(t.of[e], c.ID)
		}
	}
	t.calls[c.ID] = c
}

// parties are the extensions in a call, each once.
func parties(c calls.Info) []directory.ID {
	var out []directory.ID
	if c.Caller != "" {
		out = append(out, c.Caller)
	}
	if c.Callee != "" && c.Callee != c.Caller {
		out = append(out, c.Callee)
	}
	return out
}

// note takes in a call as it stands, or forgets it; it gives the keys that change.
func (t *talks) note(id directory.ID, c calls.Info, up bool) (keys []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if up {
		t.add(c)
	} else {
		var known bool
		if c, known = t.calls[id]; !known {
			return nil
		}
		t.drop(c)
	}
	for _, e := range parties(c) {
		keys = append(keys, callKey(e))
	}
	return keys
}

func (t *talks) drop(c calls.Info) {
	delete(t.calls, c.ID)
	for _, e := range parties(c) {
		kept := t.of[e][:0]
		for _, id := range t.of[e] {
			if id != c.ID {
				kept = append(kept, id)
			}
		}
		if t.of[e] = kept; len(kept) == 0 {
			delete(t.of, e)
		}
	}
}

// list gives the calls of an extension, the oldest first.
func (t *talks) list(e directory.ID) []calls.Info {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []calls.Info
	for _, id := range t.of[e] {
		if len(out) < maxTalks {
			out = append(out, t.calls[id])
		}
	}
	return out
}
