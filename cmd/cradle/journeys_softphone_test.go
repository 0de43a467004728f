package main

import (
	"net/http"
	"testing"
	"time"
)

// TestASoftphoneGoesWhereItsUserGoes: Grace has a phone on her desk and a program.
// Wherever she sits, her program rings too and calls as her; her desk is silent while
// she is away, and nobody else ever sits at the program.
func TestASoftphoneGoesWhereItsUserGoes(t *testing.T) {
	const graces, program, hot = "00:04:13:aa:bb:01", "c0:74:ad:00:00:33", "64:16:7f:00:00:01"
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	var made struct {
		PhoneID  string `json:"phone_id"`
		Personal bool
	}
	if status := a.API(http.MethodPost, "/api/v1/devices", map[string]any{"mac": program, "model": "grandstream-gswave", "site": "London", "line": "102"}, &made); status != http.StatusCreated || !made.Personal {
		t.Fatalf("adding a program: %d %+v", status, made)
	}
	doors := "http://" + a.HTTP + "/p/"
	front := bootPhone(t, "grandstream-grp2614", "c0:74:ad:00:11:22", doors)
	desk, there := bootPhone(t, "snom-d785", graces, doors), bootPhone(t, "poly-vvx450", hot, doors)
	soft := bootPhone(t, "grandstream-gswave", program, doors)
	rings := func(when string, silent *phone, at ...*phone) {
		t.Helper()
		if _, err := front.does(t, "dial", "to", "102"); err != nil {
			t.Fatal(err)
		}
		for _, p := range at {
			if _, err := p.does(t, "ringing"); err != nil {
				t.Errorf("%s: %v", when, err)
			}
		}
		if s := silent.shows(t); s.Call != "" {
			t.Errorf("%s: a phone where she does not sit rings: %+v", when, s)
		}
		front.does(t, "hangup")
		waitFor(t, 5*time.Second, "the call is over", func() bool { return soft.shows(t).Call == "" && front.shows(t).Call == "" })
	}
	seat := func(phone string) int {
		var d struct {
			PhoneID string `json:"phone_id"`
		}
		a.API(http.MethodGet, "/api/v1/devices/"+phone, nil, &d)
		return a.API(http.MethodPost, "/api/v1/seats", map[string]any{"extension": "102", "phone_id": d.PhoneID, "force": true}, nil)
	}
	rings("at home", there, desk, soft)
	if status := seat(a.device(hot)); status != http.StatusCreated {
		t.Fatalf("moving her: %d", status)
	}
	rings("at the hot desk", desk, there, soft)
	if _, err := soft.does(t, "dial", "to", "103"); err != nil {
		t.Fatal(err)
	}
	if _, err := front.does(t, "ringing"); err != nil {
		t.Errorf("her program calls nobody while she is away from her desk: %v", err)
	}
	var calls struct {
		Items []struct{ From struct{ Number string } }
	}
	a.API(http.MethodGet, "/api/v1/calls", nil, &calls)
	if len(calls.Items) != 1 || calls.Items[0].From.Number != "102" {
		t.Errorf("it calls as %+v", calls.Items)
	}
	soft.does(t, "hangup")
	if status := a.API(http.MethodPost, "/api/v1/seats", map[string]any{"extension": "103", "phone_id": made.PhoneID, "force": true}, nil); status != http.StatusUnprocessableEntity {
		t.Errorf("somebody is seated at her program: %d", status)
	}
	if _, err := soft.does(t, "seat", "to", "*30", "code", ""); err != nil {
		t.Errorf("coming home from the program: %v", err)
	}
	rings("home again", there, desk, soft)
}
