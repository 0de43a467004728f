package directory

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"cradle/directory/kv"
)

// Actor is who changes something.
type Actor struct {
	Kind string // user, system, setup, import, phone, token
	Name string // e-mail, or what it was
}

// AuditEntry tells one change of one record. Secrets are masked in it.
type AuditEntry struct {
	Sequence uint64 // counts from 1 without a gap
	Revision uint64
	At       time.Time
	By       Actor
	Kind     Kind
	ID       ID
	Action   string // created, changed, deleted
	// Before and After are JSON objects of the fields that changed.
	Before json.RawMessage `json:",omitempty"`
	After  json.RawMessage `json:",omitempty"`
	// Hash is the hexadecimal SHA-256 over the hash before and this entry.
	Hash string `json:"-"`
}

// auditHead is the end of the chain, kept apart so that a cut is found too.
type auditHead struct {
	Sequence uint64
	Hash     [sha256.Size]byte
}

func auditKey(seq uint64) string { return fmt.Sprintf("%s%020d", prefixAudit, seq) }

// entry makes the next entry of the chain. A stored entry is its hash (32 bytes)
// and its JSON; the hash covers the hash before it, so that no entry can be
// altered, taken out or put in without every later one showing it.
func (h *auditHead) entry(now time.Time, by Actor, c Change) (write, error) {
	e := AuditEntry{
		Sequence: h.Sequence + 1, Revision: c.Revision, At: now, By: by, Kind: c.Kind, ID: c.ID, Action: "changed",
	}
	switch {
	case c.Deleted:
		e.Action = "deleted"
	case c.Old == nil:
		e.Action = "created"
	}
	var err error
	if e.Before, e.After, err = difference(c.Old, c.New); err != nil {
		return write{}, err
	}
	body, err := json.Marshal(e)
	if err != nil {
		return write{}, err
	}
	h.Sequence++
	h.Hash = chain(h.Hash, body)
	return write{key: auditKey(h.Sequence), value: append(h.Hash[:], body...)}, nil
}

func chain(before [sha256.Size]byte, body []byte) [sha256.Size]byte {
	s := sha256.New()
	s.Write(before[:])
	s.Write(body)
	return [sha256.Size]byte(s.Sum(nil))
}

func (h *auditHead) write() write {
	return write{key: keyAudit, value: append(fmt.Appendf(nil, "%020d", h.Sequence), h.Hash[:]...)}
}

func parseAuditHead(b []byte) (h auditHead, err error) {
	if b == nil {
		return h, nil
	}
	if len(b) != 20+sha256.Size || !allDigits(string(b[:20])) {
		return h, fmt.Errorf("audit's end: %w", ErrDamaged)
	}
	h.Sequence = uint64(atoi(string(b[:20])))
	h.Hash = [sha256.Size]byte(b[20:])
	return h, nil
}

// difference gives the fields of two records that differ, as JSON objects in
// which secrets are masked.
func difference(before, after any) (b, a json.RawMessage, err error) {
	vb, va := structOf(before), structOf(after)
	v := va
	if !v.IsValid() {
		v = vb
	}
	fb, fa := map[string]any{}, map[string]any{}
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if name == "Revision" {
			continue
		}
		if vb.IsValid() && va.IsValid() && reflect.DeepEqual(vb.Field(i).Interface(), va.Field(i).Interface()) {
			continue
		}
		for _, side := range []struct {
			v reflect.Value
			m map[string]any
		}{{vb, fb}, {va, fa}} {
			if side.v.IsValid() && (vb.IsValid() && va.IsValid() || !side.v.Field(i).IsZero()) {
				side.m[name] = side.v.Field(i).Interface()
			}
		}
	}
	if vb.IsValid() {
		if b, err = json.Marshal(fb); err != nil {
			return nil, nil, err
		}
	}
	if va.IsValid() {
		a, err = json.Marshal(fa)
	}
	return b, a, err
}

func structOf(r any) reflect.Value {
	if r == nil {
		return reflect.Value{}
	}
	return reflect.ValueOf(r).Elem()
}

func parseAudit(value []byte) (AuditEntry, []byte, error) {
	var e AuditEntry
	if len(value) < sha256.Size {
		return e, nil, fmt.Errorf("audit entry: %w: too short", ErrDamaged)
	}
	body := value[sha256.Size:]
	if err := json.Unmarshal(body, &e); err != nil {
		return e, nil, fmt.Errorf("audit entry: %w: %w", ErrDamaged, err)
	}
	e.Hash = hex.EncodeToString(value[:sha256.Size])
	return e, body, nil
}

// Audit gives up to limit entries before that sequence (0: from the end), the
// newest first. Damaged entries are left out; VerifyAudit tells of them.
func (d *Directory) Audit(ctx context.Context, limit int, before uint64) ([]AuditEntry, error) {
	var out []AuditEntry
	err := d.engine.View(ctx, func(r kv.Reader) error {
		v, err := r.Get(keyAudit)
		if err != nil {
			return err
		}
		head, err := parseAuditHead(v)
		if err != nil {
			return err
		}
		if before == 0 || before > head.Sequence {
			before = head.Sequence + 1
		}
		for seq := before - 1; seq > 0 && len(out) < limit; seq-- {
			v, err := r.Get(auditKey(seq))
			if v == nil || err != nil {
				continue
			}
			if e, _, err := parseAudit(v); err == nil {
				out = append(out, e)
			}
		}
		return nil
	})
	return out, err
}

// VerifyAudit walks the whole chain. The first entry that was altered, taken out
// or put in gives ErrDamaged with its number.
func (d *Directory) VerifyAudit(ctx context.Context) error {
	return d.engine.View(ctx, func(r kv.Reader) error { return verifyAudit(ctx, r) })
}

func verifyAudit(ctx context.Context, r kv.Reader) error {
	var at auditHead
	err := r.Scan(prefixAudit, "", func(it kv.Item) error {
		at.Sequence++
		if it.Key != auditKey(at.Sequence) {
			return fmt.Errorf("audit entry %d: %w: it is missing", at.Sequence, ErrDamaged)
		}
		if it.Err != nil {
			return it.Err
		}
		e, body, err := parseAudit(it.Value)
		if err != nil {
			return fmt.Errorf("audit entry %d: %w", at.Sequence, err)
		}
		at.Hash = chain(at.Hash, body)
		if hex.EncodeToString(at.Hash[:]) != e.Hash || e.Sequence != at.Sequence {
			return fmt.Errorf("audit entry %d: %w: it was altered", at.Sequence, ErrDamaged)
		}
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	v, err := r.Get(keyAudit)
	if err != nil {
		return err
	}
	end, err := parseAuditHead(v)
	if err != nil {
		return err
	}
	if end != at {
		return fmt.Errorf("audit: %w: the chain ends at entry %d, not %d", ErrDamaged, at.Sequence, end.Sequence)
	}
	return nil
}
