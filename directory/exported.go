package directory

// KindExport names exports in the audit.
const KindExport Kind = "export"

// Exported is what the audit tells of an export that held secrets.
type Exported struct {
	Organization ID
	Secrets      bool
}

// NoteExport writes into the audit that secrets left the appliance.
func (tx *Tx) NoteExport(org ID) {
	tx.dirty()
	tx.changes = append(tx.changes, Change{Revision: tx.work.revision, Kind: KindExport, ID: org, New: &Exported{Organization: org, Secrets: true}})
}
