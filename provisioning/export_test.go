package provisioning

import (
	"context"
	"net/http"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/settings"
)

// HoldRendering takes one place of those that render at once; the func gives it back.
func HoldRendering(p *Provisioning) func() {
	p.rendering.Add(1)
	return func() { p.rendering.Add(-1) }
}

// ForgetRenderings gives a func that takes what is in the cache now out of it,
// each time it is called.
func ForgetRenderings(p *Provisioning) func() {
	var full []int
	for i := range p.cache.slots {
		if p.cache.slots[i].Load() != nil {
			full = append(full, i)
		}
	}
	return func() {
		for _, i := range full {
			if old := p.cache.slots[i].Swap(nil); old != nil {
				p.cache.bytes.Add(-int64(len(old.body)))
			}
		}
	}
}

// InSnapshot answers as a door would who asks for a file of a device that is in
// this snapshot alone, by its token; without a device, for a file of a model.
func InSnapshot(p *Provisioning, snap *directory.Snapshot, r Request, m *catalog.Model, d *directory.Device, file *catalog.File, book string) Response {
	v := &visit{Request: r, now: p.now(), snap: snap, shelf: p.Catalog(), site: snap.SiteOf(r.Source.Addr()), model: m, device: d, book: book}
	mode := settings.Bootstrap
	if d != nil {
		grant := p.judge(v, true)
		if mode = grant.Mode; !grant.Serve {
			return v.refuse(grant.Rule)
		}
		if r.Door == DoorHTTPS {
			p.clerk.authority.Store(d.ID, d.PhoneID)
		}
	}
	if file.Screen != "" && file.Screen != catalog.IdleScreen { // as people look at it: a sample
		body, err := p.render(v, file, mode, p.baseURL(v, true))
		if err != nil {
			return Response{Status: http.StatusInternalServerError, Body: []byte(err.Error())}
		}
		return Response{Status: http.StatusOK, ContentType: file.ContentType, Body: body}
	}
	resp := p.file(context.Background(), v, file, mode, true)
	if resp.Status != http.StatusOK {
		resp.Body = []byte(v.rule)
	}
	return resp
}

// HoldKeeper keeps texts from being made until the func is called.
func HoldKeeper(p *Provisioning) (resume func()) {
	p.keeper.close()
	return func() { p.keeper.stop, p.keeper.done = make(chan struct{}), make(chan struct{}); go p.keeper.run() }
}

// KeeperIdle tells whether no text waits.
func KeeperIdle(p *Provisioning) bool {
	k := p.keeper
	k.mu.Lock()
	defer k.mu.Unlock()
	for e := k.order.Front(); e != nil; e = e.Next() {
		if e.Value.(*fetchedFile).waits { //nolint:forcetypeassert // only these are in the list
			return false
		}
	}
	return true
}
