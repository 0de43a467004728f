package settings

import (
	"hash/maphash"

	"cradle/directory"
)

// Depends writes into a hash every record that the values for these facts
// depend on, so that two renderings with the same sum are the same.
func (m *Maker) Depends(h *maphash.Hash, f Facts) {
	who := f.subject()
	d := dependence{h}
	maphash.WriteComparable(h, f.Now.Year()) // the days of summer time
	if who.Organization != nil {
		d.record(who.Organization.ID, who.Organization.Revision)
		for c := range f.Snapshot.Codes(who.Organization.ID) {
			d.record(c.ID, c.Revision)
		}
	}
	if who.Site != nil {
		d.record(who.Site.ID, who.Site.Revision)
	}
	firmware := false
	for l := range who.layers() {
		d.settings(f.Snapshot, l.scope)
		_, said := f.Snapshot.Setting(l.scope, Schema[Firmware].Name)
		firmware = firmware || said
	}
	if f.Device != nil {
		if r := f.Snapshot.RolledOut(f.Device); r != nil {
			d.record(r.ID, r.Revision)
			firmware = true
		}
	}
	if firmware {
		for file := range f.Snapshot.Firmwares("") {
			d.record(file.ID, file.Revision)
		}
	}
	if f.Device != nil {
		m.device(d, &phone{Facts: f, who: who})
	}
}

// device writes what belongs to one phone: who sits where, under which numbers,
// and whom its keys name.
func (m *Maker) device(d dependence, p *phone) {
	d.record(p.Device.ID, p.Device.Revision)
	for i := range p.Device.Lines {
		e := p.Snapshot.Sitting(p.Device.At(i + 1)).Extension
		if e == nil {
			d.hash.WriteByte(0)
			continue
		}
		d.record(e.ID, e.Revision)
		for n := range p.Snapshot.NumbersOf(e.ID) {
			d.record(n.ID, n.Revision)
		}
		if e != p.who.Person {
			d.settings(p.Snapshot, directory.Scope{Kind: "extension", ID: string(e.ID)})
		}
	}
	layout, personal, _ := p.wishes()
	all := p.Book != ""
	for _, keys := range [][]directory.Key{layout, personal} {
		for _, k := range keys {
			maphash.WriteComparable(d.hash, k)
			all = all || k.Rule != ""
			if e := p.named(k.Type, k.Value); e != nil {
				d.record(e.ID, e.Revision)
			}
		}
		d.hash.WriteByte(0)
	}
	if all {
		maphash.WriteComparable(d.hash, m.shelf.Roll(p.Snapshot, p.Device.Organization).Print)
	}
}

// dependence writes records into a hash, each with its end.
type dependence struct{ hash *maphash.Hash }

func (d dependence) record(id directory.ID, revision uint64) {
	d.hash.WriteString(string(id))
	maphash.WriteComparable(d.hash, revision)
}

func (d dependence) settings(snap *directory.Snapshot, scope directory.Scope) {
	for key, value := range snap.Settings(scope) {
		d.hash.WriteString(key)
		d.hash.WriteByte(0)
		d.hash.WriteString(value)
		d.hash.WriteByte(1)
	}
	d.hash.WriteByte(2)
}
