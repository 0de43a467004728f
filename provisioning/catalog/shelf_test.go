package catalog_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"cradle/provisioning/catalog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func write(t *testing.T, folder, name, text string) {
	t.Helper()
	file := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func opened(t *testing.T, folder string) *catalog.Shelf {
	t.Helper()
	s, err := catalog.Open(good(), folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func TestOverlay(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "catalog")
	s := opened(t, folder)
	builtin := s.Current()
	if builtin.Model("acme-one") == nil || s.Fault() != nil {
		t.Fatalf("without a folder: %v", s.Fault())
	}
	write(t, folder, "acme/new/model.yaml", "inherits: acme/x\nuser_agents: ['^Newest (?P<model>\\w+)']\nmodels:\n  acme-two: {label: Two, agents: [Two]}\n")
	write(t, folder, ".git/x", "")
	write(t, folder, "README", "")
	if err := s.Reload(); err != nil || s.Current().Model("acme-two") == nil || s.Current().Model("acme-one") == nil || len(s.Current().Vendor("acme").Agents) != 2 {
		t.Fatalf("a new family: %v", err)
	}
	added := s.Current()
	if s.Reload() != nil || s.Current() != added {
		t.Error("read again though nothing changed")
	}
	write(t, folder, "acme/new/model.yaml", "inherits: acme/none\nmodels:\n  acme-two: {label: Two, agents: [Two]}\n")
	if err := s.Reload(); !errors.Is(err, catalog.ErrInvalid) || s.Current() != added || s.Fault() == nil || !strings.Contains(s.Fault().Error(), "acme/none") {
		t.Errorf("a broken one: %v", err)
	}
	if err := s.Reload(); err == nil {
		t.Error("the fault is forgotten while it lasts")
	}
	for _, name := range []string{"vendor.yaml", "x/model.yaml", "x/a.tmpl"} {
		text := string(good()["acme/"+name].Data)
		write(t, folder, "zorg/"+name, strings.NewReplacer("acme-one", "zorg-one", "02aabb", "02aabd", "Acme", "Zorg").Replace(text))
	}
	if err := os.RemoveAll(filepath.Join(folder, "acme")); err != nil {
		t.Fatal(err)
	}
	if err := s.Reload(); err != nil || s.Current().Model("zorg-one") == nil || s.Current().Model("acme-two") != nil || s.Fault() != nil {
		t.Errorf("a new vendor: %v", err)
	}
	write(t, folder, "acme/x/a.tmpl", "#!version:1\nother = {{.provision.url}}\n")
	if err := s.Reload(); err != nil || s.Current().Model("acme-one") == nil {
		t.Errorf("one template alone: %v", err)
	}
	write(t, folder, "acme/x/model.yaml", "defaults: {codecs: [pcma], display: label, sure: unsure}\nmodels:\n  acme-one: {label: Mine, agents: [One]}\nfiles: [{name: \"{mac}.txt\", template: b.tmpl, bootstrap: a.tmpl}]\nboot: {user_agent: x, doors: [http], asks: [{file: \"{mac}.txt\"}]}\n")
	if err := s.Reload(); !errors.Is(err, catalog.ErrInvalid) || !strings.Contains(err.Error(), "b.tmpl") {
		t.Errorf("a family hides the built-in one's files: %v", err)
	}
	write(t, folder, "acme/x/b.tmpl", "")
	if err := s.Reload(); err != nil || s.Current().Model("acme-one").Label != "Mine" {
		t.Errorf("a family in place of a built-in one: %v", err)
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if err := s.Reload(); err != nil || s.Current().Model("acme-one").Label != "Acme One" {
		t.Errorf("after the folder went: %v", err)
	}
}

// TestFolderIsFollowed: nobody has to ask.
func TestFolderIsFollowed(t *testing.T) {
	folder := t.TempDir()
	s := opened(t, folder)
	write(t, folder, "acme/new/model.yaml", "inherits: acme/x\nmodels:\n  acme-two: {label: Two, agents: [Two]}\n")
	for end := time.Now().Add(15 * time.Second); s.Current().Model("acme-two") == nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never seen")
		}
	}
}

func TestBrokenBuiltIn(t *testing.T) {
	if _, err := catalog.Open(fstest.MapFS{}, t.TempDir()); !errors.Is(err, catalog.ErrInvalid) {
		t.Error(err)
	}
}

// TestLiterals: a pattern that a User-Agent matches is never passed
// over for what it must hold.
func TestLiterals(t *testing.T) {
	shelf := good()
	shelf["acme/vendor.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(string(shelf["acme/vendor.yaml"].Data), "user_agents: [", "user_agents: ['(?i)^(?:foo|bar) (?P<model>x+y)ZZ', '(?i)^q?Wert(?:z)* k', '^.*$', ", 1))}
	c, err := catalog.Load(shelf)
	if err != nil {
		t.Fatal(err)
	}
	for text, matches := range map[string]int{"FOO xxyzz": 2, "bar XYzz": 2, "wertzzz k": 2, "QWERT K": 2, "Acme One 1.0 02aabbccddee": 2, "": 1, "none": 1} {
		got := 0
		for _, a := range c.Vendor("acme").Agents {
			if m := a.Match(text, strings.ToLower(text)); (m != nil) != a.Pattern.MatchString(text) {
				t.Errorf("%q and %s: %v", text, a.Pattern, m)
			} else if m != nil {
				got++
			}
		}
		if got != matches {
			t.Errorf("%q matches %d, want %d", text, got, matches)
		}
	}
}
