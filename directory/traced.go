package directory

// KindTrace is a trace of a phone or a call in the audit. No record of it is kept.
const KindTrace Kind = "trace"

// Traced is what the audit tells of a trace.
type Traced struct {
	Organization ID
	Subject      string
	Minutes      int // for how long; 0: it was ended or read
	Action       string
}

// NoteTrace writes into the audit that a trace began or ended, or was read: who
// looks at what others say is noted down.
func (tx *Tx) NoteTrace(id ID, t Traced) {
	tx.dirty()
	tx.changes = append(tx.changes, Change{Revision: tx.work.revision, Kind: KindTrace, ID: id, New: &t})
}
