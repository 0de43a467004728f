package presence

import (
	"strconv"

	"cradle/directory"
)

// The keys that states watch. Every state watches everything too, for when news
// was lost.
const everything = "everything"

func callKey(e directory.ID) string      { return "call/" + string(e) }
func stateKey(e directory.ID) string     { return "state/" + string(e) }
func mailKey(e directory.ID) string      { return "mail/" + string(e) }
func peopleKey(org directory.ID) string  { return "people/" + string(org) }
func layoutsKey(org directory.ID) string { return "layouts/" + string(org) }

func lineKey(at directory.LineRef) string {
	return "line/" + string(at.Device) + "/" + strconv.Itoa(at.Line)
}

// recordKeys says what a commit changes for watchers.
func (p *Presence) recordKeys(changes []directory.Change) []string {
	snap := p.c.Directory.Snapshot()
	var keys []string
	for _, c := range changes {
		if c.Kind == directory.KindOverflow {
			return []string{everything}
		}
		for _, record := range []any{c.Old, c.New} {
			switch r := record.(type) {
			case *directory.Extension:
				keys = append(keys, p.extensionKeys(c, r)...)
			case *directory.Mailbox:
				keys = append(keys, mailKey(r.Extension))
				p.force(snap, r.Extension)
			case *directory.Seat:
				keys = append(keys, seatKeys(snap, r)...)
			case *directory.Device:
				for i := range r.Lines {
					keys = append(keys, lineKey(r.At(i+1)), stateKey(r.Lines[i].Home))
				}
			case *directory.Layout:
				keys = append(keys, layoutsKey(r.Organization))
			case *directory.Profile:
				keys = append(keys, layoutsKey(r.Organization))
			case *directory.Organization:
				keys = append(keys, peopleKey(r.ID), layoutsKey(r.ID))
			}
		}
	}
	return keys
}

// extensionKeys: who is made, deleted or renumbered concerns also those that
// watch a number, and lists that fill themselves.
func (p *Presence) extensionKeys(c directory.Change, e *directory.Extension) []string {
	keys := []string{stateKey(e.ID)}
	before, _ := c.Old.(*directory.Extension)
	now, _ := c.New.(*directory.Extension)
	if before == nil || now == nil || before.Number != now.Number || before.Name != now.Name || before.Department != now.Department || before.Site != now.Site {
		keys = append(keys, peopleKey(e.Organization))
	}
	return keys
}

// seatKeys: a seat concerns its line, who sits there, and the lines where either
// is at home.
func seatKeys(snap *directory.Snapshot, s *directory.Seat) []string {
	keys := []string{lineKey(s.At()), stateKey(s.Extension)}
	for at := range snap.HomeLines(s.Extension) {
		keys = append(keys, lineKey(at))
	}
	if d := snap.Device(s.Device); d != nil && s.Line >= 1 && s.Line <= len(d.Lines) && d.Lines[s.Line-1].Home != "" {
		keys = append(keys, stateKey(d.Lines[s.Line-1].Home))
	}
	return keys
}
