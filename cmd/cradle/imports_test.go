package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// arrows lists for each room the rooms it may call. A room is the first folder
// of a path, or two folders for the programs. No arrow upward, no circle.
func arrows() map[string][]string {
	return map[string][]string{
		"cmd/cradle":   {"ui", "calls", "registrar", "provisioning", "media", "directory", "templates"},
		"cmd/phonesim": {"templates", "provisioning/provtest", "provisioning/catalog", "registrar/siptest", "media"},
		"ui":           {"calls", "registrar", "provisioning", "directory"},
		"calls":        {"registrar", "media", "directory"},
		"registrar":    {"directory"},
		"provisioning": {"directory", "templates"},
		"media":        {},
		"directory":    {},
		"templates":    {},
	}
}

// stack holds the rooms that may know the SIP library.
func stack() []string { return []string{"registrar", "calls"} }

func TestArrows(t *testing.T) {
	allowed := arrows()
	seen := map[string]bool{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || (d.Name() != ".." && strings.HasPrefix(d.Name(), "."))) {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		from := room(filepath.ToSlash(filepath.Dir(rel)))
		if _, ok := allowed[from]; !ok {
			t.Errorf("%s: %s is no room of the house", rel, from)
			return nil
		}
		seen[from] = true
		checkFile(t, path, rel, from, allowed[from])
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for r := range allowed {
		if !seen[r] {
			t.Errorf("the room %s is gone: take its arrows away", r)
		}
	}
}

func checkFile(t *testing.T, path, rel, from string, allowed []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	for _, imp := range f.Imports {
		to, err := strconv.Unquote(imp.Path.Value)
		if err != nil {
			t.Error(err)
			continue
		}
		if strings.HasPrefix(to, "github.com/emiago/sipgo") && !within(from, stack()) {
			t.Errorf("%s imports %s: only %v may", rel, to, stack())
		}
		inner, ours := strings.CutPrefix(to, "cradle/")
		if !ours || room(inner) == from || within(inner, allowed) {
			continue
		}
		t.Errorf("%s: no arrow leads from %s to %s", rel, from, inner)
	}
}

// room is the room that a folder belongs to.
func room(dir string) string {
	parts := strings.SplitN(dir, "/", 3)
	if parts[0] == "cmd" && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// within tells whether dir is one of the folders or lies inside one.
func within(dir string, folders []string) bool {
	for _, f := range folders {
		if dir == f || strings.HasPrefix(dir, f+"/") {
			return true
		}
	}
	return false
}
