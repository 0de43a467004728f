package directory

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"cradle/directory/kv"
)

// Finding is one fault of the store: a key and what is wrong with it.
type Finding struct {
	Key   string
	Fault string
}

// load reads everything into a snapshot. What is damaged, or belongs to something
// that is not there, is left out and found, never served; only the store's own
// bookkeeping has to be whole.
func (d *Directory) load(ctx context.Context) (*Snapshot, auditHead, []Finding, error) {
	var l loader
	l.s = &Snapshot{}
	l.keys, l.epoch = d.keys, d.nextEpoch()
	err := d.engine.View(ctx, func(r kv.Reader) error {
		v, err := r.Get(keyRevision)
		if err != nil {
			return err
		}
		if v != nil {
			if l.s.revision, err = strconv.ParseUint(string(v), 10, 64); err != nil {
				return fmt.Errorf("key %s: %w", keyRevision, ErrDamaged)
			}
		}
		if v, err = r.Get(keyAudit); err != nil {
			return err
		}
		if l.audit, err = parseAuditHead(v); err != nil {
			return err
		}
		return l.all(r)
	})
	if err != nil {
		return nil, auditHead{}, nil, err
	}
	l.s.finish()
	return l.s, l.audit, l.found, nil
}

type loader struct {
	s     *Snapshot
	keys  *Keys
	epoch uint64
	audit auditHead
	found []Finding
}

func (l *loader) fault(key string, format string, args ...any) {
	l.found = append(l.found, Finding{key, fmt.Sprintf(format, args...)})
}

func (l *loader) all(r kv.Reader) error {
	for t := range tables {
		prefix := recordKey(t, "")
		err := r.Scan(prefix, "", func(it kv.Item) error {
			l.record(t, ID(strings.TrimPrefix(it.Key, prefix)), it)
			return nil
		})
		if err != nil {
			return err
		}
	}
	err := r.Scan(prefixLimit, "", func(it kv.Item) error {
		name := strings.TrimPrefix(it.Key, prefixLimit)
		v, perr := strconv.ParseInt(string(it.Value), 10, 64)
		switch {
		case it.Err != nil:
			l.fault(it.Key, "%v", it.Err)
		case perr != nil || CheckLimit(name, v) != nil:
			l.fault(it.Key, "limit %q is unknown or out of range", it.Value)
		default:
			l.s.setLimit(name, v)
		}
		return nil //nolint:nilerr // found, and left out
	})
	if err != nil {
		return err
	}
	return r.Scan(prefixSetting, "", func(it kv.Item) error {
		if it.Err != nil {
			l.fault(it.Key, "%v", it.Err)
			return nil //nolint:nilerr // found, and left out
		}
		l.s.settings.set(l.epoch, strings.TrimPrefix(it.Key, prefixSetting), string(it.Value))
		return nil
	})
}

// record takes one stored record in, or finds what is wrong with it.
func (l *loader) record(t table, id ID, it kv.Item) {
	if it.Err != nil {
		l.fault(it.Key, "%v", it.Err)
		return
	}
	rec := tableInfo[t].make()
	if err := rec.decode(l.keys, id, it.Value); err != nil {
		l.fault(it.Key, "%v", err)
		return
	}
	if have, _ := rec.head(); have != id {
		l.fault(it.Key, "it holds the record %s", have)
		return
	}
	for _, r := range rec.refs() {
		if _, ok := l.s.records[r.t].get(r.to); ok {
			continue
		}
		l.fault(it.Key, "its %s %s is not there", r.as, r.to)
		if needed(r.as) {
			return
		}
	}
	for _, u := range rec.uniques() {
		if owner, ok := l.s.uniq[u.kind].get(u.value); ok {
			l.fault(it.Key, "its %s %q belongs to %s", uniqueNames[u.kind], bare(u.value), owner)
			return
		}
	}
	l.s.apply(l.epoch, nil, rec)
}
