package directory

import "cmp"

// KindExport names exports in the audit.
const KindExport Kind = "export"

// Exported is what the audit tells of an export, or of a phone's file, that held
// secrets.
type Exported struct {
	Organization ID
	Device       ID `json:",omitempty"` // whose file was shown
	Secrets      bool
}

// NoteExport writes into the audit that secrets left the appliance: those of an
// organization, or, where one is named, those of a device of it.
func (tx *Tx) NoteExport(org, device ID) {
	tx.dirty()
	tx.changes = append(tx.changes, Change{Revision: tx.work.revision, Kind: KindExport, ID: cmp.Or(device, org),
		New: &Exported{Organization: org, Device: device, Secrets: true}})
}
