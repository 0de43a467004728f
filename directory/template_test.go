package directory

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func (s *store) template(org ID, scope Scope) *Template {
	s.t.Helper()
	tpl := &Template{Organization: org, Scope: scope, Model: "acme-1", File: "phone.tmpl", Name: "Ours"}
	s.do(func(tx *Tx) error { return tx.PutTemplate(tpl) })
	return tpl
}

func TestVersionsOfATemplateCountUpAndNeverChange(t *testing.T) {
	s := open(t)
	o := s.office()
	tpl := s.template(o.org, Scope{"organization", string(o.org)})
	tests := []TemplateTest{{Model: "acme-1", Line: "a = 1"}}
	var v TemplateVersion
	for range 11 {
		v = TemplateVersion{Template: tpl.ID, Text: "a = 1\n", Tests: tests}
		s.do(func(tx *Tx) error { return tx.AddTemplateVersion(&v) })
	}
	if v.Number != 11 || v.By != tester.Name || v.At.IsZero() || v.Organization != o.org {
		t.Errorf("version is %+v", v)
	}
	if err := s.try(func(tx *Tx) error { return tx.AddTemplateVersion(&v) }); !errors.Is(err, ErrInvalid) {
		t.Errorf("a version was written again: %v", err)
	}
	s.do(func(tx *Tx) error {
		c := *tx.Snapshot().Template(tpl.ID)
		c.Active, c.Previous, c.Share = 11, 10, 5
		return tx.PutTemplate(&c)
	})
	s.reopen()
	want := 1
	for v := range s.Snapshot().TemplateVersions(tpl.ID) {
		if v.Number != want {
			t.Fatalf("version %d stands where %d belongs", v.Number, want)
		}
		want++
	}
	if want != 12 {
		t.Errorf("%d versions, not 11", want-1)
	}
	err := s.try(func(tx *Tx) error {
		c := *tx.Snapshot().Template(tpl.ID)
		c.Active = 12
		return tx.PutTemplate(&c)
	})
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("a version that is not there was activated: %v", err)
	}
	s.do(func(tx *Tx) error { return tx.DeleteTemplate(tpl.ID) })
	s.sound()
}

func TestTemplatesAreFoundByScope(t *testing.T) {
	s := open(t)
	o := s.office()
	scopes := []Scope{{"appliance", ""}, {"organization", string(o.org)}, {"site", string(o.site)}, {"device", string(o.hot.Device)}}
	ids := map[Scope]ID{}
	for _, sc := range scopes {
		org := o.org
		if sc.Kind == "appliance" {
			org = ""
		}
		ids[sc] = s.template(org, sc).ID
	}
	s.reopen()
	for sc, id := range ids {
		if got := s.Snapshot().TemplateFor(sc, "acme-1", "phone.tmpl"); got == nil || got.ID != id {
			t.Errorf("scope %v: %v", sc, got)
		}
	}
	again := &Template{Organization: o.org, Scope: scopes[2], Model: "acme-1", File: "phone.tmpl", Name: "Another"}
	if err := s.try(func(tx *Tx) error { return tx.PutTemplate(again) }); !errors.Is(err, ErrTaken) {
		t.Errorf("a second one of that scope: %v", err)
	}
	s.do(func(tx *Tx) error { return tx.DeleteDevice(o.hot.Device) })
	if s.Snapshot().Template(ids[scopes[3]]) != nil {
		t.Error("the template outlived its phone")
	}
	s.sound()
}

func TestTemplatesOutOfBoundsAreRefused(t *testing.T) {
	org := Scope{"organization", "o"}
	for what, tpl := range map[string]*Template{
		"scope":            {Scope: Scope{"model", "m"}, Model: "m", File: "f", Name: "n"},
		"appliance of one": {Organization: "o", Scope: Scope{"appliance", ""}, Model: "m", File: "f", Name: "n"},
		"another's":        {Organization: "p", Scope: org, Model: "m", File: "f", Name: "n"},
		"site of nobody":   {Scope: Scope{"site", "s"}, Model: "m", File: "f", Name: "n"},
		"path":             {Organization: "o", Scope: org, Model: "m", File: "../f", Name: "n"},
		"no model":         {Organization: "o", Scope: org, File: "f", Name: "n"},
		"share":            {Organization: "o", Scope: org, Model: "m", File: "f", Name: "n", Share: 101},
		"active":           {Organization: "o", Scope: org, Model: "m", File: "f", Name: "n", Active: 1},
	} {
		if err := tpl.check(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	full := &TemplateVersion{Number: 1, Text: strings.Repeat("x", MaxTemplateText), Tests: make([]TemplateTest, maxTemplateTests)}
	for i := range full.Tests {
		full.Tests[i] = TemplateTest{Model: "m", Line: "l"}
	}
	if err := full.check(); err != nil {
		t.Error(err)
	}
	for what, v := range map[string]*TemplateVersion{
		"empty": {Number: 1}, "long": {Number: 1, Text: full.Text + "x"}, "not text": {Number: 1, Text: "\xff"},
		"number": {Text: "x"}, "tests": {Number: 1, Text: "x", Tests: append(full.Tests, full.Tests[0])},
		"test without a line": {Number: 1, Text: "x", Tests: []TemplateTest{{Model: "m"}}},
	} {
		if err := v.check(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func (s *store) firmware() *Firmware {
	s.t.Helper()
	f := &Firmware{
		Vendor: "acme", Models: []string{"acme-1"}, Version: "2.1", File: "A1-2.1.rom", Size: 1,
		SHA256: strings.Repeat("0a", 32), At: time.Now(),
	}
	s.do(func(tx *Tx) error { return tx.PutFirmware(f) })
	return f
}

func TestFirmwareIsFoundInWhateverLetterCase(t *testing.T) {
	s := open(t)
	f := s.firmware()
	s.reopen()
	if got := s.Snapshot().FirmwareByFile("acme", "a1-2.1.ROM"); got == nil || got.ID != f.ID {
		t.Fatalf("found %v", got)
	}
	again := *f
	again.ID, again.Revision, again.File = "", 0, "a1-2.1.rom"
	if err := s.try(func(tx *Tx) error { return tx.PutFirmware(&again) }); !errors.Is(err, ErrTaken) {
		t.Errorf("the file twice: %v", err)
	}
	for what, edit := range map[string]func(*Firmware){
		"models": func(f *Firmware) { f.Models = nil }, "sum": func(f *Firmware) { f.SHA256 = "00" },
		"upper": func(f *Firmware) { f.SHA256 = strings.Repeat("0A", 32) }, "size": func(f *Firmware) { f.Size = 0 },
		"path": func(f *Firmware) { f.File = "a/b" }, "version": func(f *Firmware) { f.Version = "" },
	} {
		c := *f
		edit(&c)
		if err := c.check(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	s.sound()
}

func TestRolloutStartsWithDefaultsAndHoldsItsSubject(t *testing.T) {
	s := open(t)
	o := s.office()
	f := s.firmware()
	tpl := s.template(o.org, Scope{"site", string(o.site)})
	r := &Rollout{Organization: o.org, Kind: "template", Subject: tpl.ID, Target: "1", Stages: []int{1, 10, 100}, Site: o.site}
	s.do(func(tx *Tx) error { return tx.PutRollout(r) })
	if r.State != RolloutRunning || r.Least != 90 || r.Started.IsZero() || r.Moved != r.Started {
		t.Errorf("roll-out is %+v", r)
	}
	s.reopen()
	if err := s.try(func(tx *Tx) error { return tx.DeleteTemplate(tpl.ID) }); !errors.Is(err, ErrInUse) {
		t.Errorf("its template was deleted: %v", err)
	}
	if s.Snapshot().Template(tpl.ID) == nil {
		t.Error("the template is gone")
	}
	wrong := &Rollout{Kind: "firmware", Subject: tpl.ID, Target: "1", Stages: []int{100}}
	if err := s.try(func(tx *Tx) error { return tx.PutRollout(wrong) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("a template as firmware: %v", err)
	}
	s.do(func(tx *Tx) error {
		return tx.PutRollout(&Rollout{Kind: "firmware", Subject: f.ID, Target: "2.1", Stages: []int{100}})
	})
	for _, stages := range [][]int{nil, {50}, {10, 10, 100}, {0, 100}, {100, 101}, make([]int, maxStages+1)} {
		c := *r
		c.Stages = stages
		if err := c.check(); !errors.Is(err, ErrInvalid) {
			t.Errorf("stages %v: %v", stages, err)
		}
	}
	s.do(func(tx *Tx) error { return errors.Join(tx.DeleteRollout(r.ID), tx.DeleteTemplate(tpl.ID)) })
	s.sound()
}
