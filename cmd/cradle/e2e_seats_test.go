//go:build e2e

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// hotDesks are phones of other vendors at which nobody sits.
var hotDesks = []struct{ model, mac string }{ //nolint:gochecknoglobals // a table
	{"yealink-t54w", "80:5e:c0:00:01:01"}, {"snom-d735", "00:04:13:00:01:02"}, {"grandstream-gxp2170", "c0:74:ad:00:01:03"},
	{"poly-vvx450", "64:16:7f:00:01:04"}, {"fanvil-x4u", "0c:38:3e:00:01:05"}, {"cisco-8851", "00:08:2f:00:01:06"},
}

// seatedOffice has Ada (101) at a yealink, Grace (102) at a snom, and the hot desks.
func seatedOffice() string {
	var b strings.Builder
	b.WriteString(strings.Replace(strings.SplitN(officeFile, "devices:", 2)[0], `default_pin: "4712"`, `default_pin: "4712", virtualization: {secret: "135791"}`, 1))
	b.WriteString(`devices:
  - {mac: "80:5e:c0:12:34:56", model: yealink-t46u, site: London, line: "101"}
  - {mac: "00:04:13:aa:bb:01", model: snom-d785, site: London, line: "102"}
`)
	for _, d := range hotDesks {
		fmt.Fprintf(&b, "  - {mac: %q, model: %s, site: London}\n", d.mac, d.model)
	}
	return b.String()
}

// TestE2ESeatsFollow moves a person through the phones of six vendors by code. A
// stranger calls her before, during and after each move, and she rings where she
// sits; exactly the two phones concerned read their settings anew, without a
// reboot where their vendor allows it, and none while it is in a call.
func TestE2ESeatsFollow(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(seatedOffice())
	caller := startBaresip(t, a, 15800, "udp", yealinkAccount(t, a))
	home := bootPhone(t, "snom-d785", "00:04:13:aa:bb:01", "http://"+a.HTTP+"/p/")
	var desks []*phone
	for _, d := range hotDesks {
		desks = append(desks, bootPhone(t, d.model, d.mac, "http://"+a.HTTP+"/p/"))
	}
	all := append([]*phone{home}, desks...)
	rings := func(at *phone) {
		t.Helper()
		caller.say("dial", "sip:102@"+a.SIP+";transport=udp")
		if _, err := at.does(t, "ringing"); err != nil {
			t.Errorf("102 does not ring where it sits: %v", err)
		}
		for _, p := range all {
			if p != at && p.shows(t).Call != "" {
				t.Error("another phone rings too")
			}
		}
		at.does(t, "hangup")
		caller.event("CALL_CLOSED", 10*time.Second)
	}
	follows := func(before []shown, moved ...int) {
		t.Helper()
		for _, i := range moved {
			waitFor(t, 10*time.Second, fmt.Sprintf("phone %d has read its settings", i), func() bool {
				s := all[i].shows(t)
				return s.Boots+s.Rereads > before[i].Boots+before[i].Rereads && s.Screen != before[i].Screen
			})
		}
		for i, p := range all {
			s, want := p.shows(t), 0
			for _, m := range moved {
				if i == m {
					want = 1
				}
			}
			if got := s.Boots + s.Rereads - before[i].Boots - before[i].Rereads; got != want {
				t.Errorf("phone %d read its settings %d times, want %d", i, got, want)
			}
		}
	}
	now := func() (s []shown) {
		for _, p := range all {
			s = append(s, p.shows(t))
		}
		return s
	}
	meanwhile := func(d, sits *phone) { // a dialogue that is cut short
		t.Helper()
		during := make(chan error, 1)
		go func() {
			_, err := d.does(t, "seat", "to", "*30102", "code", nobodyEnters)
			during <- err
		}()
		waitFor(t, 5*time.Second, "the dialogue is up", func() bool { return len(a.talking()) > 0 })
		rings(sits)
		if err := <-during; err == nil {
			t.Error("a dialogue in which nothing was entered moved somebody")
		}
	}
	rings(home)
	at, code := 0, "4712#918273#918273"
	for i, d := range desks {
		was := now()
		if i < 2 {
			meanwhile(d, all[at])
		}
		if _, err := d.does(t, "seat", "to", "*30102", "code", code); err != nil {
			t.Fatalf("%s: %v", hotDesks[i].model, err)
		}
		code = "918273"
		rings(d)
		if at == 0 { // what stands in the home phone's settings is the same whether she is there
			follows(was, i+1)
		} else {
			follows(was, at, i+1)
		}
		if s := d.shows(t); !strings.Contains(s.Screen, "Grace") && !strings.Contains(s.Screen, "102") {
			t.Errorf("%s shows %q", hotDesks[i].model, s.Screen)
		}
		if s := d.shows(t); s.Boots != was[i+1].Boots {
			t.Logf("%s was restarted", hotDesks[i].model)
		}
		at = i + 1
	}
	was := now()
	caller.say("dial", "sip:102@"+a.SIP+";transport=udp")
	if _, err := all[at].does(t, "ringing"); err != nil {
		t.Error(err)
	}
	if _, err := all[at].does(t, "answer"); err != nil {
		t.Error(err)
	}
	caller.event("CALL_ESTABLISHED", 10*time.Second)
	if _, err := home.does(t, "seat", "to", "*30", "code", ""); err != nil {
		t.Error(err)
	}
	time.Sleep(time.Second) // what is sent after a change is sent 300 ms after it
	follows(was)
	if s := all[at].shows(t); s.Call != "up" {
		t.Errorf("the move touched her call: %+v", s)
	}
	caller.say("hangup", "")
	caller.event("CALL_CLOSED", 10*time.Second)
	rings(home)
	follows(was, at)
}

// talking lists the calls that are up.
func (a *machine) talking() []string {
	var list struct {
		Items []struct{ ID, State string }
	}
	a.API("GET", "/api/v1/calls", nil, &list)
	var up []string
	for _, c := range list.Items {
		if c.State == "answered" {
			up = append(up, c.ID)
		}
	}
	return up
}

// TestE2EStrangersHotDesk: baresip and linphone sit at their desks; the one on
// linphone's phone moves to baresip's, comes home by dialling the code herself, and
// each time the phone where she sits takes the call.
func TestE2EStrangersHotDesk(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	startBaresip(t, a, 15830, "udp", yealinkAccount(t, a)) // Ada, 101; answers by itself
	grace := startLinphone(t, a, 15870, "none", snomAccount(t, a))
	front := bootPhone(t, "grandstream-grp2614", "c0:74:ad:00:11:22", "http://"+a.HTTP+"/p/")
	takes := func(mac string) {
		t.Helper()
		waitFor(t, 10*time.Second, "the caller dials", func() bool { // it may just be reading its settings anew
			_, err := front.does(t, "dial", "to", "102")
			return err == nil
		})
		if _, err := front.does(t, "up"); err != nil {
			t.Errorf("nobody takes the call: %v", err)
		}
		var calls struct {
			Items []struct{ To struct{ Device string } }
		}
		waitFor(t, 5*time.Second, "the call is shown as taken", func() bool { // the caller may hear of it first
			a.API("GET", "/api/v1/calls", nil, &calls)
			return len(calls.Items) == 1 && calls.Items[0].To.Device != ""
		})
		if calls.Items[0].To.Device != a.device(mac) {
			t.Errorf("the call was taken by %+v, want %s", calls.Items, mac)
		}
		front.does(t, "hangup")
		waitFor(t, 10*time.Second, "the call is over", func() bool { return len(a.talking()) == 0 })
	}
	const ada, graces = "80:5e:c0:12:34:56", "00:04:13:aa:bb:01"
	takes(graces)
	var d struct {
		PhoneID string `json:"phone_id"`
	}
	a.API("GET", "/api/v1/devices/"+a.device(ada), nil, &d)
	if status := a.API("POST", "/api/v1/seats", map[string]any{"extension": "102", "phone_id": d.PhoneID, "force": true}, nil); status != 201 {
		t.Fatalf("moving her: %d", status)
	}
	takes(ada)
	looks := 0
	waitFor(t, 15*time.Second, "she comes home by the code", func() bool {
		if looks%100 == 0 && len(a.talking()) == 0 { // linphone dials only when its last call is over, which we cannot see
			grace.do("call sip:*30@" + a.SIPS)
		}
		looks++
		var seats struct{ Items []struct{ ID string } }
		a.API("GET", "/api/v1/seats", nil, &seats)
		return len(seats.Items) == 0
	})
	waitFor(t, 15*time.Second, "the dialogue is over", func() bool { return len(a.talking()) == 0 })
	takes(graces)
}
