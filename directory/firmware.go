package directory

import (
	"encoding/hex"
	"iter"
	"slices"
	"strings"
	"time"
)

// Firmware is a file that phones may load.
type Firmware struct {
	ID           ID
	Revision     uint64
	Organization ID // empty: the appliance
	Vendor       string
	Models       []string // catalogue names, 1 to 100
	Version      string
	File         string // as phones ask for it; unique in the vendor
	Size         int64  // bytes
	SHA256       string // 64 lower-case hexadecimal digits
	After        string // the least version a phone must have before; empty: any
	Bad          string // why it must not be used; empty: it may be
	At           time.Time
}

const maxFirmwareModels = 100

func (f *Firmware) table() table                         { return tFirmware }
func (f *Firmware) head() (ID, uint64)                   { return f.ID, f.Revision }
func (f *Firmware) setHead(id ID, rev uint64)            { f.ID, f.Revision = id, rev }
func (f *Firmware) organization() ID                     { return f.Organization }
func (f *Firmware) encode(*Keys) ([]byte, error)         { return encodePlain(f) }
func (f *Firmware) decode(_ *Keys, _ ID, b []byte) error { return decodePlain(b, f) }
func (f *Firmware) sortKey() string                      { return f.Vendor + "/" + strings.ToLower(f.File) }

func (f *Firmware) uniques() []unique { return []unique{{uFirmware, firmwareKey(f.Vendor, f.File)}} }

// firmwareKey is the same in whatever letter case: some phones ask in another one.
func firmwareKey(vendor, file string) string { return strings.ToLower(vendor + "/" + file) }

func (f *Firmware) refs() []ref {
	if f.Organization == "" {
		return nil
	}
	return []ref{{to: f.Organization, t: tOrganization, as: refOrganization}}
}

func (f *Firmware) clone() record {
	c := *f
	c.Models = slices.Clone(f.Models)
	return &c
}

func (f *Firmware) check() error {
	if len(f.Models) < 1 || len(f.Models) > maxFirmwareModels {
		return invalid("firmware %s is for %d models, not 1 to %d", f.File, len(f.Models), maxFirmwareModels)
	}
	for _, m := range f.Models {
		if err := checkName("model", m); err != nil {
			return err
		}
	}
	if sum, err := hex.DecodeString(f.SHA256); err != nil || len(sum) != 32 || f.SHA256 != strings.ToLower(f.SHA256) {
		return invalid("SHA-256 %q of firmware %s is not 64 lower-case hexadecimal digits", f.SHA256, f.File)
	}
	if f.Size < 1 {
		return invalid("size %d of firmware %s is less than 1 byte", f.Size, f.File)
	}
	return firstError(
		checkName("vendor", f.Vendor), checkName("firmware file", f.File),
		checkText("version", f.Version, true), checkText("after", f.After, false), checkText("bad", f.Bad, false))
}

// Firmware gives a firmware file.
func (s *Snapshot) Firmware(id ID) *Firmware { return lookup[*Firmware](s, tFirmware, id) }

// FirmwareByFile finds a vendor's firmware by its file name, in whatever letter case.
func (s *Snapshot) FirmwareByFile(vendor, file string) *Firmware {
	return s.Firmware(s.uniq[uFirmware].value(firmwareKey(vendor, file)))
}

// Firmwares walks the firmware of an organization (empty: of all, with the
// appliance's) by vendor and file.
func (s *Snapshot) Firmwares(org ID) iter.Seq[*Firmware] { return list[*Firmware](s, tFirmware, org) }

// PutFirmware creates or changes the record of a firmware file.
func (tx *Tx) PutFirmware(f *Firmware) error { return tx.put(f) }

// DeleteFirmware deletes the record of a firmware file; ErrInUse while a roll-out
// is of it.
func (tx *Tx) DeleteFirmware(id ID) error { return tx.remove(tFirmware, id) }
