// Package rowstest holds tables of demands against the tests that show them: a test
// that a table names must be there.
package rowstest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// There wants tests of these names, with spaces between, anywhere in the tree.
func There(t *testing.T, what, names string) {
	t.Helper()
	there, err := all()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq(names) {
		if !there[name] {
			t.Errorf("%s: there is no %s", what, name)
		}
	}
}

var declared = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)

// all are the names of all tests of the module.
var all = sync.OnceValues(func() (map[string]bool, error) {
	root, err := module()
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	err = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == "node_modules" || e.Name() == ".git"):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, m := range declared.FindAllSubmatch(text, -1) {
			names[string(m[1])] = true
		}
		return err
	})
	return names, err
})

// module is the folder of go.mod, in which or below which a test runs.
func module() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fs.ErrNotExist
		}
		dir = up
	}
	return "", err
}
