package provisioning_test

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/templates"
)

// turning is a catalogue that is read again.
type turning struct {
	now atomic.Pointer[catalog.Catalog]
}

func (s *turning) Current() *catalog.Catalog { return s.now.Load() }

func (s *turning) turn(t *testing.T) {
	t.Helper()
	c, err := catalog.Load(templates.FS())
	must(t, err)
	s.now.Store(c)
}

// With a new catalogue goes the old one: a folder that is edited for a day must
// not fill the memory.
func TestOldCataloguesAreLetGo(t *testing.T) {
	source := &turning{}
	source.turn(t)
	k := newKit(t, kitOptions{catalog: source})
	k.importPhone(t, yMAC, "yealink-t46u", true)
	k.upload(t, directory.Scope{Kind: "appliance"}, added("features.custom = 1"))
	if r := k.p.Answer(context.Background(), request(provisioning.DoorHTTP, inside, yFile, "Yealink SIP-T46U 108.86.0.20 80:5e:c0:12:34:56")); r.Status != 200 || !contains(r.Body, "features.custom") {
		t.Fatalf("%d: %s", r.Status, k.lastRule(yMAC))
	}
	var gone atomic.Bool
	runtime.AddCleanup(source.Current(), func(struct{}) { gone.Store(true) }, struct{}{})
	source.turn(t)
	k.p.Catalog()
	eventually(t, "the old catalogue goes", func() bool { runtime.GC(); return gone.Load() })
	if r := k.get(inside, yFile); r.Status != 200 || !contains(r.Body, "features.custom") {
		t.Errorf("%d: %s", r.Status, k.lastRule(yMAC))
	}
}
