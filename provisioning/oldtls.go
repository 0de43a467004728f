package provisioning

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"cradle/directory"
	"cradle/provisioning/devicecert"
)

// OldTLS is a phone that came by a connection which the main TLS door refuses.
type OldTLS struct {
	Device         directory.ID
	MAC            directory.MAC
	At             time.Time // the last time
	Version, Suite string
}

// oldTLS remembers who still needs the door for old phones, one entry a device.
// The clerk keeps it on a shelf: anew where something but the time has changed,
// or once a day.
type oldTLS struct {
	shelf *directory.Shelf
	kept  map[directory.ID]OldTLS // as on the shelf; the clerk's own

	mu   sync.Mutex
	last map[directory.ID]OldTLS
}

// oldTLSAnew is how far behind the time on the shelf may be.
const oldTLSAnew = 24 * time.Hour

func newOldTLS(dir *directory.Directory) (*oldTLS, error) {
	o := &oldTLS{shelf: dir.Shelf("old-tls"), last: map[directory.ID]OldTLS{}, kept: map[directory.ID]OldTLS{}}
	err := o.shelf.All(func(key string, value []byte) bool {
		var one OldTLS
		if json.Unmarshal(value, &one) == nil {
			o.last[directory.ID(key)], o.kept[directory.ID(key)] = one, one
		}
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("reading who needs old TLS: %w", err)
	}
	return o, nil
}

// spoke notes how a known phone's connection was protected.
func (c *clerk) spoke(v *visit) {
	if v.TLS == nil || !devicecert.NeedsOld(v.TLS) {
		return
	}
	one := OldTLS{
		Device: v.device.ID, MAC: v.device.MAC, At: v.now,
		Version: tls.VersionName(v.TLS.Version), Suite: tls.CipherSuiteName(v.TLS.CipherSuite),
	}
	c.old.mu.Lock()
	c.old.last[one.Device] = one
	c.old.mu.Unlock()
}

// save writes down what is new and forgets devices that are gone. What could
// not be written is tried again.
func (o *oldTLS) save(ctx context.Context, snap *directory.Snapshot) error {
	var items []directory.Item
	fresh := map[directory.ID]OldTLS{}
	o.mu.Lock()
	for id, one := range o.last {
		kept := o.kept[id]
		switch {
		case snap.Device(id) == nil:
			delete(o.last, id)
			items = append(items, directory.Item{Key: string(id)})
		case kept.Version != one.Version || kept.Suite != one.Suite || one.At.Sub(kept.At) > oldTLSAnew:
			fresh[id] = one
			value, _ := json.Marshal(one) //nolint:errchkjson // plain data
			items = append(items, directory.Item{Key: string(id), Value: value})
		}
	}
	o.mu.Unlock()
	if err := o.shelf.Put(ctx, items); err != nil {
		return err
	}
	maps.Copy(o.kept, fresh)
	return nil
}

// OldTLS lists the phones that still need the door for old ones, the last first.
func (p *Provisioning) OldTLS() []OldTLS {
	o := p.clerk.old
	o.mu.Lock()
	defer o.mu.Unlock()
	list := make([]OldTLS, 0, len(o.last))
	for _, one := range o.last {
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b OldTLS) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.MAC, b.MAC)) })
	return list
}
