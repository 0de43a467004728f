package directory

// Code is a dialled feature code of an organization.
type Code struct {
	ID           ID
	Revision     uint64
	Organization ID
	Digits       string // as dialled, e.g. "*30"
	Feature      string // e.g. "seat"
	// Argument says whether more digits follow the code.
	Argument bool
}
