package rollout_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/provisioning/rollout"
	"cradle/templates"
)

const silent = "{{- range .lines}}\naccount.{{.number}}.enable = 0\n{{- end}}"

// good is the built-in text with a line more.
func good(t *testing.T) string {
	t.Helper()
	b, err := fs.ReadFile(templates.FS(), "devices/yealink/t4t5/accounts.tmpl")
	if err != nil {
		b, err = fs.ReadFile(templates.FS(), "yealink/t4t5/accounts.tmpl")
	}
	must(t, err)
	return string(b) + "\n# ours"
}

// A template that keeps phones from registering is stopped by itself before it
// has reached more than the first, and these come back.
func TestBrokenTemplateIsStopped(t *testing.T) {
	o := open(t, 12)
	r := o.template(silent, []int{1, 10, 100}, 0)
	first := 0
	for d := range o.dir.Snapshot().Devices("") {
		if directory.Lot(r.Subject, d.ID) < r.Stages[0] {
			first++
		}
	}
	if first == 0 || first > 6 {
		t.Fatalf("the first stage, %v, has %d phones", r.Stages, first)
	}
	o.until("the phones read it", func() bool { told, _ := o.count(); return told > 0 })
	if faults := o.prov.TemplateFaults(); len(faults) > 0 {
		t.Fatal(faults)
	}
	o.until("stopped", func() bool { return o.now(r).State == directory.RolloutStopped })
	stopped := o.now(r)
	if stopped.Stage != 0 || !strings.Contains(stopped.Reason, "are registered again") {
		t.Errorf("%+v", stopped)
	}
	o.until("an alarm", func() bool { o.mu.Lock(); defer o.mu.Unlock(); return len(o.alarms) == 1 })
	o.until("all are back", func() bool { _, live := o.count(); return live == 12 })
	if told, _ := o.count(); told != first {
		t.Errorf("%d phones were told, %d are in the first stage", told, first)
	}
	if v := o.dir.Snapshot().Template(r.Subject); v.Active != 0 || v.Share != 100 {
		t.Errorf("%+v", v)
	}
}

// One that does not render leaves its phones as they were, and is stopped too.
func TestTemplateThatDoesNotRenderIsStopped(t *testing.T) {
	o := open(t, 4)
	r := o.template("{{nonsense", []int{1, 100}, 0)
	o.until("stopped", func() bool { return o.now(r).State == directory.RolloutStopped })
	if now := o.now(r); now.Stage != 0 {
		t.Errorf("%+v", now)
	}
	if _, live := o.count(); live != 4 {
		t.Errorf("%d registered", live)
	}
}

// A good one goes through all stages, also over a restart in the middle.
func TestGoodTemplateReachesAll(t *testing.T) {
	o := open(t, 12)
	r := o.template(good(t), []int{50, 100}, 1)
	o.until("the first stage is told", func() bool { told, _ := o.count(); return told > 0 })
	must(t, o.Close())
	if now := o.now(r); now.State != directory.RolloutRunning || now.Stage != 0 {
		t.Fatalf("%+v", now)
	}
	o.start()
	o.until("done", func() bool { return o.now(r).State == directory.RolloutDone })
	if told, live := o.count(); told != 12 || live != 12 {
		t.Errorf("%d told, %d registered", told, live)
	}
	if v := o.dir.Snapshot().Template(r.Subject); v.Active != 1 || v.Share != 100 {
		t.Errorf("%+v", v)
	}
	if c := o.Count(o.now(r)); c.Phones != 12 || c.Done != 12 {
		t.Errorf("%+v", c)
	}
	if err := o.Stop(t.Context(), directory.Actor{}, r.ID); !errors.Is(err, rollout.ErrOver) {
		t.Error(err)
	}
}

func TestPauseAndStopByHand(t *testing.T) {
	o := open(t, 4)
	r := o.template(good(t), []int{50, 100}, 3600)
	by := directory.Actor{Kind: "user", Name: "test"}
	must(t, o.Pause(t.Context(), by, r.ID))
	must(t, o.Pause(t.Context(), by, r.ID))
	if o.now(r).State != directory.RolloutPaused {
		t.Errorf("%+v", o.now(r))
	}
	again := *r
	again.ID, again.Revision = "", 0
	if err := o.Start(t.Context(), by, &again); !errors.Is(err, rollout.ErrRunning) {
		t.Error(err)
	}
	must(t, o.Resume(t.Context(), by, r.ID))
	must(t, o.Stop(t.Context(), by, r.ID))
	if v := o.dir.Snapshot().Template(r.Subject); v.Active != 0 || o.now(r).Reason != "stopped by hand" {
		t.Errorf("%+v", v)
	}
	if err := o.Resume(t.Context(), by, r.ID); !errors.Is(err, rollout.ErrOver) {
		t.Error(err)
	}
	if err := o.Stop(t.Context(), by, "none"); !errors.Is(err, directory.ErrNotFound) {
		t.Error(err)
	}
}

// A firmware is for the phones that its stages have reached, and for no further
// one when it was stopped.
func TestFirmware(t *testing.T) {
	o := open(t, 12)
	f := &directory.Firmware{Vendor: "yealink", Models: []string{model}, Version: "108.99.0.1", File: "T46U.rom", Size: 1, SHA256: strings.Repeat("0", 64)}
	o.do(func(tx *directory.Tx) error { return tx.PutFirmware(f) })
	o.do(func(tx *directory.Tx) error {
		for d := range tx.Snapshot().Devices("") {
			c := *d
			c.Firmware = "108.86.0.20"
			must(t, tx.PutDevice(&c))
		}
		return nil
	})
	wanted := func() (n int) {
		for d := range o.dir.Snapshot().Devices("") {
			file, err := o.prov.Render(d.ID, "{mac}.cfg")
			must(t, err)
			if strings.Contains(string(file.Body), "T46U.rom") {
				n++
			}
		}
		return n
	}
	by := directory.Actor{Kind: "user", Name: "test"}
	r := &directory.Rollout{Kind: "firmware", Subject: f.ID, Stages: []int{50, 100}, Soak: 3600}
	must(t, o.Start(t.Context(), by, r))
	if n := wanted(); n == 0 || n == 12 || r.Target != f.Version {
		t.Errorf("%d phones are to load it", n)
	}
	n := wanted()
	o.until("they are told", func() bool { told, _ := o.count(); return told == n })
	must(t, o.Stop(t.Context(), by, r.ID))
	if n := wanted(); n != 0 {
		t.Errorf("%d phones are to load it after all", n)
	}
	o.do(func(tx *directory.Tx) error {
		bad := *tx.Snapshot().Firmware(f.ID)
		bad.Bad = "bricks"
		return tx.PutFirmware(&bad)
	})
	for _, wrong := range []directory.Rollout{
		{Kind: "firmware", Subject: f.ID, Stages: []int{100}}, {Kind: "firmware", Subject: "none", Stages: []int{100}},
		{Kind: "template", Subject: "none", Target: "1", Stages: []int{100}},
	} {
		if err := o.Start(t.Context(), by, &wrong); !errors.Is(err, rollout.ErrInvalid) {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
}
