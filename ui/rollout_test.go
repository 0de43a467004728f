package ui

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/provisioning/rollout"
)

// fakeRollouts keeps what it is given; err is what it answers.
type fakeRollouts struct {
	d   *directory.Directory
	err error
	did []string
}

func (f *fakeRollouts) Start(ctx context.Context, by directory.Actor, r *directory.Rollout) error {
	if f.err != nil {
		return f.err
	}
	r.Models = []string{"acme-one"}
	return f.d.Update(ctx, by, func(tx *directory.Tx) error { return tx.PutRollout(r) })
}

func (f *fakeRollouts) note(word string) error { f.did = append(f.did, word); return f.err }

func (f *fakeRollouts) Pause(context.Context, directory.Actor, directory.ID) error {
	return f.note("pause")
}

func (f *fakeRollouts) Resume(context.Context, directory.Actor, directory.ID) error {
	return f.note("resume")
}

func (f *fakeRollouts) Stop(context.Context, directory.Actor, directory.ID) error {
	return f.note("stop")
}

func (f *fakeRollouts) Count(*directory.Rollout) rollout.Count {
	return rollout.Count{Phones: 9, Done: 2, Waiting: 1}
}

func TestRollouts(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	engine := &fakeRollouts{d: h.d}
	f := &directory.Firmware{Vendor: "acme", Models: []string{"acme-one"}, Version: "2.1", File: "one.rom", Size: 9, SHA256: strings.Repeat("0a", 32)}
	must(t, h.d.Update(t.Context(), directory.Actor{}, func(tx *directory.Tx) error { return tx.PutFirmware(f) }))
	order := map[string]any{"kind": "firmware", "subject": string(f.ID), "target": "2.1", "stages": []any{10, 100}}
	c.post("/api/v1/rollouts", order).want(http.StatusServiceUnavailable)
	h.ui.api.Rollouts = engine
	v := c.post("/api/v1/rollouts", order).want(http.StatusCreated).json()
	if v["name"] != "one.rom" || v["state"] != "running" || v["least"] != 90.0 || v["phones"] != 9.0 || v["waiting"] != 1.0 {
		t.Errorf("%v", v)
	}
	one := "/api/v1/rollouts/" + v["id"].(string)
	c.get("/api/v1/rollouts").want(http.StatusOK).item("name", "one.rom")
	for _, word := range []string{"pause", "resume", "stop"} {
		c.post(one+"/"+word, nil).want(http.StatusOK)
	}
	if strings.Join(engine.did, " ") != "pause resume stop" {
		t.Errorf("%v", engine.did)
	}
	c.delete(one).want(http.StatusConflict)
	c.post("/api/v1/rollouts", map[string]any{"kind": "template", "subject": "none", "target": "1", "stages": []any{100}}).want(http.StatusUnprocessableEntity)
	for err, status := range map[error]int{rollout.ErrRunning: http.StatusConflict, rollout.ErrInvalid: http.StatusUnprocessableEntity} {
		engine.err = err
		c.post("/api/v1/rollouts", order).want(status)
	}
	engine.err = nil
	tmpl := &directory.Template{Scope: directory.Scope{Kind: "appliance"}, Model: "acme-one", File: "phone.tmpl", Name: "own"}
	must(t, h.d.Update(t.Context(), directory.Actor{}, func(tx *directory.Tx) error {
		if err := tx.PutTemplate(tmpl); err != nil {
			return err
		}
		return tx.AddTemplateVersion(&directory.TemplateVersion{Template: tmpl.ID, Text: "x"})
	}))
	activate := "/api/v1/custom-templates/" + string(tmpl.ID) + "/activate"
	steps := map[string]any{"stages": []any{1, 10, 100}, "least": 95, "soak": 60}
	c.post(activate, map[string]any{"number": 1, "share": 10, "rollout": steps}).want(http.StatusUnprocessableEntity)
	c.post(activate, map[string]any{"number": 1, "rollout": steps}).want(http.StatusOK)
	if v := c.get("/api/v1/rollouts").want(http.StatusOK).item("name", "own"); v["target"] != "1" || v["least"] != 95.0 || v["soak"] != 60.0 {
		t.Errorf("%v", v)
	}
	engine.err = rollout.ErrOver
	c.post(one+"/stop", nil).want(http.StatusConflict)
	c.post("/api/v1/rollouts/none/stop", nil).want(http.StatusNotFound)
	h.logIn("operator@acme.example").post(one+"/stop", nil).want(http.StatusForbidden)
}
