package seating

import (
	"context"
	"sync"
	"time"

	"cradle/directory"
)

// refusalsMost is how many refusals of one phone are kept in a minute; what is more
// is in the log alone, so that nobody fills the disk from a phone's screen.
const refusalsMost = 30

// refusals counts what was kept of each phone in this minute.
type refusals struct {
	mu     sync.Mutex
	minute time.Time
	kept   map[directory.ID]int
}

func (f *refusals) room(phone directory.ID, now time.Time) bool {
	minute := now.Truncate(time.Minute)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.minute != minute {
		f.minute, f.kept = minute, map[directory.ID]int{}
	}
	f.kept[phone]++
	return f.kept[phone] <= refusalsMost
}

// refuse keeps why somebody was not let in, in the history of the phone and of the
// person; whoever stands there is not told.
func (r *Rules) refuse(ctx context.Context, p Place, number, why string) {
	r.c.Log.Info("not let in", "extension", number, "phone", p.Device.PhoneID, "how", p.How, "why", why)
	if !r.refused.room(p.Device.ID, r.c.Now()) {
		return
	}
	e := directory.SeatEvent{Device: p.Device.ID, PhoneID: p.Device.PhoneID, Line: p.At.Line, Number: number, How: p.How, By: p.Device.PhoneID, Why: why}
	if ext := r.c.Directory.Snapshot().ExtensionByNumber(p.Device.Organization, number); ext != nil {
		e.Extension = ext.ID
	}
	if len(e.Number) > 32 {
		e.Number = e.Number[:32]
	}
	if err := r.c.Directory.NoteRefusal(ctx, e); err != nil {
		r.c.Log.Warn("a refusal is not in the history", "phone", p.Device.PhoneID, "error", err)
	}
}

// tell tells of locks.
func (r *Rules) tell(p Place, ext *directory.Extension, kind directory.SecretKind, v directory.Verdict) {
	if r.c.Tell == nil {
		return
	}
	if v.Locked && ext != nil {
		r.c.Tell(Notice{Device: p.Device, Extension: ext, Secret: kind})
	}
	if v.Barred {
		r.c.Tell(Notice{Device: p.Device, Secret: kind})
	}
}
