package directory

import (
	"context"
	"fmt"
	"strings"

	"cradle/directory/kv"
)

// Report is what Check found, with the count of what it looked at.
type Report struct {
	Revision uint64
	Records  map[Kind]int
	Keys     int // of the store
	Audit    uint64
	Findings []Finding
}

// OK tells whether nothing was found.
func (r *Report) OK() bool { return len(r.Findings) == 0 }

func (r *Report) fault(key, format string, args ...any) {
	r.Findings = append(r.Findings, Finding{key, fmt.Sprintf(format, args...)})
}

// Check reads the whole store anew: every checksum, every reference, the unique
// keys against the records, the invariants of the seats, the audit's chain. It
// does not disturb anybody.
func (d *Directory) Check(ctx context.Context) (Report, error) {
	rep := Report{Records: make(map[Kind]int)}
	s, _, found, err := d.load(ctx)
	if err != nil {
		return rep, err
	}
	rep.Revision = s.revision
	rep.Findings = found
	for t := range tables {
		rep.Records[tableInfo[t].kind] = s.records[t].len()
	}
	err = d.engine.View(ctx, func(r kv.Reader) error {
		if err := rep.keys(r); err != nil {
			return err
		}
		if err := rep.uniqueKeys(r); err != nil {
			return err
		}
		if err := verifyAudit(ctx, r); err != nil {
			rep.fault(prefixAudit, "%v", err)
		}
		v, err := r.Get(keyAudit)
		if err != nil {
			return nil //nolint:nilerr // told by keys
		}
		head, err := parseAuditHead(v)
		rep.Audit = head.Sequence
		return err
	})
	for _, f := range s.SeatFaults() {
		rep.fault(f.Key, "%s", f.Fault)
	}
	return rep, err
}

// keys reads every value of the store. Damaged records are known already.
func (r *Report) keys(tx kv.Reader) error {
	return tx.Scan("", "", func(it kv.Item) error {
		r.Keys++
		if it.Err != nil && !strings.HasPrefix(it.Key, prefixRecord) {
			r.fault(it.Key, "%v", it.Err)
		}
		return nil
	})
}

// uniqueKeys holds the unique keys against a fresh reading of the records in the
// same transaction.
func (r *Report) uniqueKeys(tx kv.Reader) error {
	want, err := claims(tx)
	if err != nil {
		return err
	}
	err = tx.Scan(prefixUnique, "", func(it kv.Item) error {
		if it.Err != nil {
			return nil //nolint:nilerr // told by keys
		}
		owner, ok := want[it.Key]
		switch {
		case !ok:
			r.fault(it.Key, "it belongs to %s, which does not have that key", it.Value)
		case string(owner) != string(it.Value):
			r.fault(it.Key, "it belongs to %s, but %s has that key", it.Value, owner)
		}
		delete(want, it.Key)
		return nil
	})
	for key, owner := range want {
		r.fault(key, "%s has that key, but it is not claimed", owner)
	}
	return err
}

// claims reads which record has which unique key. What cannot be read claims
// nothing; its keys then show as orphans beside the damaged record.
func claims(tx kv.Reader) (map[string]ID, error) {
	want := make(map[string]ID)
	for t := range tables {
		prefix := recordKey(t, "")
		err := tx.Scan(prefix, "", func(it kv.Item) error {
			rec := tableInfo[t].make()
			if it.Err != nil || decodeKeysOnly(rec, it.Value) != nil {
				return nil //nolint:nilerr // told as damaged already
			}
			for _, u := range rec.uniques() {
				want[u.engineKey()] = ID(strings.TrimPrefix(it.Key, prefix))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return want, nil
}

// decodeKeysOnly reads a record without opening its secrets.
func decodeKeysOnly(rec record, data []byte) error {
	if d, ok := rec.(*Device); ok {
		row := deviceRow{Device: d}
		if err := decodePlain(data, &row); err != nil {
			return err
		}
		for _, l := range row.Lines {
			d.Lines = append(d.Lines, Line{Home: l.Home, Account: Account{User: l.User}})
		}
		return nil
	}
	if e, ok := rec.(*Extension); ok {
		return decodePlain(data, &extensionRow{Extension: e})
	}
	return decodePlain(data, rec)
}

// SeatFaults holds the guests against the invariants of the seats
// (seat.go); a sound directory has none.
func (s *Snapshot) SeatFaults() []Finding {
	var out []Finding
	lines, guests := map[LineRef]bool{}, map[ID]bool{}
	for seat := range s.Seats("") {
		fault := func(format string, args ...any) {
			out = append(out, Finding{recordKey(tSeat, seat.ID), fmt.Sprintf(format, args...)})
		}
		d, e := s.Device(seat.Device), s.Extension(seat.Extension)
		switch {
		case d == nil || e == nil:
			fault("its phone or extension is not there")
			continue
		case seat.Line < 1 || seat.Line > len(d.Lines):
			fault("phone %s has no line %d", d.PhoneID, seat.Line)
			continue
		case d.Organization != e.Organization || seat.Organization != e.Organization:
			fault("phone and extension belong to different organizations")
		}
		home := d.Lines[seat.Line-1].Home
		switch {
		case d.Alone():
			fault("phone %s is never shared", d.PhoneID)
		case home == seat.Extension:
			fault("extension %s is a guest at its own line", e.Number)
		case home == "" && seat.Kind != SeatLogin, home != "" && seat.Kind != SeatVirtual:
			fault("its kind is %q", seat.Kind)
		}
		if lines[seat.At()] {
			fault("two guests at one line")
		}
		if guests[seat.Extension] {
			fault("extension %s is a guest twice", e.Number)
		}
		lines[seat.At()], guests[seat.Extension] = true, true
	}
	return out
}
