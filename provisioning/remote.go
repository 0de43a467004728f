package provisioning

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"cradle/directory"
	"cradle/provisioning/onboard"
)

// RemoteWindow is how long a one-time URL waits to be used.
const RemoteWindow = 24 * time.Hour

// remoteBoot is how long the address that used a one-time URL may go on using
// it: a boot asks for several files, several times.
const remoteBoot = 10 * time.Minute

// maxRemote bounds the one-time URLs that are being used.
const maxRemote = 4096

// remotes are the one-time URLs that were used just now.
type remotes struct {
	mu   sync.Mutex
	used map[directory.TokenHash]usedRemote
}

type usedRemote struct {
	device directory.ID
	token  directory.TokenHash // of the URL of its own that it got with this one
	source netip.Addr
	until  time.Time
}

// byRemote finds the phone of a one-time URL: unused and in its time, or used
// just now by the same address. What revokes the phone's own URL ends this one
// too. Only a file that a phone asks for uses it up: chat programs look at every
// address that is sent through them.
func (p *Provisioning) byRemote(ctx context.Context, v *visit, hash directory.TokenHash) *directory.Device {
	r := &p.remotes
	r.mu.Lock()
	defer r.mu.Unlock()
	if u, is := r.used[hash]; is {
		v.snap = p.c.Directory.Snapshot() // ours may be of before the use
		if d := v.snap.Device(u.device); d != nil && d.Token == u.token && u.source == v.Source.Addr() && v.now.Before(u.until) {
			return d
		}
		p.alarm(v, onboard.AlarmRemote, "a one-time address was used a second time")
		return nil
	}
	d := v.snap.DeviceByRemote(hash)
	switch {
	case d == nil || d.Disabled || v.now.After(d.RemoteUntil):
		return nil
	case len(v.found.Matches) == 0 || v.found.MAC != "" && v.found.MAC != d.MAC:
		return nil
	}
	err := p.c.Directory.Update(ctx, directory.Actor{Kind: "phone", Name: d.MAC.Colons()}, func(tx *directory.Tx) error {
		if err := tx.UseRemote(d.ID); err != nil {
			return err
		}
		_, err := tx.IssueToken(d.ID)
		return err
	})
	if err != nil {
		p.log.Error("using a one-time address", "mac", d.MAC, "err", err)
		return nil
	}
	for old, u := range r.used {
		if v.now.After(u.until.Add(RemoteWindow)) || len(r.used) >= maxRemote {
			delete(r.used, old)
		}
	}
	v.snap = p.c.Directory.Snapshot()
	if d = v.snap.Device(d.ID); d != nil {
		r.used[hash] = usedRemote{d.ID, d.Token, v.Source.Addr(), v.now.Add(remoteBoot)}
	}
	return d
}

// RemoteURL is the one-time address that is given to a remote phone; empty: no
// door is open to the outside, or nobody said under which name we are reached.
func (p *Provisioning) RemoteURL(device directory.ID, token string) string {
	v := &visit{now: p.now(), snap: p.c.Directory.Snapshot(), shelf: p.Catalog()}
	if v.device = v.snap.Device(device); v.device == nil {
		return ""
	}
	if v.model = p.modelOf(v); v.model == nil {
		return ""
	}
	if p.c.Servers.Advertise == "" { // the site says the name by which it is reached
		v.site = v.snap.Site(v.device.Site)
	}
	base := p.baseURL(v, false)
	if base == "" || p.host(v) == "" {
		return ""
	}
	return base + "~" + token + "/"
}
