package tftpdoor

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cradle/provisioning"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestFiles(t *testing.T) {
	d, s := open(t, "127.0.0.1:0", Config{})
	c := dial(t, "127.0.0.7:0", d.Addr())
	for name, want := range s.files {
		for _, options := range [][]string{nil, {"BlkSize", "1428"}, {"blksize", "600", "tsize", "0"}, {"TSIZE", "0", "timeout", "2"}} {
			body, granted, err := c.fetch(name, "OCTET", options...)
			if err != nil || !bytes.Equal(body, want) {
				t.Fatalf("%s %q: %d bytes of %d, %v", name, options, len(body), len(want), err)
			}
			if len(options) > 2 && len(want) > 0 && !strings.Contains(granted, fmt.Sprintf("tsize\x00%d\x00", len(want))) {
				t.Errorf("%s %q: granted %q", name, options, granted)
			}
			if strings.Contains(granted, "timeout") {
				t.Errorf("granted %q", granted)
			}
		}
	}
	r := s.last.Load()
	if r.Door != provisioning.DoorTFTP || r.Source.Addr().String() != "127.0.0.7" || r.Local.String() != "127.0.0.1" {
		t.Errorf("asked as %+v", r)
	}
	if body, _, err := c.fetch("text.cfg", "netascii"); err != nil || string(body) != "one\r\ntwo\r\n" {
		t.Errorf("netascii: %q, %v", body, err)
	}
}

func TestRefusals(t *testing.T) {
	d, _ := open(t, "127.0.0.1:0", Config{})
	c := dial(t, "127.0.0.7:0", d.Addr())
	for ask, want := range map[string]string{
		"\x00\x01none.cfg\x00octet\x00":                     "\x00\x05\x00\x01File not found\x00",
		"\x00\x01other.cfg\x00octet\x00blksize\x001428\x00": "\x00\x05\x00\x01File not found\x00",
		"\x00\x02up.cfg\x00octet\x00":                       "\x00\x05\x00\x02Read only\x00",
		"\x00\x01a.cfg\x00mail\x00":                         "\x00\x05\x00\x04Bad mode\x00",
	} {
		c.say(d.Addr(), []byte(ask))
		if got := c.hear(patience); string(got) != want {
			t.Errorf("%q: %q, want %q", ask, got, want)
		}
	}
	for _, ask := range []string{"\x00\x01busy.cfg\x00octet\x00", "\x00\x01panic.cfg\x00octet\x00", "\x00\x03\x00\x01x", "\x00\x04\x00\x00", "\x00\x05\x00\x00x\x00", "junk", "\x00"} {
		c.say(d.Addr(), []byte(ask))
		if got := c.hear(60 * time.Millisecond); got != nil {
			t.Errorf("%q: %q, want silence", ask, got)
		}
	}
	if body, _, err := c.fetch("1.cfg", "octet"); err != nil || len(body) != 1 {
		t.Errorf("after all that: %q, %v", body, err)
	}
}

func TestStrangersGetSilence(t *testing.T) {
	d, s := open(t, "127.0.0.1:0", Config{})
	c := dial(t, "127.200.0.1:0", d.Addr())
	c.ask("1.cfg", "octet")
	c.say(d.Addr(), []byte("\x00\x02up.cfg\x00octet\x00"))
	if got := c.hear(80 * time.Millisecond); got != nil {
		t.Errorf("a stranger got %q", got)
	}
	if n := s.asked.Load(); n != 0 {
		t.Errorf("%d questions were passed on", n)
	}
}

// A silent client: what goes out before its first ACK.
func TestThreeDatagramsToTheUnproven(t *testing.T) {
	d, _ := open(t, "127.0.0.1:0", Config{})
	for _, options := range [][]string{nil, {"blksize", "1428", "tsize", "0"}} {
		c := dial(t, "127.0.0.7:0", d.Addr())
		c.ask("5000.cfg", "octet", options...)
		count, first := 0, []byte(nil)
		for p := c.hear(patience); p != nil; p = c.hear(600 * time.Millisecond) {
			if first == nil {
				first = p
			}
			if !bytes.Equal(p, first) {
				t.Errorf("another datagram came: %q", p[:4])
			}
			count++
		}
		if count != sendsUnproven {
			t.Errorf("options %q: %d datagrams, want %d", options, count, sendsUnproven)
		}
	}
}

func TestRepeatedRequest(t *testing.T) {
	d, s := open(t, "127.0.0.1:0", Config{Resend: time.Minute})
	c := dial(t, "127.0.0.7:0", d.Addr())
	c.ask("5000.cfg", "octet")
	first := c.hear(patience)
	tid := c.tid
	for range 5 {
		c.ask("5000.cfg", "octet")
	}
	if second := c.hear(patience); !bytes.Equal(first, second) || c.tid != tid {
		t.Errorf("the repeated request was answered by %d bytes from %v, first by %d from %v", len(second), c.tid, len(first), tid)
	}
	if third := c.hear(100 * time.Millisecond); third != nil {
		t.Errorf("it was answered more than once: %q", third[:4])
	}
	if n := s.asked.Load(); n != 1 {
		t.Errorf("%d transfers began", n)
	}
	c.ack(1)
	if p := c.hear(patience); len(p) < 4 || p[3] != 2 {
		t.Errorf("the transfer does not go on: %q", p)
	}
	c.ask("5000.cfg", "octet")
	c.ack(1) // an old ACK is no reason to send again
	if p := c.hear(100 * time.Millisecond); p != nil {
		t.Errorf("after the first ACK: %q", p[:4])
	}
}

func TestLossIsRepaired(t *testing.T) {
	d, s := open(t, "127.0.0.1:0", Config{})
	c := dial(t, "127.0.0.7:0", d.Addr())
	c.ask("1024.cfg", "octet")
	var body []byte
	for block := 1; block <= 3; {
		p := c.hear(patience)
		if p == nil {
			t.Fatalf("silence at block %d", block)
		}
		c.hear(patience) // the same again, because nothing was acknowledged
		body = append(body, p[4:]...)
		c.ack(block)
		block++
	}
	if !bytes.Equal(body, s.files["1024.cfg"]) {
		t.Errorf("%d bytes", len(body))
	}
}

func TestBudgets(t *testing.T) {
	d, _ := open(t, "127.0.0.1:0", Config{Gate: inside(3), Resend: time.Minute})
	var running []*client
	for range 3 {
		c := dial(t, "127.0.0.7:0", d.Addr())
		c.ask("5000.cfg", "octet")
		if c.hear(patience) == nil {
			t.Fatal("silence within the budget")
		}
		running = append(running, c)
	}
	late := dial(t, "127.0.0.8:0", d.Addr())
	late.ask("1.cfg", "octet")
	if p := late.hear(80 * time.Millisecond); p != nil {
		t.Errorf("served past the budget: %q", p)
	}
	c := running[0] // it gives up; its slot is free
	c.say(c.tid, []byte("\x00\x05\x00\x00enough\x00"))
	deadline := time.Now().Add(patience)
	for served := false; !served; {
		late.ask("1.cfg", "octet")
		served = late.hear(50*time.Millisecond) != nil
		if time.Now().After(deadline) {
			t.Fatal("the slot of an ended transfer was not freed")
		}
	}
}

func TestTotalBound(t *testing.T) {
	d, _ := open(t, "127.0.0.1:0", Config{Transfers: func() int { return 2 }, Resend: time.Minute})
	for i := range 3 {
		c := dial(t, "127.0.0.7:0", d.Addr())
		c.ask("5000.cfg", "octet")
		if got := c.hear(100*time.Millisecond) != nil; got != (i < 2) {
			t.Errorf("transfer %d was served: %v", i+1, got)
		}
	}
}

// A client that uses one port for file after file never waits: the slot is
// free before the library hears of the end.
func TestPortIsFreeAtOnce(t *testing.T) {
	d, _ := open(t, "127.0.0.1:0", Config{Gate: inside(1), Resend: time.Minute})
	c := dial(t, "127.0.0.7:0", d.Addr())
	for i := range 200 {
		c.ask(fmt.Sprintf("%d.cfg", 1+510*(i%2)), "octet")
		p := c.hear(patience)
		if p == nil {
			t.Fatalf("silence at file %d", i)
		}
		c.ack(1)
	}
}

func (b *table) busy() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.byPeer) > 0
}

func TestOnlyThePeerIsHeard(t *testing.T) {
	d, _ := open(t, "127.0.0.1:0", Config{Resend: time.Minute})
	c := dial(t, "127.0.0.7:0", d.Addr())
	c.ask("5000.cfg", "octet")
	if c.hear(patience) == nil {
		t.Fatal("silence")
	}
	stranger := dial(t, "127.0.0.9:0", d.Addr())
	stranger.say(c.tid, []byte{0, opAck, 0, 1})
	stranger.say(c.tid, []byte("\x00\x05\x00\x00x\x00"))
	if p := c.hear(80 * time.Millisecond); p != nil {
		t.Errorf("a stranger's ACK moved the transfer: %q", p[:4])
	}
	c.say(c.tid, []byte{0, opAck})
	c.say(c.tid, []byte("x"))
	c.ack(1)
	if p := c.hear(patience); len(p) < 4 || p[3] != 2 {
		t.Errorf("the transfer does not go on: %q", p)
	}
}

func TestEndOfLife(t *testing.T) {
	d, _ := open(t, "127.0.0.1:0", Config{Life: 150 * time.Millisecond, Resend: time.Minute})
	c := dial(t, "127.0.0.7:0", d.Addr())
	c.ask("5000.cfg", "octet")
	if c.hear(patience) == nil {
		t.Fatal("silence")
	}
	for deadline := time.Now().Add(patience); d.table.busy(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the transfer outlives its time")
		}
	}
}

// A firmware takes longer than other files may, but not for ever.
func TestFirmwareHasItsOwnTime(t *testing.T) {
	slow := func(c Config, file string) (*shelf, int) {
		d, s := open(t, "127.0.0.1:0", c)
		client := dial(t, "127.0.0.7:0", d.Addr())
		client.ask(file, "octet")
		for block := 1; ; block++ {
			p := client.hear(time.Second)
			if p == nil || p[1] != opData {
				return s, block - 1
			}
			time.Sleep(40 * time.Millisecond)
			client.ack(block)
			if len(p) < 516 {
				return s, block
			}
		}
	}
	brief := Config{Life: 150 * time.Millisecond, Resend: time.Minute}
	if _, blocks := slow(brief, "5000.cfg"); blocks >= 10 {
		t.Error("a file outlives its time")
	}
	s, blocks := slow(brief, "firmware.rom")
	if blocks != 10 {
		t.Errorf("%d of 10 blocks of a firmware", blocks)
	}
	for deadline := time.Now().Add(patience); s.closed.Load() != 1; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the firmware's file stays open")
		}
	}
	brief.Long = 150 * time.Millisecond
	if _, blocks := slow(brief, "firmware.rom"); blocks >= 10 {
		t.Error("a firmware outlives its time")
	}
}

func TestWildcardAnswersFromTheAskedAddress(t *testing.T) {
	for _, bind := range []string{"0.0.0.0:0", ":0"} {
		d, s := open(t, bind, Config{})
		for _, host := range []string{"127.0.0.1", "127.0.0.33"} {
			to := netip.AddrPortFrom(netip.MustParseAddr(host), d.Addr().Port())
			c := dial(t, "127.0.0.7:0", to)
			if body, _, err := c.fetch("513.cfg", "octet"); err != nil || len(body) != 513 {
				t.Fatalf("%s %s: %d bytes, %v", bind, host, len(body), err)
			}
			if c.tid.Addr().String() != host || s.last.Load().Local.String() != host || s.last.Load().Source.Addr().String() != "127.0.0.7" {
				t.Errorf("%s: asked at %s, answered from %v, told %+v", bind, host, c.tid, s.last.Load())
			}
			c.say(to, []byte("\x00\x02up.cfg\x00octet\x00"))
			if p := c.hear(patience); c.tid != to || len(p) != 14 {
				t.Errorf("%s: asked at %v, refused from %v by %q", bind, to, c.tid, p)
			}
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	d, s := open(t, "127.0.0.1:0", Config{Resend: time.Second})
	var wg sync.WaitGroup
	for i := range 100 {
		c := dial(t, fmt.Sprintf("127.0.1.%d:0", i+1), d.Addr())
		wg.Go(func() {
			body, _, err := c.fetch("5000.cfg", "octet", "blksize", "1428")
			if err != nil || !bytes.Equal(body, s.files["5000.cfg"]) {
				t.Errorf("%d bytes, %v", len(body), err)
			}
		})
	}
	wg.Wait()
}

func TestLibraryTellsNothingToOthers(t *testing.T) {
	d, s := open(t, "127.0.0.1:0", Config{})
	private := d.private.LocalAddr().(*net.UDPAddr).AddrPort()
	c := dial(t, "127.0.0.1:0", private)
	c.ask("1.cfg", "octet")
	if p := c.hear(patience); len(p) < 2 || p[1] != opError || s.asked.Load() != 0 {
		t.Errorf("the library's own socket answered %q", p)
	}
}

func TestBlockNumbersWrap(t *testing.T) {
	if testing.Short() {
		t.Skip("carries 33 MB")
	}
	d, s := openWith(t, "127.0.0.1:0", Config{Resend: time.Second}, make([]byte, 512*65540+7))
	c := dial(t, "127.0.0.7:0", d.Addr())
	c.ask("more.cfg", "octet")
	total := 0
	for next := uint16(1); ; next++ {
		p := c.hear(patience)
		if p == nil || binary.BigEndian.Uint16(p[2:]) != next {
			t.Fatalf("block %d after %d bytes: %d bytes came", next, total, len(p))
		}
		total += len(p) - 4
		c.ack(int(next))
		if len(p) < 516 {
			break
		}
	}
	if total != len(s.files["more.cfg"]) {
		t.Errorf("%d bytes of %d", total, len(s.files["more.cfg"]))
	}
}

// One phone after the other fetches 10 KB, in lock step.
func BenchmarkFile(b *testing.B) {
	d, _ := openWith(b, "127.0.0.1:0", Config{Resend: time.Second}, make([]byte, 10240))
	for _, size := range []string{"512", "1428"} {
		b.Run(size, func(b *testing.B) {
			c := dial(b, "127.0.0.7:0", d.Addr())
			for b.Loop() {
				if body, _, err := c.fetch("more.cfg", "octet", "blksize", size); err != nil || len(body) != 10240 {
					b.Fatalf("%d bytes, %v", len(body), err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "files/s")
		})
	}
}
