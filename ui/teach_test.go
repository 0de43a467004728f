package ui

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/onboard"
	"cradle/provisioning/teach"
)

// fakeTeaching teaches what is like acme-one.
type fakeTeaching struct {
	d    *directory.Directory
	seen teach.Evidence // the last
}

func (f *fakeTeaching) TryLesson(_ directory.ID, seen teach.Evidence, wish teach.Wish) (teach.Lesson, error) {
	f.seen = seen
	l := teach.Lesson{Model: "acme-three", Label: "Acme Three", Folder: "acme/own-three", Agent: "^Nobody$", Also: []string{"acme-two"}}
	if wish.Like != "acme-one" {
		l.Problems = []teach.Problem{{Field: "agent", Text: "too little"}, {Field: "like", Text: "no such model"}}
	}
	return l, nil
}

func (f *fakeTeaching) Teach(ctx context.Context, by directory.Actor, org directory.ID, seen teach.Evidence, wish teach.Wish, device directory.ID) (teach.Lesson, *directory.Lesson, error) {
	l, _ := f.TryLesson(org, seen, wish)
	if len(l.Problems) > 0 {
		return l, nil, provisioning.ErrNotTaught
	}
	r := &directory.Lesson{Model: l.Model, Label: l.Label, Folder: l.Folder, Files: map[string]string{"acme/own-three/model.yaml": "x"}}
	return l, r, f.d.Update(ctx, by, func(tx *directory.Tx) error {
		if d := tx.Snapshot().Device(device); d != nil {
			mine := *d
			mine.Model = l.Model
			if err := tx.PutDevice(&mine); err != nil {
				return err
			}
		}
		return tx.PutLesson(r)
	})
}

func (f *fakeTeaching) EvidenceOf(mac directory.MAC) teach.Evidence {
	return teach.Evidence{MAC: mac, UserAgent: "Acme"}
}

func (f *fakeTeaching) Unteach(ctx context.Context, by directory.Actor, id directory.ID) error {
	return f.d.Update(ctx, by, func(tx *directory.Tx) error { return tx.DeleteLesson(id) })
}

func TestTeachingOverTheAPI(t *testing.T) {
	h := newHouse(t)
	c := h.bearer(h.setUp())
	london := directory.ID(c.get("/api/v1/sites").item("name", "London")["id"].(string))
	h.onboarding.strangers = []onboard.Stranger{
		{MAC: "021122334455", Source: netip.MustParseAddr("127.0.0.9"), UserAgent: "Nobody", Files: []string{"/p/x"}, Doors: []string{"http"}, Last: time.Now(), Site: london},
		{Source: netip.MustParseAddr("127.0.0.9"), UserAgent: "Someone", Last: time.Now(), Site: london},
		{MAC: "021122334466", Source: netip.MustParseAddr("127.0.0.9"), Site: "gone"},
	}
	const path = "/api/v1/strangers/teach"
	for _, nobody := range []map[string]any{{"mac": "02:11:22:33:44:56"}, {"mac": "021122334466"}, {"source": "127.0.0.9", "user_agent": "Nobody"}} {
		c.post(path, nobody).want(http.StatusNotFound).problem()
	}
	c.post(path, map[string]any{"mac": "021122zz4455"}).want(http.StatusUnprocessableEntity)
	who := map[string]any{"mac": "02:11:22:33:44:55", "dry_run": true}
	tried := c.post(path, who).want(http.StatusOK).json()
	problems := tried["problems"].([]any)
	if len(problems) != 2 || problems[0].(map[string]any)["field"] != "user_agent_rule" || tried["id"] != nil || tried["also"].([]any)[0] != "acme-two" {
		t.Errorf("%v", tried)
	}
	who["dry_run"] = false
	if a := c.post(path, who).want(http.StatusUnprocessableEntity); !strings.Contains(string(a.body), "body.user_agent_rule") {
		t.Errorf("%s", a.body)
	}
	c.post(path, map[string]any{"source": "127.0.0.9", "user_agent": "Someone", "dry_run": true}).want(http.StatusOK)
	who["like"] = "acme-one"
	id := c.post(path, who).want(http.StatusOK).text("id")
	c.post(path, who).want(http.StatusConflict) // it is taught
	if m := c.get("/api/v1/taught-models").want(http.StatusOK).item("model", "acme-three"); m["id"] != id || m["phones"] != 0.0 || m["by"] == "" {
		t.Errorf("%v", m)
	}
	c.get("/api/v1/audit").want(http.StatusOK).item("kind", "taught_model")
	c.delete("/api/v1/taught-models/" + id).want(http.StatusNoContent)
	c.delete("/api/v1/taught-models/" + id).want(http.StatusNotFound)
	desk := c.get("/api/v1/devices").item("name", "Ada's desk")["id"].(string)
	id = c.post("/api/v1/devices/"+desk+"/teach", map[string]any{"like": "acme-one"}).want(http.StatusOK).text("id")
	if d := c.get("/api/v1/devices/" + desk).json(); d["model"] != "acme-three" {
		t.Errorf("its model is %v", d["model"])
	}
	c.delete("/api/v1/taught-models/" + id).want(http.StatusConflict).problem()
	c.post("/api/v1/devices/none/teach", map[string]any{}).want(http.StatusNotFound)
	c.post("/api/v1/apply", []byte(`{"organization":{"name":"Second Ltd"},
		"users":[{"email":"boss@second.example","role":"owner","portal":true,"password":"`+password+`"}]}`)).want(http.StatusOK)
	boss := h.logIn("boss@second.example")
	boss.post(path, who).want(http.StatusForbidden)
	boss.delete("/api/v1/taught-models/" + id).want(http.StatusForbidden)
	if m := boss.get("/api/v1/taught-models").want(http.StatusOK).item("model", "acme-three"); m["by"] != "" || m["phones"] != 0.0 {
		t.Errorf("they see %v", m)
	}
}
