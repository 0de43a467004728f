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
	sitter := newSitter(a)
	for round := range rounds {
		var wg sync.WaitGroup
		for i := range writers {
			wg.Go(func() { writers[i].write(a) })
		}
		wg.Go(func() { sitter.write(a) })
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond) // the instant is the test
		a.Kill()
		wg.Wait()
		a.Restart()
		for i := range writers {
			if err := writers[i].compare(a); err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
		}
		if err := sitter.compare(a); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
	}
	a.Stop()
	if out, status := command(t, "cradle", "check", "--data", a.Data); status != 0 {
		t.Errorf("check after %d kills: status %d\n%s", rounds, status, out)
	}
	sum := sitter.acked
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

// sitter moves one extension between two phones again and again.
type sitter struct {
	phones [2]string // Phone IDs
	acked  int
}

func newSitter(a *machine) *sitter {
	a.t.Helper()
	s := &sitter{}
	for i := range s.phones {
		var d struct {
			PhoneID string `json:"phone_id"`
		}
		if status := a.API("POST", "/api/v1/devices", map[string]any{"mac": fmt.Sprintf("02000000ff%02d", i), "site": "London"}, &d); status != http.StatusCreated {
			a.t.Fatalf("a new phone: status %d", status)
		}
		s.phones[i] = d.PhoneID
	}
	return s
}

// at is the phone of the n-th move.
func (s *sitter) at(n int) string { return s.phones[n%2] }

// write goes on until the appliance is gone.
func (s *sitter) write(a *machine) {
	for {
		status, err := a.request("POST", "/api/v1/seats", map[string]any{"extension": "102", "phone_id": s.at(s.acked + 1), "force": true}, nil)
		if err != nil || status != http.StatusCreated {
			return
		}
		s.acked++
	}
}

// compare finds the seat that was acknowledged last, or the one being taken when the
// power went; one of them and never both.
func (s *sitter) compare(a *machine) error {
	var seats struct {
		Items []struct {
			Extension string
			PhoneID   string `json:"phone_id"`
		}
	}
	if status, err := a.request("GET", "/api/v1/seats", nil, &seats); err != nil || status != http.StatusOK {
		return errors.Join(fmt.Errorf("seats: status %d", status), err)
	}
	switch {
	case s.acked == 0 && len(seats.Items) == 0:
	case len(seats.Items) != 1 || seats.Items[0].Extension != "102":
		return fmt.Errorf("after %d moves the seats are %+v", s.acked, seats.Items)
	case s.acked > 0 && seats.Items[0].PhoneID == s.at(s.acked):
	case seats.Items[0].PhoneID == s.at(s.acked+1):
		s.acked++
	default:
		return fmt.Errorf("after %d moves 102 sits at %s, neither of %v", s.acked, seats.Items[0].PhoneID, s.phones)
	}
	return nil
}
