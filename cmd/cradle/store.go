package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"cradle/directory"
	"cradle/directory/kv"
	"cradle/directory/kv/boltkv"
)

const storeFile = "cradle.db"

// store is an open directory and the engine below it.
type store struct {
	*directory.Directory
	engine *boltkv.Engine
}

// openStore opens the store of a data folder, which is made where it is missing.
func openStore(ctx context.Context, data string, log *slog.Logger) (*store, error) {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, refuse("the data folder cannot be made: %v", err)
	}
	return openFile(ctx, data, filepath.Join(data, storeFile), log)
}

func openFile(ctx context.Context, data, path string, log *slog.Logger) (*store, error) {
	keys, err := directory.LoadKeys(data)
	if err != nil {
		return nil, refuse("the keys of %s cannot be read: %v", data, err)
	}
	engine, err := boltkv.Open(path, boltkv.Options{})
	if errors.Is(err, kv.ErrLocked) {
		return nil, refuse("another cradle runs on %s: stop it, or talk to it with --url", data)
	}
	if err != nil {
		return nil, refuse("the store of %s cannot be opened: %v", data, err)
	}
	d, err := directory.Open(ctx, directory.Options{Engine: engine, Keys: keys, Log: log, BeforeStep: func(form int) error {
		return keepForm(engine, path, form, log)
	}})
	if err != nil {
		return nil, errors.Join(refuse("the directory in %s cannot be opened: %v", data, err), engine.Close())
	}
	return &store{d, engine}, nil
}

// keepForm keeps a copy of the store beside it in an older form, which the
// program that wrote it opens again, in the place of one from before.
func keepForm(engine *boltkv.Engine, path string, form int, log *slog.Logger) error {
	kept := fmt.Sprintf("%s.form-%d", path, form)
	half, err := os.OpenFile(kept+".half", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(engine.Copy(half), half.Sync(), half.Close())
	if err == nil {
		err = os.Rename(half.Name(), kept)
	}
	if err != nil {
		return errors.Join(err, os.Remove(half.Name()))
	}
	log.Info("the store is brought to a newer form; a copy in the old one is kept", "path", kept)
	return nil
}

// readStore opens a store to read it: the folder's own or, where an appliance
// runs on it, a copy of this instant that the returned function removes.
func readStore(ctx context.Context, data string, log *slog.Logger) (*store, func(), error) {
	path := filepath.Join(data, storeFile)
	if _, err := os.Stat(path); err != nil {
		return nil, nil, refuse("there is no store in %s", data)
	}
	dir, err := os.MkdirTemp("", "cradle-copy-")
	if err != nil {
		return nil, nil, err
	}
	remove := func() {
		if err := os.RemoveAll(dir); err != nil {
			log.Error("a copy of the store is left behind", "path", dir, "err", err)
		}
	}
	duplicate := filepath.Join(dir, storeFile)
	switch err := fetchCopy(ctx, data, duplicate); {
	case err == nil:
		path = duplicate
	case !errors.Is(err, fs.ErrNotExist):
		remove()
		return nil, nil, refuse("the running appliance gave no copy of its store: %v", err)
	}
	s, err := openFile(ctx, data, path, log)
	if err != nil {
		remove()
		return nil, nil, err
	}
	return s, func() {
		if err := s.Close(); err != nil {
			log.Error("the store does not close", "err", err)
		}
		remove()
	}, nil
}

// quiet is the log of commands: what goes wrong is said in one line at the end.
func quiet(c console) *slog.Logger {
	return slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: slog.LevelError}))
}

// chooseStore takes ./data where neither a folder nor an appliance is named, and
// refuses both at once.
func chooseStore(data *string, url string) error {
	switch {
	case *data == "" && url == "":
		*data = "./data"
	case *data != "" && url != "":
		return usageError{fmt.Sprintf("give either --data or --url (got %q and %q)", *data, url)}
	}
	return nil
}
