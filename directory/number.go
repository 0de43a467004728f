package directory

// NumberStatus is where an E.164 number is in its life.
type NumberStatus string

// The states of a number.
const (
	NumberReserved NumberStatus = "reserved" // allocated, not activated
	NumberActive   NumberStatus = "active"
	NumberPending  NumberStatus = "pending" // being changed now; cleared at start
)

// Number is an E.164 number of a site.
type Number struct {
	ID           ID
	Revision     uint64
	Organization ID
	Site         ID
	E164         string // "+" and up to 15 digits
	Status       NumberStatus
	Display      []string // at most two parts
	User         ID
	Extension    ID
}
