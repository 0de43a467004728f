package hotdesk

import (
	"crypto/rand"
	"time"

	"cradle/directory"
)

// ticket stands for a right PIN that has to be replaced: whoever holds it has
// shown the PIN, at this phone, a moment ago. It is good for one step.
type ticket struct {
	extension directory.ID
	chosen    directory.Secret // the first of two times
	tries     int
}

// Bounds of what is held: how many, and how long somebody may think.
const (
	ticketsMost = 1000
	ticketLife  = 2 * time.Minute
)

// give keeps a ticket for this phone and gives its name.
func (a *at) give(t ticket) string {
	id := rand.Text()
	a.tickets.Keep(a.ticketKey(id), t)
	return id
}

// ticketKey is where a ticket lies: it is good at its own phone alone.
func (a *at) ticketKey(id string) string { return string(a.Device.ID) + "/" + id }
