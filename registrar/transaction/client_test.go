package transaction

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
)

// call sends a request and notes what is heard.
type call struct {
	*Client
	w   *wire
	req *sip.Request
	by  Flow

	mu    sync.Mutex
	heard []string
}

func (c *call) note(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard = append(c.heard, what)
}

func (w *wire) call(method sip.RequestMethod, f Flow) *call {
	c := &call{w: w, req: request(method, branch), by: f}
	tx, err := w.Request(c.req, f, func(res *sip.Response, err error) {
		if res != nil {
			c.note(fmt.Sprint(res.StatusCode))
			return
		}
		c.note(err.Error())
	})
	w.must(err)
	c.Client = tx
	tx.OnRetransmission(func(res *sip.Response) { c.note(fmt.Sprint("again ", res.StatusCode)) })
	return c
}

func (c *call) answer(statuses ...int) {
	for _, status := range statuses {
		res := sip.NewResponseFromRequest(c.req, status, "R", nil)
		res.To().Params.Add("tag", "theirs")
		c.w.Receive(res, c.by)
	}
}

func (c *call) expect(want ...string) {
	c.w.Helper()
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Equal(c.heard, want) {
		c.w.Errorf("heard %q, want %q", c.heard, want)
	}
	c.heard = nil
}

// Nobody answers: an INVITE is repeated ever more seldom, others every 4 s at
// least, and after 32 s nobody will answer (Timers A, B, E and F).
func TestNoAnswer(t *testing.T) {
	for method, want := range map[sip.RequestMethod][]string{
		sip.INVITE: {"INVITE 0", "INVITE 0.5", "INVITE 1.5", "INVITE 3.5", "INVITE 7.5", "INVITE 15.5", "INVITE 31.5"},
		sip.BYE:    {"BYE 0", "BYE 0.5", "BYE 1.5", "BYE 3.5", "BYE 7.5", "BYE 11.5", "BYE 15.5", "BYE 19.5", "BYE 23.5", "BYE 27.5", "BYE 31.5"}} {
		synctest.Test(t, func(t *testing.T) {
			w := newWire(t)
			c := w.call(method, phone)
			time.Sleep(31999 * time.Millisecond)
			c.expect()
			time.Sleep(time.Millisecond)
			c.expect(ErrTimeout.Error())
			w.expect(want...)
			w.empty()
		})
		synctest.Test(t, func(t *testing.T) {
			w := newWire(t)
			c := w.call(method, stream)
			time.Sleep(32 * time.Second)
			w.expect(want[0])
			c.expect(ErrTimeout.Error())
			w.empty()
		})
	}
}

// A provisional answer stops the INVITE, for as long as it rings; other requests
// go on, every 4 s.
func TestProvisional(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		c := w.call(sip.INVITE, phone)
		c.answer(100, 180, 180)
		time.Sleep(3 * time.Minute)
		w.expect("INVITE 0")
		c.expect("100", "180", "180")
		c.Terminate()
		c.Terminate()
		c.expect()
		w.empty()
	})
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		c := w.call(sip.INFO, phone)
		c.answer(100)
		time.Sleep(9 * time.Second)
		w.expect("INFO 0", "INFO 0.5", "INFO 4.5", "INFO 8.5")
		c.answer(200, 200)
		c.expect("100", "200")
		w.empty()
	})
}

// Every 2xx is told, because behind one address several may answer; the first
// apart from the others. After 32 s nobody listens.
func TestAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		c := w.call(sip.INVITE, phone)
		c.answer(180, 200, 200, 183, 486)
		time.Sleep(31 * time.Second)
		c.answer(200)
		c.expect("180", "200", "again 200", "again 200")
		time.Sleep(2 * time.Second)
		c.answer(200)
		c.expect()
		w.expect("INVITE 0")
		w.empty()
	})
}

// A refusal is acknowledged here, each time it comes, and told once.
func TestRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		var ack string
		w.c.Write = func(f Flow, b []byte) error { ack = string(b); return w.write(f, b) }
		c := w.call(sip.INVITE, phone)
		c.answer(486, 486, 200)
		for _, want := range []string{"ACK sip:x@192.0.2.7 SIP/2.0\r\n", "branch=" + branch, "To: <sip:x@b>;tag=theirs", "From: <sip:a@b>;tag=f", "CSeq: 7 ACK\r\n", "Route: <sip:r;lr>", "Content-Length: 0\r\n"} {
			if !strings.Contains(ack, want) {
				t.Errorf("%q is missing in %q", want, ack)
			}
		}
		time.Sleep(31 * time.Second)
		c.answer(486)
		c.expect("486")
		w.expect("INVITE 0", "ACK 0", "ACK 0", "ACK 31")
		time.Sleep(2 * time.Second)
		w.empty()
	})
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		c := w.call(sip.INVITE, stream)
		c.answer(486)
		c.expect("486")
		w.expect("INVITE 0", "ACK 0")
		w.empty()
	})
}

// What does not belong to a request of ours disturbs nothing.
func TestStrayAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWire(t)
		c := w.call(sip.BYE, phone)
		for _, branch := range []string{"z9hG4bKother", ""} {
			w.Receive(sip.NewResponseFromRequest(request(sip.BYE, branch), 200, "R", nil), phone)
		}
		w.Receive(sip.NewResponseFromRequest(request(sip.INFO, branch), 200, "R", nil), phone)
		bare := sip.NewResponseFromRequest(c.req, 200, "R", nil)
		bare.RemoveHeader("CSeq")
		w.Receive(bare, phone)
		c.expect()
		if _, err := w.Request(c.req, phone, nil); !errors.Is(err, ErrKnown) {
			t.Error(err)
		}
		if _, err := w.Request(request(sip.ACK, "z9hG4bKack"), phone, nil); err == nil {
			t.Error("an ACK got a transaction")
		}
		c.answer(481)
		c.expect("481")
		w.empty()
	})
}

// A timer that has run out in the moment in which an answer came is late: the phone
// rings on, or is heard again.
func TestLateTimerOfAnInvite(t *testing.T) {
	for name, answered := range map[string]func(c *call){
		"180": func(c *call) { c.proceed(sip.NewResponseFromRequest(c.req, 180, "R", nil)) },
		"200": func(c *call) { c.accept(sip.NewResponseFromRequest(c.req, 200, "R", nil)) },
		"486": func(c *call) { c.refuse(sip.NewResponseFromRequest(c.req, 486, "R", nil)) },
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWire(t)
			c := w.call(sip.INVITE, phone)
			c.Client.mu.Lock()
			time.Sleep(500 * time.Millisecond) // Timer A runs out and waits for the lock
			answered(c)
			time.Sleep(10 * time.Second)
			c.expect(name)
			if w.expect(append([]string{"INVITE 0"}, map[string][]string{"486": {"ACK 0.5"}}[name]...)...); w.Failed() {
				return
			}
			if _, n := w.Len(); n != 1 {
				t.Errorf("%s: the late timer ended it", name)
			}
		})
	}
}

// A connection that breaks while a request is written tells so once.
func TestLostWhileWriting(t *testing.T) {
	w := newWire(t)
	told := make(chan error, 2)
	w.c.Write = func(f Flow, _ []byte) error {
		w.Lost(f)
		<-told
		return errors.New("broken")
	}
	heard := 0
	tx, err := w.Request(request(sip.INFO, branch), stream, func(_ *sip.Response, err error) { heard++; told <- err })
	if err != nil || tx == nil || heard != 1 {
		t.Errorf("%v, and heard %d times", err, heard)
	}
}
