package ui

import (
	"net/http"
	"sync"
	"testing"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/identify"
)

// fakeKnown knows what the test says of phones.
type fakeKnown struct {
	mu  sync.Mutex
	of  map[directory.ID]provisioning.Known
	sip string // the last it was told
}

func (f *fakeKnown) Known(id directory.ID, sip string) provisioning.Known {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, is := f.of[id]; is {
		f.sip = sip
	}
	return f.of[id]
}

func (f *fakeKnown) set(id directory.ID, k provisioning.Known) {
	f.mu.Lock()
	f.of = map[directory.ID]provisioning.Known{id: k}
	f.mu.Unlock()
}

func TestCluesAndDriftAreShownAndMended(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	d := c.get("/api/v1/devices").item("name", "Ada's desk")
	id := directory.ID(d["id"].(string))
	one := "/api/v1/devices/" + string(id)
	c.post(one+"/mend", nil).want(http.StatusConflict).problem() // nothing to mend
	record := h.d.Snapshot().Device(id)
	h.registrar.register(record.Lines[0].Account.User)
	k := provisioning.Known{
		Clues:     []identify.Clue{{Kind: identify.ClueAgent, Seen: "Acme Two", Says: "Acme Two", Won: true}, {Kind: identify.ClueFile, Seen: "x", Says: "Acme One"}},
		Conflicts: []string{"the User-Agent says Acme Two, the file it asks for belongs to Acme One"}, Says: "acme-two",
		Drift: []provisioning.Drift{{Kind: provisioning.DriftModel, Text: "It is another."}, {Kind: provisioning.DriftSettings, Text: "Its file has changed."}},
	}
	h.known.set(id, k)
	got := c.get(one).want(http.StatusOK).json()
	clues := got["clues"].([]any)
	if len(clues) != 2 || clues[0].(map[string]any)["won"] != true || got["clue_conflicts"].([]any)[0] != k.Conflicts[0] ||
		got["drift"] != "model" || got["drift_text"] != "It is another. Its file has changed." || h.known.sip != "Test 1.0" {
		t.Errorf("%v", got)
	}
	operator := h.logIn("operator@acme.example")
	operator.post(one+"/mend", nil).want(http.StatusForbidden)
	if got := c.post(one+"/mend", nil).want(http.StatusAccepted).json(); got["model"] != "acme-two" {
		t.Errorf("mended: %v", got["model"])
	}
	k.Drift = k.Drift[1:]
	h.known.set(id, k)
	operator.post(one+"/mend", nil).want(http.StatusAccepted)
	c.post("/api/v1/devices/none/mend", nil).want(http.StatusNotFound)
}
