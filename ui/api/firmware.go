package api

import (
	"iter"
	"strings"
	"time"

	"cradle/directory"
	"cradle/ui/access"
)

// firmwareView is a file that phones may load. The appliance's own are seen by
// every organization.
type firmwareView struct {
	ID       directory.ID `json:"id"`
	Revision uint64       `json:"revision"`
	Vendor   string       `json:"vendor"`
	Models   []string     `json:"models" nullable:"false"`
	Version  string       `json:"version"`
	File     string       `json:"file"`
	Size     int64        `json:"size" doc:"Bytes."`
	SHA256   string       `json:"sha256"`
	After    string       `json:"after" doc:"The least version a phone must have before; empty: any."`
	Bad      string       `json:"bad" doc:"Why it must not be used; empty: it may be."`
	At       time.Time    `json:"at"`
}

type firmwarePatch struct {
	Revised
	Models *[]string `json:"models,omitempty" minItems:"1" maxItems:"100"`
	After  *string   `json:"after,omitempty" maxLength:"200"`
	Bad    *string   `json:"bad,omitempty" maxLength:"200"`
}

func firmwareRoutes(a *API) {
	resource[directory.Firmware, firmwareView, struct{}, firmwarePatch]{
		name: "firmware", path: "/firmware", read: access.FirmwareRead, write: access.FirmwareWrite,
		all: sharedFirmware, get: (*directory.Snapshot).Firmware,
		organization: func(f *directory.Firmware) directory.ID { return f.Organization },
		id:           func(f *directory.Firmware) directory.ID { return f.ID },
		key: func(f *directory.Firmware) string {
			return string(f.Organization) + "/" + f.Vendor + "/" + strings.ToLower(f.File)
		},
		view: func(_ *directory.Snapshot, f *directory.Firmware) firmwareView { return viewFirmware(f) },
		patch: func(tx *directory.Tx, _ *access.Caller, f *directory.Firmware, in *firmwarePatch) error {
			in.of(&f.Revision)
			set(&f.Models, in.Models)
			set(&f.After, in.After)
			set(&f.Bad, in.Bad)
			return tx.PutFirmware(f)
		},
		remove: func(tx *directory.Tx, _ *access.Caller, f *directory.Firmware) error { return tx.DeleteFirmware(f.ID) },
	}.routes(a)
}

// sharedFirmware is the appliance's and the organization's own.
func sharedFirmware(s *directory.Snapshot, org directory.ID) iter.Seq[*directory.Firmware] {
	return only(s.Firmwares(""), func(f *directory.Firmware) bool {
		return f.Organization == "" || f.Organization == org
	})
}

func viewFirmware(f *directory.Firmware) firmwareView {
	return firmwareView{ID: f.ID, Revision: f.Revision, Vendor: f.Vendor, Models: list(f.Models), Version: f.Version, File: f.File,
		Size: f.Size, SHA256: f.SHA256, After: f.After, Bad: f.Bad, At: f.At}
}
