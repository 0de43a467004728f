package tftpdoor

import (
	"errors"
	"io"
	"time"

	"github.com/pin/tftp/v3"
)

// errNobody goes to whoever asks the library without coming through the guard.
var errNobody = errors.New("not found")

// newLibrary makes the library's server. The guard sends again by itself and
// ends what has to end, so the library waits longer than any transfer lives.
func newLibrary(t *table, life time.Duration) *tftp.Server {
	s := tftp.NewServer(func(_ string, to io.ReaderFrom) error {
		out, ok := to.(tftp.OutgoingTransfer)
		if !ok {
			return errNobody
		}
		peer := out.RemoteAddr()
		running := t.port(peer.Port)
		if running == nil {
			return errNobody
		}
		_, err := to.ReadFrom(running.content)
		return err
	}, nil)
	s.SetTimeout(life + 30*time.Second)
	s.SetRetries(1)
	s.SetBackoff(func(int) time.Duration { return 0 })
	s.SetBlockSize(maxBlock)
	return s
}

func (d *Door) serveLibrary() {
	defer d.wg.Done()
	_ = d.private.SetReadBuffer(1 << 20)
	if err := d.library.Serve(d.private); err != nil {
		d.c.Log.Error("TFTP library stopped", "error", err)
	}
}
