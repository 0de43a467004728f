package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"cradle/registrar/siptest"
)

// TestLampsAndFeatureKeys: a phone's subscriptions through the whole appliance -
// a lamp follows a call, a feature key is the record, all is there again after
// a crash - while it is traced by the API.
func TestLampsAndFeatureKeys(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	account := a.Devices()["00:04:13:aa:bb:01"].SIP
	grace, err := siptest.New(siptest.Config{Server: a.SIP, User: account.User, Password: account.Secret, Domain: account.Realm, Local: "127.0.0.9"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(grace.Close)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	var devices struct {
		Items []struct{ ID, MAC, Name string }
	}
	a.API(http.MethodGet, "/api/v1/devices", nil, &devices)
	id := ""
	for _, d := range devices.Items {
		if strings.HasPrefix(d.Name, "Grace") {
			id = d.ID
		}
	}
	var traced struct{ ID string }
	if status := a.API(http.MethodPost, "/api/v1/traces", map[string]any{"device": id, "minutes": 1}, &traced); status != http.StatusCreated {
		t.Fatalf("a trace: %d", status)
	}
	if _, err := grace.Register(ctx); err != nil {
		t.Fatal(err)
	}
	watch := func(user, event string) *siptest.Subscription {
		t.Helper()
		s, m, err := grace.Subscribe(ctx, "sip:"+user+"@"+account.Realm, event, 600, nil)
		if err != nil || m.Status != 200 {
			t.Fatalf("%s: %v %v", event, m, err)
		}
		return s
	}
	hears := func(s *siptest.Subscription, words string) {
		t.Helper()
		for {
			m, err := s.Next(ctx)
			if err != nil {
				t.Fatalf("never heard %q", words)
			}
			if strings.Contains(string(m.Body), words) {
				return
			}
		}
	}
	lamp, keys := watch("103", "dialog"), watch(account.User, "as-feature-event")
	hears(lamp, "<state>terminated</state>")
	hears(keys, "<doNotDisturbOn>false</doNotDisturbOn>")
	m, err := keys.Again(ctx, 600, func(m *siptest.Msg) {
		m.Add("Content-Type", "application/x-as-feature-event+xml")
		m.Body = []byte(`<SetDoNotDisturb xmlns="http://www.ecma-international.org/standards/ecma-323/csta/ed3"><device/><doNotDisturbOn>true</doNotDisturbOn></SetDoNotDisturb>`)
	})
	if err != nil || m.Status != 200 {
		t.Fatal(m, err)
	}
	hears(keys, "<doNotDisturbOn>true</doNotDisturbOn>")
	var extensions struct {
		Items []struct {
			ID, Number   string
			DoNotDisturb bool `json:"do_not_disturb"`
		}
	}
	a.API(http.MethodGet, "/api/v1/extensions", nil, &extensions)
	for _, e := range extensions.Items {
		if e.DoNotDisturb != (e.Number == "102") {
			t.Errorf("%+v", e)
		}
		if e.Number == "102" {
			a.API(http.MethodPatch, "/api/v1/extensions/"+e.ID, map[string]any{"do_not_disturb": false, "forward": map[string]any{"busy": "101"}}, nil)
		}
	}
	hears(keys, "<forwardTo>101</forwardTo>")
	a.noSecretIn(t, "/api/v1/traces/"+traced.ID+"/ladder", account.Secret, "SUBSCRIBE sip:103", "NOTIFY", "401 Unauthorized")
	var list struct {
		Items []struct{ Source string }
	}
	if a.API(http.MethodGet, "/api/v1/registrations?filter=grace", nil, &list); len(list.Items) != 1 || list.Items[0].Source != grace.Addr().String() {
		t.Errorf("%+v", list)
	}
	time.Sleep(1500 * time.Millisecond) // subscriptions are written once a second; nothing outside tells when
	a.Kill()
	a.Restart()
	hears(lamp, "<state>terminated</state>")
	hears(keys, "<forwardTo>101</forwardTo>")
}

// noSecretIn reads a page of the API that has the words and not the secret.
func (a *machine) noSecretIn(t *testing.T, path, secret string, words ...string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, "http://"+a.HTTP+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.Token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || strings.Contains(string(b), secret) {
		t.Error("a secret in", path, err)
	}
	for _, w := range words {
		if !strings.Contains(string(b), w) {
			t.Errorf("%q is not in\n%s", w, b)
		}
	}
}
