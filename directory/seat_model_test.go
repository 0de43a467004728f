package directory

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// model is the seats told in the plainest way: two maps, changed step by step as
// the text of the rules has it.
type model struct {
	home   map[LineRef]string // base extension of each line, "" for a hot desk
	guest  map[LineRef]string
	allow  map[string]bool // takes guests at its phones
	roam   map[string]bool // may sit elsewhere
	remote map[ID]bool     // phone takes log-ins from the portal
	alone  map[ID]bool     // phone is never shared
	moves  map[ID]bool     // phone is a program of its user
	sealed map[string]bool // demands what the phones of plain do not have
	plain  map[ID]bool
}

func (m *model) where(ext string) (LineRef, bool) {
	for l, e := range m.guest {
		if e == ext {
			return l, true
		}
	}
	return LineRef{}, false
}

func (m *model) leave(ext string) {
	if l, ok := m.where(ext); ok {
		delete(m.guest, l)
	}
}

// sit gives the error that is due, nil when the request succeeds.
func (m *model) sit(ext string, at LineRef, how string, force bool) error {
	if m.guest[at] == ext {
		return nil
	}
	if m.home[at] == ext {
		m.leave(ext)
		return nil
	}
	portal := how == HowPortal || how == HowAPI
	if !m.roam[ext] || m.alone[at.Device] || m.moves[at.Device] || portal && !m.remote[at.Device] {
		return ErrRefused
	}
	if how != HowImport && !force {
		if m.home[at] != "" && (portal || !m.allow[m.home[at]]) {
			return ErrRefused
		}
		if _, elsewhere := m.where(ext); portal && (m.guest[at] != "" || elsewhere) {
			return ErrTaken
		}
	}
	if m.sealed[ext] && m.plain[at.Device] {
		return ErrUnfit
	}
	m.leave(ext)
	m.guest[at] = ext
	return nil
}

func (m *model) rehome(at LineRef, ext string) {
	if m.home[at] != ext {
		delete(m.guest, at)
		m.home[at] = ext
	}
}

func (m *model) deleteExtension(ext string) {
	m.leave(ext)
	for l, e := range m.home {
		if e == ext {
			m.rehome(l, "")
		}
	}
	delete(m.roam, ext)
	delete(m.allow, ext)
}

func (m *model) deleteDevice(id ID) {
	for l := range m.home {
		if l.Device == id {
			delete(m.home, l)
			delete(m.guest, l)
		}
	}
}

// world is the model beside the real thing.
type world struct {
	*store
	m    model
	org  ID
	site ID
	ids  map[string]ID // extensions by number
	next int
	// retired phones have one line, where nobody sits or is at home.
	retired []ID
}

// judge joins what another room knows of phones.
func (w *world) judge() {
	w.JudgeSeats(func(_ *Snapshot, d *Device, e *Extension) string {
		if w.m.sealed[e.Number] && w.m.plain[d.ID] {
			return "it has no encryption"
		}
		return ""
	})
}

// told holds the history against what is: who sits somewhere came last, who
// does not left last or never came.
func (w *world) told(t *rapid.T) {
	for _, e := range w.exts() {
		list, _, err := w.SeatHistory(w.ids[e], "", 1)
		if err != nil {
			t.Fatal(err)
		}
		_, guest := w.m.where(e)
		if came := len(list) > 0 && list[0].What == SeatTaken; came != guest || guest && list[0].Device != w.Snapshot().Guest(w.ids[e]).Device {
			t.Fatalf("%s is a guest: %v; its history ends with %+v", e, guest, list)
		}
	}
}

func (w *world) lines() []LineRef {
	return slices.SortedFunc(maps.Keys(w.m.home), func(a, b LineRef) int {
		if a.Device != b.Device {
			if w.Snapshot().Device(a.Device).MAC < w.Snapshot().Device(b.Device).MAC {
				return -1
			}
			return 1
		}
		return a.Line - b.Line
	})
}

func (w *world) exts() []string { return slices.Sorted(maps.Keys(w.ids)) }

func (w *world) addExtension(t *rapid.T, allow, roam bool) {
	w.next++
	e := &Extension{Organization: w.org, Site: w.site, Number: fmt.Sprint(100 + w.next), HotDesk: roam}
	e.Virtualization.Allow = allow
	w.must(t, func(tx *Tx) error { return tx.PutExtension(e) })
	w.ids[e.Number], w.m.allow[e.Number], w.m.roam[e.Number] = e.ID, allow, roam
}

func (w *world) addDevice(t *rapid.T, remote bool, homes ...string) {
	w.next++
	d := &Device{Organization: w.org, Site: w.site, MAC: MAC(fmt.Sprintf("%012x", w.next)), RemoteLogin: remote}
	for _, h := range homes {
		d.Lines = append(d.Lines, Line{Home: w.ids[h]})
	}
	w.must(t, func(tx *Tx) error { return tx.PutDevice(d) })
	w.m.remote[d.ID] = remote
	for i, h := range homes {
		w.m.home[d.At(i+1)] = h
	}
}

func (w *world) must(t *rapid.T, fn func(*Tx) error) {
	if err := w.try(fn); err != nil {
		t.Fatalf("update: %v", err)
	}
}

// agree holds the real thing against the model: the invariants 1 to 4, and every
// question that calls ask.
func (w *world) agree(t *rapid.T) {
	s := w.Snapshot()
	for _, f := range s.SeatFaults() {
		t.Fatalf("%s: %s", f.Key, f.Fault)
	}
	rings := make(map[string][]LineRef)
	guests := make(map[string]bool)
	for _, e := range w.m.guest {
		if guests[e] {
			t.Fatal("the model is wrong")
		}
		guests[e] = true
	}
	for _, l := range w.lines() {
		home, guest := w.m.home[l], w.m.guest[l]
		want := Sitting{}
		switch {
		case guest != "":
			want = Sitting{Extension: s.Extension(w.ids[guest]), Kind: SeatLogin}
			if home != "" {
				want.Kind = SeatVirtual
			}
			rings[guest] = append(rings[guest], l)
		case home != "":
			want = Sitting{Extension: s.Extension(w.ids[home]), Kind: SeatHome, Vacated: guests[home] && !w.m.moves[l.Device]}
			if !want.Vacated {
				rings[home] = append(rings[home], l)
			}
		}
		if got := s.Sitting(l); got != want {
			t.Fatalf("line %v is %+v, want %+v", l, got, want)
		}
		seat := s.Seat(l)
		if active := want.Extension != nil && !want.Vacated; active != (seat != nil) || active && (seat.Extension != want.Extension.ID || seat.Kind != want.Kind) {
			t.Fatalf("seat %+v, want %+v", seat, want)
		}
	}
	for _, id := range w.retired {
		if d := s.Device(id); len(d.Lines) != 1 || d.Lines[0].Home != "" || s.Sitting(d.At(1)) != (Sitting{}) {
			t.Fatalf("a phone out of service: %+v", d)
		}
	}
	for _, e := range w.exts() {
		w.agreeOn(t, s, e, rings[e], guests[e])
	}
}

func (w *world) agreeOn(t *rapid.T, s *Snapshot, e string, want []LineRef, guest bool) {
	got := s.Rings(w.ids[e])
	if len(got) != len(want) {
		t.Fatalf("%s rings at %v, want %v", e, got, want)
	}
	for _, l := range got {
		if !slices.Contains(want, l) {
			t.Fatalf("%s rings at %v, want %v", e, got, want)
		}
	}
	if (s.Guest(w.ids[e]) != nil) != guest {
		t.Fatalf("%s is a guest: %v", e, !guest)
	}
	homes, desks := 0, 0
	for l, h := range w.m.home {
		if h == e {
			homes++
			if !w.m.moves[l.Device] {
				desks++
			}
		}
	}
	if s.HasDesk(w.ids[e]) != (desks > 0) {
		t.Fatalf("%s is at home at %d desks", e, desks)
	}
	if inactive := homes > 0 && len(want) == 0; s.Inactive(w.ids[e]) != inactive {
		t.Fatalf("%s inactive: %v", e, !inactive)
	}
}

// outcome holds an error against the one due.
func outcome(t *rapid.T, what string, got, want error) {
	if want == nil && got != nil || want != nil && !errors.Is(got, want) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
}

func (w *world) actions() map[string]func(*rapid.T) {
	all := w.seatActions()
	maps.Copy(all, w.recordActions())
	all["start anew"] = func(*rapid.T) { w.reopen(); w.judge() }
	all[""] = w.agree
	return all
}

func (w *world) anyExtension(t *rapid.T) string {
	return rapid.SampledFrom(w.exts()).Draw(t, "extension")
}

func (w *world) anyLine(t *rapid.T) LineRef {
	return w.lines()[rapid.IntRange(0, len(w.m.home)-1).Draw(t, "line")]
}

// seatActions are what people do.
func (w *world) seatActions() map[string]func(*rapid.T) {
	sit := func(t *rapid.T) {
		e, at := w.anyExtension(t), w.anyLine(t)
		how := rapid.SampledFrom([]string{HowCode, HowPortal, HowImport, HowScreen}).Draw(t, "how")
		force := rapid.IntRange(0, 4).Draw(t, "force") == 0
		want := w.m.sit(e, at, how, force)
		err := w.try(func(tx *Tx) error {
			_, err := tx.Sit(SitRequest{Extension: w.ids[e], At: at, By: "x", How: how, Force: force})
			return err
		})
		outcome(t, "sit", err, want)
	}
	return map[string]func(*rapid.T){
		"sit": sit, "sit too": sit, "sit again": sit,
		"leave": func(t *rapid.T) {
			e := w.anyExtension(t)
			w.must(t, func(tx *Tx) error { _, err := tx.Leave(w.ids[e]); return err })
			w.m.leave(e)
		},
		"star thirty": func(t *rapid.T) {
			at := w.anyLine(t)
			w.must(t, func(tx *Tx) error { _, err := tx.LeaveLine(at); return err })
			if _, ok := w.m.guest[at]; ok {
				delete(w.m.guest, at)
			} else if home := w.m.home[at]; home != "" {
				w.m.leave(home)
			}
		},
	}
}

// recordActions are what administrators do to the records around the seats.
func (w *world) recordActions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"rehome": func(t *rapid.T) {
			at := w.anyLine(t)
			to := rapid.SampledFrom(append(w.exts(), "")).Draw(t, "home")
			w.must(t, func(tx *Tx) error {
				d := tx.Snapshot().Device(at.Device).clone().(*Device)
				d.Lines[at.Line-1].Home = w.ids[to]
				return tx.PutDevice(d)
			})
			w.m.rehome(at, to)
		},
		"rules": func(t *rapid.T) {
			e, allow, roam := w.anyExtension(t), rapid.Bool().Draw(t, "allow"), rapid.IntRange(0, 3).Draw(t, "roam") > 0
			w.must(t, func(tx *Tx) error {
				c := *tx.Snapshot().Extension(w.ids[e])
				c.Virtualization.Allow, c.HotDesk = allow, roam
				return tx.PutExtension(&c)
			})
			if w.m.allow[e], w.m.roam[e] = allow, roam; !roam {
				w.m.leave(e)
			}
		},
		"share or not": func(t *rapid.T) {
			at, alone := w.anyLine(t), rapid.IntRange(0, 3).Draw(t, "alone") == 0
			w.must(t, func(tx *Tx) error {
				d := tx.Snapshot().Device(at.Device).clone().(*Device)
				d.NeverShared = alone
				return tx.PutDevice(d)
			})
			if w.m.alone[at.Device] = alone; alone {
				maps.DeleteFunc(w.m.guest, func(l LineRef, _ string) bool { return l.Device == at.Device })
			}
		},
		"a program or not": func(t *rapid.T) {
			at, moves := w.anyLine(t), rapid.Bool().Draw(t, "moves")
			w.must(t, func(tx *Tx) error {
				d := tx.Snapshot().Device(at.Device).clone().(*Device)
				d.Personal = moves
				return tx.PutDevice(d)
			})
			if w.m.moves[at.Device] = moves; moves {
				maps.DeleteFunc(w.m.guest, func(l LineRef, _ string) bool { return l.Device == at.Device })
			}
		},
		"encrypt or not": func(t *rapid.T) {
			e, at := w.anyExtension(t), w.anyLine(t)
			w.m.sealed[e], w.m.plain[at.Device] = rapid.IntRange(0, 3).Draw(t, "sealed") == 0, rapid.IntRange(0, 2).Draw(t, "plain") == 0
		},
		"delete extension": func(t *rapid.T) {
			if len(w.ids) < 3 {
				w.addExtension(t, true, true)
			}
			e := w.anyExtension(t)
			w.must(t, func(tx *Tx) error { return tx.DeleteExtension(w.ids[e]) })
			w.m.deleteExtension(e)
			delete(w.ids, e)
		},
		"delete phone": func(t *rapid.T) {
			if len(w.m.home) < 4 {
				w.addDevice(t, true, w.anyExtension(t))
			}
			at := w.anyLine(t)
			w.must(t, func(tx *Tx) error { return tx.DeleteDevice(at.Device) })
			w.m.deleteDevice(at.Device)
		},
		"replace phone": func(t *rapid.T) {
			at := w.anyLine(t)
			w.next++
			mac := MAC(fmt.Sprintf("%012x", w.next))
			if rapid.Bool().Draw(t, "met") { // the new one was plugged in before
				w.must(t, func(tx *Tx) error { _, err := tx.NewDevice(w.org, w.site, mac, "", StepSeen); return err })
			}
			was := w.Snapshot().Device(at.Device)
			w.must(t, func(tx *Tx) error { return tx.Replace(at.Device, mac, "") })
			if d := w.Snapshot().Device(at.Device); d.MAC != mac || d.Lines[0].Account.Secret == was.Lines[0].Account.Secret || d.Token != "" {
				t.Fatalf("%+v", d)
			}
		},
		"retire phone": func(t *rapid.T) {
			if len(w.m.home) < 4 {
				w.addDevice(t, true, w.anyExtension(t))
			}
			at := w.anyLine(t)
			w.must(t, func(tx *Tx) error { return tx.Retire(at.Device) })
			w.m.deleteDevice(at.Device)
			w.retired = append(w.retired, at.Device)
		},
		"take a line away": func(t *rapid.T) {
			at := w.anyLine(t)
			n := len(w.Snapshot().Device(at.Device).Lines)
			if n == 1 {
				return
			}
			w.must(t, func(tx *Tx) error {
				d := tx.Snapshot().Device(at.Device).clone().(*Device)
				d.Lines = d.Lines[:n-1]
				return tx.PutDevice(d)
			})
			last := LineRef{at.Device, n}
			delete(w.m.home, last)
			delete(w.m.guest, last)
		},
		"new phone": func(t *rapid.T) {
			if len(w.m.home) < 10 {
				w.addDevice(t, rapid.Bool().Draw(t, "remote"), rapid.SampledFrom(append(w.exts(), "")).Draw(t, "home"))
			}
		},
	}
}

func TestSeatsFollowTheRulesInEveryHistory(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := &world{store: open(t), ids: map[string]ID{}}
		defer w.Directory.Close()
		w.m = model{map[LineRef]string{}, map[LineRef]string{}, map[string]bool{}, map[string]bool{}, map[ID]bool{}, map[ID]bool{}, map[ID]bool{}, map[string]bool{}, map[ID]bool{}}
		w.judge()
		org := &Organization{Name: "Acme"}
		w.must(rt, func(tx *Tx) error { return tx.PutOrganization(org) })
		site := &Site{Organization: org.ID, Name: "London"}
		w.must(rt, func(tx *Tx) error { return tx.PutSite(site) })
		w.org, w.site = org.ID, site.ID
		for i := range 4 {
			w.addExtension(rt, i != 3, true)
		}
		e := w.exts()
		w.addDevice(rt, true, e[0])
		w.addDevice(rt, true, e[1], "")
		w.addDevice(rt, false, e[2], e[0])
		w.addDevice(rt, true, e[3])
		w.addDevice(rt, true, "")
		rt.Repeat(w.actions())
		w.reopen()
		w.agree(rt)
		w.told(rt)
		rep, err := w.Check(t.Context())
		if err != nil || !rep.OK() {
			rt.Fatalf("check: %+v %v", rep.Findings, err)
		}
	})
}
