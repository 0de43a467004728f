package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"cradle/directory/kv"
	"cradle/directory/kv/boltkv"
)

// TestACopyIsKeptBeforeTheStoreChangesItsForm: an older store is brought to the
// form of today, and beside it stays what it was last.
func TestACopyIsKeptBeforeTheStoreChangesItsForm(t *testing.T) {
	data := t.TempDir()
	path := filepath.Join(data, storeFile)
	log := slog.New(slog.DiscardHandler)
	form := func(path, set string) (form string) {
		t.Helper()
		e, err := boltkv.Open(path, boltkv.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		if set != "" {
			if _, err := e.Update(t.Context(), func(w kv.Writer) error { return w.Put("m/schema", []byte(set)) }); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.View(t.Context(), func(r kv.Reader) error { v, err := r.Get("m/schema"); form = string(v); return err }); err != nil {
			t.Fatal(err)
		}
		return form
	}
	reopen := func() {
		t.Helper()
		s, err := openStore(context.Background(), data, log)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	reopen()
	today := form(path, "")
	if kept, _ := filepath.Glob(path + ".*"); len(kept) != 0 {
		t.Errorf("of a new store there is %v", kept)
	}
	for range 2 { // the second as after a program of before was run once more
		form(path, "1")
		reopen()
		if now, was := form(path, ""), form(path+".form-1", ""); now != today || was != "1" || today == "1" {
			t.Errorf("it has form %s, the copy %s; today's is %s", now, was, today)
		}
		if kept, _ := filepath.Glob(path + ".*"); len(kept) != 1 {
			t.Errorf("there are %v", kept)
		}
	}
	if info, err := os.Stat(path + ".form-1"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}
