package directory

// KindSound is a prompt or music in the audit. No record of it is kept.
const KindSound Kind = "sound"

// Sounded is what the audit tells of a sound that was replaced or put back.
type Sounded struct {
	Organization ID // empty: of the appliance
	What, Action string
}

// NoteSound writes into the audit that what callers hear was changed.
func (tx *Tx) NoteSound(s Sounded) {
	tx.dirty()
	tx.changes = append(tx.changes, Change{Revision: tx.work.revision, Kind: KindSound, New: &s})
}
