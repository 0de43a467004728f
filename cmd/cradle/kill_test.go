package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"
)

// TestKilledUnderLoad kills the real binary at random instants while five write
// through its API, and looks for everything that was acknowledged. Three rounds
// here; CRADLE_KILLS=1000 for the long form.
func TestKilledUnderLoad(t *testing.T) {
	rounds := 3
	if s := os.Getenv("CRADLE_KILLS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			t.Fatalf("CRADLE_KILLS=%q is no positive number", s)
		}
		rounds = n
	}
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	writers := newWriters(a)
	for round := range rounds {
		var wg sync.WaitGroup
		for i := range writers {
			wg.Go(func() { writers[i].write(a) })
		}
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond) // the instant is the test
		a.Kill()
		wg.Wait()
		a.Restart()
		for i := range writers {
			if err := writers[i].compare(a); err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
		}
	}
	a.Stop()
	if out, status := command(t, "cradle", "check", "--data", a.Data); status != 0 {
		t.Errorf("check after %d kills: status %d\n%s", rounds, status, out)
	}
	sum := 0
	for _, w := range writers {
		sum += w.acked
	}
	if sum == 0 {
		t.Error("nothing was written: this test proves nothing")
	}
	t.Logf("%d kills, %d acknowledged writes, none lost", rounds, sum)
}

// writer renames one extension again and again and remembers how far it was told
// that its names are kept.
type writer struct {
	id    string
	acked int
}

func newWriters(a *machine) []writer {
	a.t.Helper()
	var list struct{ Items []struct{ ID, Number string } }
	for i := range 5 {
		number := strconv.Itoa(201 + i)
		if status := a.API("POST", "/api/v1/extensions", map[string]any{"number": number, "name": name(0), "site": "London"}, nil); status != http.StatusCreated {
			a.t.Fatalf("a new extension %s: status %d", number, status)
		}
	}
	a.API("GET", "/api/v1/extensions", nil, &list)
	var ws []writer
	for _, x := range list.Items {
		if x.Number > "200" {
			ws = append(ws, writer{id: x.ID})
		}
	}
	return ws
}

func name(n int) string { return fmt.Sprintf("Name %d", n) }

// write goes on until the appliance is gone.
func (w *writer) write(a *machine) {
	for {
		status, err := a.request("PATCH", "/api/v1/extensions/"+w.id, map[string]any{"name": name(w.acked + 1)}, nil)
		if err != nil || status != http.StatusOK {
			return
		}
		w.acked++
	}
}

// compare finds the last acknowledged name, or the one that was being written
// when the power went.
func (w *writer) compare(a *machine) error {
	var x struct{ Name string }
	if status, err := a.request("GET", "/api/v1/extensions/"+w.id, nil, &x); err != nil || status != http.StatusOK {
		return errors.Join(fmt.Errorf("extension %s: status %d", w.id, status), err)
	}
	switch x.Name {
	case name(w.acked):
	case name(w.acked + 1):
		w.acked++
	default:
		return fmt.Errorf("a writer was told %q is kept and finds %q", name(w.acked), x.Name)
	}
	return nil
}
