package calltest

import (
	"context"
	"log/slog"
	"net/netip"
	"os"
	"testing"
	"time"

	"cradle/calls"
	"cradle/media"
	"cradle/media/mediatest"
	"cradle/media/music"
	"cradle/registrar"
)

// Bench is an office with everything a call needs running.
type Bench struct {
	*Office
	Registrar *registrar.Registrar
	Media     *media.Relay
	Exchange  *calls.Exchange
	Pacer     *mediatest.Pacer
	// Server is where phones connect to; a test may put something lossy between.
	Server netip.AddrPort

	t      testing.TB
	closed bool
}

// Settings change what Start runs with.
type Settings struct {
	Ports [2]int // media ports; zero: 30000 to 33999
	T1    time.Duration
	// Silence is after how long without media phones are asked whether they are there; 0: the limit.
	Silence time.Duration
	// Music is what is heard on hold; nil: nothing.
	Music *music.Library
	// Listen is the SIP address; empty: 127.0.0.1 and a port of the kernel's choice.
	Listen string
	// Wrap puts something between the exchange and its front door.
	Wrap func(calls.Registrar) calls.Registrar
	// Prepare joins more to the front door before it answers.
	Prepare func(*Bench)
}

// Start runs front door, media and exchange for an office on 127.0.0.1.
func Start(t testing.TB, o *Office, s Settings) *Bench {
	t.Helper()
	if s.Ports == [2]int{} {
		s.Ports = [2]int{30000, 33999}
	}
	if s.Listen == "" {
		s.Listen = "127.0.0.1:0"
	}
	if s.Wrap == nil {
		s.Wrap = func(r calls.Registrar) calls.Registrar { return r }
	}
	log := slog.New(slog.DiscardHandler)
	if os.Getenv("CALLTEST_LOG") != "" {
		log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	b := &Bench{Office: o, t: t, Pacer: mediatest.NewPacer()}
	var err error
	b.Registrar, err = registrar.New(t.Context(), registrar.Config{Directory: o.Directory, Listen: s.Listen, Log: log})
	must(t, err)
	b.Server = b.Registrar.Addr()
	b.Media, err = media.New(media.Config{Ports: s.Ports, Log: log})
	must(t, err)
	b.Exchange, err = calls.New(calls.Config{Directory: o.Directory, Registrar: s.Wrap(b.Registrar), Media: b.Media, Log: log, T1: s.T1, Silence: s.Silence,
		Music: s.Music})
	must(t, err)
	if s.Prepare != nil {
		s.Prepare(b)
	}
	b.Registrar.Run()
	t.Cleanup(b.Close)
	return b
}

// Close ends everything but the directory.
func (b *Bench) Close() {
	if b.closed {
		return
	}
	b.closed = true
	if err := b.Exchange.Close(); err != nil {
		b.t.Errorf("exchange: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), Timeout)
	defer cancel()
	if err := b.Registrar.Close(ctx); err != nil {
		b.t.Errorf("registrar: %v", err)
	}
	if err := b.Media.Close(); err != nil {
		b.t.Errorf("media: %v", err)
	}
	b.Pacer.Close()
}

// Phone connects and registers line 1 of the office's i-th phone, with a voice.
func (b *Bench) Phone(i int, o Options) *Phone {
	b.t.Helper()
	o.Pacer = b.Pacer
	p := b.Connect(i, o)
	p.Register()
	return p
}

// Connect connects line 1 of the office's i-th phone without registering it.
func (b *Bench) Connect(i int, o Options) *Phone {
	b.t.Helper()
	if !o.Server.IsValid() {
		o.Server = b.Server
	}
	d := b.Directory.Snapshot().Device(b.Devices[i].ID)
	number := "nobody"
	if e := b.Directory.Snapshot().Extension(d.Lines[0].Home); e != nil {
		number = e.Number
	}
	return NewPhone(b.t, o, d.Lines[0].Account, number)
}

// Eventually waits until a condition holds.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(Timeout); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never happened: %s", what)
		}
	}
}
