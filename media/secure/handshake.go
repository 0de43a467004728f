package secure

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"cradle/media/sdp"
)

const (
	tries     = 3
	slice     = 4 * time.Second  // of one try: three ways there and back over the slowest network that one can talk over
	lastWords = 10 * time.Second // how long a last flight is repeated that the peer has not got
)

// Agreed are the keys that came out of a handshake.
type Agreed struct{ Theirs, Ours Key }

// Peer is the other side of a handshake, and what is to be done for it.
type Peer struct {
	Client bool              // we open
	Prints []sdp.Fingerprint // of its certificate; one of them must fit
	Suites []Suite           // of media, in order of preference; nil: Offered
	Proven bool              // that it gets what we send was shown already, by ICE: its hello needs no cookie
	Write  func([]byte)      // sends a datagram to its one address; the bytes are the function's
	Done   func(Agreed)      // called once, when keys are agreed on
	Log    *slog.Logger
}

// Handshakes bounds how many are under way, and waits for all at the end.
type Handshakes struct {
	identity *Identity
	gcm      bool
	slots    chan struct{}
	wait     sync.WaitGroup
	ctx      context.Context
	stop     context.CancelFunc
}

// NewHandshakes makes a certificate and room for so many handshakes at once. gcm allows suites whose nonces the library
// draws at random, for phones that know no others.
func NewHandshakes(most int, gcm bool) (*Handshakes, error) {
	id, err := NewIdentity()
	if err != nil {
		return nil, err
	}
	h := &Handshakes{identity: id, gcm: gcm, slots: make(chan struct{}, most)}
	h.ctx, h.stop = context.WithCancel(context.Background())
	return h, nil
}

// Print is the fingerprint of our certificate.
func (h *Handshakes) Print() sdp.Fingerprint { return h.identity.print }

// Close ends what is under way and waits for it.
func (h *Handshakes) Close() {
	h.stop()
	h.wait.Wait()
}

// Handshake is one that is under way, or has just been.
type Handshake struct {
	pipe *pipe
	over chan struct{} // closed when its goroutine has ended
}

// Start begins a handshake. False: too many are under way; the peer's next hello may find room.
func (h *Handshakes) Start(p Peer) (*Handshake, bool) {
	select {
	case h.slots <- struct{}{}:
	default:
		return nil, false
	}
	if h.ctx.Err() != nil {
		<-h.slots
		return nil, false
	}
	s := &Handshake{pipe: newPipe(p.Write), over: make(chan struct{})}
	h.wait.Go(func() {
		defer close(s.over)
		h.run(s.pipe, p)
	})
	return s, true
}

// Feed gives it a datagram that came from its peer's address. It never waits.
func (s *Handshake) Feed(b []byte) { s.pipe.feed(b) }

// End ends it, without a word to the peer.
func (s *Handshake) End() { s.pipe.end() }

// Over says whether it has ended, well or not.
func (s *Handshake) Over() bool {
	select {
	case <-s.over:
		return true
	default:
		return false
	}
}

// run tries a few times, because somebody who knows the peer's address can spoil a try with a forged record; then it
// stays for a while to repeat its last flight. Nothing that happens to it afterwards touches the call.
func (h *Handshakes) run(p *pipe, peer Peer) {
	defer p.end()
	stop := context.AfterFunc(h.ctx, p.end)
	defer stop()
	begin := time.Now()
	linger, err := h.agree(p, peer)
	<-h.slots
	if err != nil && p.over() { // with its call, or with us
		peer.Log.Debug("media handshake was broken off")
		return
	}
	if err != nil {
		peer.Log.Info("media handshake failed", "error", err, "alert", fmt.Sprintf("% x", p.alert()))
		return
	}
	peer.Log.Debug("media handshake done", "took", time.Since(begin))
	linger()
}

func (h *Handshakes) agree(p *pipe, peer Peer) (linger func(), err error) {
	for range tries {
		var a Agreed
		if a, linger, err = h.try(p, peer); err == nil {
			peer.Done(a)
			return linger, nil
		}
		if p.over() || errors.Is(err, ErrFingerprint) {
			break
		}
	}
	return nil, err
}

// try is one handshake under a guard, which holds for what runs here: set-up, and the export of keys. What strangers write is
// read on goroutines of the library; that it bears all of it is for FuzzHandshake to say.
func (h *Handshakes) try(p *pipe, peer Peer) (a Agreed, linger func(), err error) {
	defer func() {
		if fault := recover(); fault != nil {
			peer.Log.Error("fault in a media handshake", "fault", fault, "stack", string(debug.Stack()))
			err = fmt.Errorf("%w: fault", ErrHandshake)
		}
	}()
	ctx, cancel := context.WithTimeout(h.ctx, slice)
	defer cancel()
	return h.shake(ctx, p, peer)
}
