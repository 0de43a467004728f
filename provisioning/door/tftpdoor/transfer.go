package tftpdoor

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"cradle/provisioning"
)

// How often one datagram goes out.
const (
	sendsUnproven = 3 // before the client's first ACK: it may not exist
	sendsProven   = 6
)

// libraryWait bounds the wait for the library, which sits in this process.
const libraryWait = 5 * time.Second

// transfer is one file on its way to one client. One goroutine runs it, in
// lock step: a datagram from the library, out to the client, its ACK back.
type transfer struct {
	door    *Door
	request request
	peer    netip.AddrPort
	local   netip.Addr
	sharer  string
	content io.ReadSeeker

	out     *net.UDPConn // to the client; its port is our transfer identifier
	in      *net.UDPConn // to the library
	library netip.AddrPort

	mu       sync.Mutex // guards what repeat touches
	last     []byte     // the datagram not yet acknowledged
	sends    int
	proven   bool // the client has acknowledged something
	repeated bool
	final    bool // the last datagram is the file's last
}

// run asks for the file and carries it over.
func (t *transfer) run() {
	d := t.door
	defer d.table.wg.Done()
	defer d.table.leave(t)
	defer func() {
		if r := recover(); r != nil {
			d.c.Log.Error("transfer failed", "panic", r, "stack", string(debug.Stack()))
		}
	}()
	ctx, cancel := context.WithTimeout(d.ctx, d.c.Life)
	defer cancel()
	resp := d.c.Answer(ctx, provisioning.Request{Door: provisioning.DoorTFTP, Method: "GET", Path: t.request.file, Source: t.peer, Local: t.local})
	if resp.File != nil {
		defer resp.File.Close()
	}
	switch {
	case ctx.Err() != nil || resp.Status >= 500:
		// Silence: the client asks again when we have more room.
	case resp.Status != 200:
		d.table.leave(t)
		d.public.Write(refusal(codeNotFound, "File not found"), t.peer, t.local)
	default:
		t.deliver(ctx, resp)
	}
}

// deliver carries an answer over; a file has a time of its own.
func (t *transfer) deliver(ctx context.Context, resp provisioning.Response) {
	if resp.File == nil {
		t.content = bytes.NewReader(resp.Body)
		t.carry(ctx)
		return
	}
	long, cancel := context.WithTimeout(t.door.ctx, t.door.c.Long)
	defer cancel()
	t.content = resp.File
	t.carry(long)
}

// carry opens the two sockets of the transfer and relays until the end.
func (t *transfer) carry(ctx context.Context) {
	var err error
	if t.out, err = net.DialUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(t.local, 0)), net.UDPAddrFromAddrPort(t.peer)); err != nil {
		t.door.c.Log.Debug("no socket towards the client", "client", t.peer, "error", err)
		return
	}
	defer t.out.Close()
	if t.in, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
		t.door.c.Log.Warn("no socket towards the library", "error", err)
		return
	}
	defer t.in.Close()
	port := t.in.LocalAddr().(*net.UDPAddr).Port //nolint:forcetypeassert // a UDP socket's
	t.door.table.bind(port, t)
	defer t.door.table.unbind(port)
	// Only the client's side is woken by the end: the library always answers.
	defer context.AfterFunc(ctx, func() { t.out.Close() })()
	t.relay()
}

func (t *transfer) relay() {
	first, err := t.ask()
	if err != nil {
		t.door.c.Log.Warn("the library did not answer", "file", t.request.file, "error", err)
		return
	}
	size := minBlock
	buf := make([]byte, maxBlock+4)
	for p := first; ; {
		block, data := uint16(0), 0
		switch op := binary.BigEndian.Uint16(p); op {
		case opOack:
			size = blockSize(p)
		case opData:
			block, data = binary.BigEndian.Uint16(p[2:]), len(p)-4
		default: // its text is the library's own and tells about us
			if !t.proven {
				t.send(refusal(codeNotFound, "File not found"), true)
			}
			return
		}
		final := binary.BigEndian.Uint16(p) == opData && data < size
		t.send(p, final)
		if !t.acknowledged(block) {
			t.tell(refusal(0, ""))
			return
		}
		if final { // a client may reuse its port at once
			t.door.table.leave(t)
		}
		t.tell([]byte{0, opAck, byte(block >> 8), byte(block)})
		if final {
			return
		}
		if p, err = t.hear(buf); err != nil {
			return
		}
	}
}

// ask sends the clean request to the library and learns its transfer's port.
func (t *transfer) ask() ([]byte, error) {
	t.door.starting <- struct{}{}
	defer func() { <-t.door.starting }()
	listening := t.door.private.LocalAddr().(*net.UDPAddr).AddrPort() //nolint:forcetypeassert // a UDP socket's
	if _, err := t.in.WriteToUDPAddrPort(t.request.bytes(), listening); err != nil {
		return nil, err
	}
	return t.hear(make([]byte, maxBlock+4))
}

// hear reads the library's next datagram. Data and option datagrams of at
// least 4 bytes come out, everything else as an ERROR.
func (t *transfer) hear(buf []byte) ([]byte, error) {
	if err := t.in.SetReadDeadline(time.Now().Add(libraryWait)); err != nil {
		return nil, err
	}
	for {
		n, from, err := t.in.ReadFromUDPAddrPort(buf)
		if err != nil {
			return nil, err
		}
		if !t.library.IsValid() && from.Addr().IsLoopback() {
			t.library = from
		}
		if from != t.library {
			continue
		}
		if n < 4 {
			return refusal(0, ""), nil
		}
		return buf[:n], nil
	}
}

// tell sends a datagram to the library's side of this transfer.
func (t *transfer) tell(p []byte) {
	_, _ = t.in.WriteToUDPAddrPort(p, t.library)
}

// send lets a new datagram out to the client.
func (t *transfer) send(p []byte, final bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last, t.sends, t.final = append(t.last[:0], p...), 1, final
	_, _ = t.out.Write(t.last)
}

// again sends the last datagram once more, unless it has gone out often enough.
func (t *transfer) again() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	most := sendsUnproven
	if t.proven {
		most = sendsProven
	}
	if t.sends >= most {
		return false
	}
	t.sends++
	_, err := t.out.Write(t.last)
	return err == nil
}

// repeat hears a request that comes from the client of this transfer. Where it
// is the same one, our first datagram may have been lost: it is sent once
// more, and only before the first ACK. Where our last block is out and another
// file is asked for, the client is done and its final ACK is only slower than
// the request: then repeat tells that the transfer is over.
func (t *transfer) repeat(r request) (over bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.final && (t.proven || r != t.request) {
		return true
	}
	if t.proven || t.repeated || r != t.request || t.sends == 0 || t.sends >= sendsUnproven {
		return false
	}
	t.repeated = true
	t.sends++
	_, _ = t.out.Write(t.last)
	return false
}

// acknowledged waits for the client's ACK of a block and sends again in
// between. An ACK of another block is an old one and changes nothing.
func (t *transfer) acknowledged(block uint16) bool {
	buf := make([]byte, 16)
	wait := t.door.c.Resend
	until := time.Now().Add(wait)
	for {
		if t.out.SetReadDeadline(until) != nil {
			return false
		}
		n, err := t.out.Read(buf)
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			if !t.again() {
				return false
			}
			wait *= 2
			until = time.Now().Add(wait)
		case err != nil:
			return false // closed, or the client's port is gone
		case n >= 4 && binary.BigEndian.Uint16(buf) == opError:
			return false
		case n >= 4 && binary.BigEndian.Uint16(buf) == opAck && binary.BigEndian.Uint16(buf[2:]) == block:
			t.mu.Lock()
			t.proven = true
			t.mu.Unlock()
			return true
		}
	}
}
