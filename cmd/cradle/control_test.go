package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"testing"
)

// shown is what a simulated phone shows, as its control socket tells.
type shown struct {
	Screen         string
	Boots, Rereads int
	Call           string
	// Registered or Waits is what becomes of a boot.
	Registered, Waits bool
}

// nobodyEnters is a dialogue that is up for 1.5 s and then hung up, in the middle.
const nobodyEnters = "nothing"

// does asks a simulated phone to do something and gives what it shows then.
func (p *phone) does(t *testing.T, do string, more ...string) (shown, error) {
	t.Helper()
	conn, err := net.Dial("unix", p.Control)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ask := map[string]any{"do": do, "seconds": 10}
	for i := 0; i+1 < len(more); i += 2 {
		ask[more[i]] = more[i+1]
	}
	if ask["code"] == nobodyEnters {
		ask["code"], ask["seconds"] = "", 1.5
	}
	b, _ := json.Marshal(ask)
	fmt.Fprintf(conn, "%s\n", b)
	line, err := bufio.NewReader(conn).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var told struct {
		OK    bool
		Error string
		State shown
	}
	if err := json.Unmarshal(line, &told); err != nil {
		t.Fatal(err)
	}
	if !told.OK {
		return told.State, fmt.Errorf("%s: %s", do, told.Error)
	}
	return told.State, nil
}

func (p *phone) shows(t *testing.T) shown {
	t.Helper()
	s, err := p.does(t, "state")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// device is the ID of a phone.
func (a *machine) device(mac string) string {
	var list struct{ Items []struct{ ID, MAC string } }
	a.API("GET", "/api/v1/devices", nil, &list)
	for _, d := range list.Items {
		if d.MAC == mac {
			return d.ID
		}
	}
	a.t.Fatalf("no phone %s", mac)
	return ""
}
