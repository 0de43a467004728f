package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// The embedded store belongs to one process. A command that only reads asks the
// running one for a copy, through a socket beside the store that its user alone
// may open; so a copy is always of one instant.

const besideSocket = "copy.sock"

// copier gives copies of the store until it is closed.
type copier struct {
	listener net.Listener
	done     sync.WaitGroup
}

// offerCopies serves one copy for each connection. Without a socket the
// appliance works all the same, so a failure is only told.
func offerCopies(data string, write func(io.Writer) error, log *slog.Logger) *copier {
	path := filepath.Join(data, besideSocket)
	// A socket left by a killed process: the store's own lock proves that nobody else runs here.
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		log.Warn("export and check cannot read beside this appliance", "err", err)
		return &copier{}
	}
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "unix", path)
	if err != nil {
		log.Warn("export and check cannot read beside this appliance", "err", err)
		return &copier{}
	}
	if err := os.Chmod(path, 0o600); err != nil {
		log.Warn("the copy socket's rights cannot be set; it is closed", "err", err)
		l.Close()
		return &copier{}
	}
	c := &copier{listener: l}
	c.done.Go(func() { c.serve(write, log) })
	return c
}

func (c *copier) serve(write func(io.Writer) error, log *slog.Logger) {
	for {
		conn, err := c.listener.Accept()
		if err != nil {
			return
		}
		// One at a time: a copy reads the whole store.
		if err := conn.SetDeadline(time.Now().Add(time.Minute)); err == nil {
			err = write(conn)
			if err != nil {
				log.Warn("a copy of the store broke off", "err", err)
			}
		}
		conn.Close()
	}
}

// Close stops giving copies and takes the socket away.
func (c *copier) Close() {
	if c.listener != nil {
		c.listener.Close()
	}
	c.done.Wait()
}

// fetchCopy writes a copy of a running appliance's store to path. It answers
// os.ErrNotExist where nobody offers one.
func fetchCopy(ctx context.Context, data, path string) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", filepath.Join(data, besideSocket))
	if err != nil {
		return os.ErrNotExist
	}
	defer conn.Close()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, conn)
	if err == nil && n == 0 {
		err = io.ErrUnexpectedEOF
	}
	return errors.Join(err, f.Close())
}
