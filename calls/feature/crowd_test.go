package feature_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"cradle/calls/calltest"
	"cradle/directory"
)

// crowd adds hot desks to an office until there are n.
func crowd(t *testing.T, o *calltest.Office, n int) (desks []int) {
	t.Helper()
	for i := range n {
		if i > 0 {
			o.AddDevice(t, "")
		}
		desks = append(desks, 4+i)
	}
	return desks
}

// atOnce runs f for each, all at the same instant.
func atOnce(each []int, f func(int)) {
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for _, i := range each {
		wg.Go(func() { <-begin; f(i) })
	}
	close(begin)
	wg.Wait()
}

func faultless(t *testing.T, o *calltest.Office) {
	t.Helper()
	for _, f := range o.Directory.Snapshot().SeatFaults() {
		t.Errorf("%s: %s", f.Key, f.Fault)
	}
}

// Fifty phones claim one person at the same instant: all are told that she is
// there, one after the other she was, and she sits at one.
func TestFiftyPhonesClaimOnePerson(t *testing.T) {
	o := office(t)
	desks := crowd(t, o, 50)
	atOnce(desks, func(i int) {
		if said := dial(t, o, i, "102", "246802"); said != asksPIN+" | logged-in" {
			t.Errorf("phone %d said %q", i, said)
		}
	})
	faultless(t, o)
	s := o.Directory.Snapshot()
	if rings := s.Rings(o.Extensions[1].ID); len(rings) != 1 {
		t.Errorf("she sits at %v", rings)
	}
	list, _, err := o.Directory.SeatHistory(o.Extensions[1].ID, "", 1000)
	if err != nil || len(list) != 99 {
		t.Errorf("%d lines of history, want 50 times taken and 49 times left: %v", len(list), err)
	}
}

// Two people take one phone at the same instant: one after the other, never both.
func TestTwoPeopleClaimOnePhone(t *testing.T) {
	for range 10 {
		o := office(t)
		atOnce([]int{1, 2}, func(i int) {
			dial(t, o, 4, o.Extensions[i].Number, fmt.Sprintf("24680%d", i+1))
		})
		faultless(t, o)
		switch got := where(o); got {
		case "101:0 102:4 103:2 104:3", "101:0 102:1 103:4 104:3":
		default:
			t.Fatal(got)
		}
	}
}

// Guessing from a hundred phones at once meets one counter: three are judged, then
// nothing is, also not what is right.
func TestAHundredPhonesGuess(t *testing.T) {
	o := office(t)
	desks := crowd(t, o, 100)
	atOnce(desks, func(i int) {
		if said := dial(t, o, i, "102", fmt.Sprintf("55%04d", i), fmt.Sprintf("66%04d", i), fmt.Sprintf("77%04d", i)); !strings.HasSuffix(said, "refused goodbye") {
			t.Errorf("phone %d said %q", i, said)
		}
	})
	list, _, err := o.Directory.SeatHistory(o.Extensions[1].ID, "", 1000)
	if err != nil || len(list) != 300 {
		t.Fatalf("%d lines of history: %v", len(list), err)
	}
	wrong := map[string]int{}
	for _, e := range list {
		wrong[e.Why]++
	}
	if wrong["wrong"] != 2 || wrong["wrong for the third time in a row"] != 1 || wrong["the secret is locked"] != 297 {
		t.Errorf("judged: %v", wrong)
	}
	if said := dial(t, o, 4, "102", "246802", "246802", "246802"); !strings.HasSuffix(said, "refused goodbye") {
		t.Errorf("the right PIN of a locked one: %q", said)
	}
}

// Random histories of codes: each dialogue does what the plain rules say.
func TestCodesFollowTheRulesInEveryHistory(t *testing.T) {
	for seed := range uint64(6) {
		r, o := rand.New(rand.NewPCG(seed, 1)), office(t) //nolint:gosec // a history
		home := map[int]string{0: "101", 1: "102", 2: "103", 3: "104"}
		guest := map[int]string{}
		leave := func(number string) {
			for p, n := range guest {
				if n == number {
					delete(guest, p)
				}
			}
		}
		for step := range 60 {
			phone, who := r.IntN(5), r.IntN(3)
			number := o.Extensions[who].Number
			if r.IntN(3) == 0 {
				number = ""
			}
			secret := fmt.Sprintf("1357%d", who+1)
			if phone == 4 {
				secret = fmt.Sprintf("24680%d", who+1)
			}
			wrong := r.IntN(5) == 0
			if wrong {
				secret = "0000" + secret
			}
			dial(t, o, phone, number, secret)
			switch here := guest[phone]; {
			case number == "" || number == home[phone]:
				if here != "" {
					delete(guest, phone)
				} else {
					leave(home[phone])
				}
			case here == number, wrong, phone == 2 || phone == 3:
			default:
				leave(number)
				guest[phone] = number
			}
			if wrong { // a lock would change what follows
				if err := o.Directory.Unlock(t.Context(), o.Extensions[who].ID); err != nil {
					t.Fatal(err)
				}
			}
			s := o.Directory.Snapshot()
			for p := range 5 {
				seat, got := s.Seat(o.Devices[p].At(1)), ""
				if seat != nil && seat.Kind != directory.SeatHome {
					got = s.Extension(seat.Extension).Number
				}
				if got != guest[p] {
					t.Fatalf("seed %d, step %d: at phone %d sits %q, want %q", seed, step, p, got, guest[p])
				}
			}
			faultless(t, o)
		}
	}
}
