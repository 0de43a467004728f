package main

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// leaves adds the texts of a document by where they stand in it.
func leaves(at string, v any, into map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		for k, one := range v {
			leaves(at+"."+k, one, into)
		}
	case []any:
		for _, one := range v {
			leaves(at, one, into)
		}
	case string:
		into[v] = at
	}
}

// planted are all secrets of an appliance, with their names: what is in an export
// with secrets and not in one without, and those given. Of settings that sound
// secret an export leaves out more than the value, so they have to be given.
func (a *machine) planted(more map[string]string) map[string]string {
	a.t.Helper()
	var with, without map[string]any
	for secrets, into := range map[string]*map[string]any{"true": &with, "false": &without} {
		if err := json.Unmarshal(a.fetchedAs("/api/v1/export?secrets="+secrets), into); err != nil {
			a.t.Fatal(err)
		}
	}
	all, open := map[string]string{}, map[string]string{}
	delete(with, "settings")
	leaves("", with, all)
	leaves("", without, open)
	for text := range open {
		delete(all, text)
	}
	kinds := strings.Join(slices.Collect(maps.Values(all)), " ")
	for _, kind := range []string{".sip.secret", "admin_password", "token", "default_pin"} {
		if !strings.Contains(kinds, kind) {
			a.t.Errorf("an export with secrets has no %s: %s", kind, kinds)
		}
	}
	maps.Copy(all, more)
	return all
}

// readable fetches whatever GET answers: every path of the API's own document,
// for every record there is.
func (a *machine) readable(t *testing.T, read func(path string, body []byte)) {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]any
	}
	if err := json.Unmarshal(a.fetchedAs("/api/v1/openapi.json"), &doc); err != nil || len(doc.Paths) < 30 {
		t.Fatalf("the document: %v, %d paths", err, len(doc.Paths))
	}
	for path, methods := range doc.Paths {
		if _, ok := methods["get"]; !ok || strings.HasSuffix(path, "/stream") {
			continue
		}
		if !strings.HasPrefix(path, "/api/") {
			path = "/api/v1" + path
		}
		list, rest, one := strings.Cut(path, "/{id}")
		if !one {
			read(path, a.anything(path))
			continue
		}
		var all struct{ Items []map[string]any }
		a.API("GET", list+"?limit=20", nil, &all)
		for _, item := range all.Items {
			id, ok := item["id"].(string)
			if !ok {
				break
			}
			each := list + "/" + id + strings.NewReplacer("{number}", "1", "{file}", "phone.tmpl").Replace(rest)
			read(each, a.anything(each))
		}
	}
}

// anything is an answer, a refusal too.
func (a *machine) anything(path string) []byte {
	a.t.Helper()
	req, err := http.NewRequest(http.MethodGet, "http://"+a.HTTP+path, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.Token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return body
}

// TestNoSecretIsShown plants secrets of every kind, lets phones come with right
// and wrong credentials, and looks for the secrets wherever people look: all the
// API shows, previews, exports, the stream, metrics and the log.
func TestNoSecretIsShown(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(strings.ReplaceAll(officeFile, `"471`, `"8364471`))
	events := a.listen(t)
	const raw, code, password = "canary-of-a-vpn", "73915286", "canary of a new password"
	site := a.named("sites", "name", "London")
	a.must("PATCH", "/api/v1/extensions/"+a.named("extensions", "number", "102"), map[string]any{"virtualization": map[string]any{"allow": true, "secret": code}})
	a.must("POST", "/api/v1/users", map[string]any{"email": "grace@acme.example", "role": "user", "portal": true, "password": password})
	a.must("PUT", "/api/v1/settings/site/"+site+"/raw.yealink.network.vpn_password", map[string]any{"value": raw})
	ada := bootPhone(t, "yealink-t46u", "80:5e:c0:12:34:56", "http://"+a.HTTP+"/p/")
	grace := bootPhone(t, "snom-d785", "00:04:13:aa:bb:01", "http://"+a.HTTP+"/p/")
	ada.Ask(t, "registered")
	grace.Ask(t, "registered")
	secrets := a.planted(map[string]string{raw: "a raw setting", code: "a secret code", password: "a user's password", "correct horse battery staple": "the administrator's password", a.Token: "a bearer token"})
	token := a.Devices()["80:5e:c0:12:34:56"].Token
	// Refusals with the right token at the wrong place, and with a broken one.
	for _, path := range []string{"/p/~" + token + "/805ec0999999.cfg", "/p/~" + token + "/nonsense", "/p/~" + token + "x/805ec0123456.cfg", "/~" + token, "/p/805ec0123456.cfg?token=" + token} {
		a.plainGet(path)
	}
	own := a.must("POST", "/api/v1/custom-templates", map[string]any{"scope": map[string]any{"kind": "site", "id": site}, "model": "yealink-t46u", "file": "accounts.tmpl", "name": "ours"})
	var builtin struct{ Text string }
	a.API("GET", "/api/v1/templates/yealink-t46u/files/accounts.tmpl", nil, &builtin)
	a.must("POST", "/api/v1/custom-templates/"+own+"/versions", map[string]any{"text": strings.ReplaceAll(builtin.Text, ".password = {{.secret}}", ".password = {{.secret}}\nx.{{.number}} = {{.secret}}")})

	shown := map[string]string{}
	_, preview := a.send("/api/v1/custom-templates/"+own+"/versions/1/preview", "application/json", []byte(`{}`))
	_, judged := a.send("/api/v1/custom-templates/"+own+"/preview", "application/json", []byte(`{"number": 1}`))
	shown["preview"] = preview + judged
	if !strings.Contains(shown["preview"], "***") {
		t.Errorf("the preview shows nothing masked: %s", shown["preview"])
	}
	a.must("POST", "/api/v1/custom-templates/"+own+"/activate", map[string]any{"number": 1})
	ada.Ask(t, "reread")
	if text := a.ownFile("80:5e:c0:12:34:56", adaFile); !strings.Contains(text, raw) || !strings.Contains(text, "\nx.1 = ") {
		t.Errorf("what is looked for is not even in the phone's file:\n%s", text)
	}
	a.readable(t, func(path string, body []byte) { shown[path] = string(body) })
	for _, d := range []string{"805ec0123456.cfg", "{mac}.cfg"} {
		path := "/api/v1/devices/" + a.named("devices", "mac", "80:5e:c0:12:34:56") + "/files?name=" + d
		shown[path] = string(a.anything(path))
	}
	shown["export"] = a.Run("export", "--url", "http://"+a.HTTP, "--token", a.Token)
	shown["metrics"] = a.metrics()
	shown["log"] = a.Log()
	for quiet := time.After(time.Second); shown["stream"] == "" || quiet != nil; {
		select {
		case e := <-events:
			shown["stream"] += e.Data + "\n"
		case <-quiet:
			quiet = nil
		}
	}
	t.Logf("looked into %d places", len(shown))
	for place, text := range shown {
		for secret, kind := range secrets {
			if i := strings.Index(text, secret); i >= 0 {
				t.Errorf("%s shows %s: ...%s...", place, kind, text[max(0, i-80):min(len(text), i+len(secret)+20)])
			}
		}
		if m := regexp.MustCompile(`/p/~[a-z2-7]{20,}`).FindString(text); m != "" {
			t.Errorf("%s shows an address with a token: %s", place, m)
		}
	}
}

// plainGet is a request of somebody who is nobody.
func (a *machine) plainGet(path string) {
	a.t.Helper()
	res, err := http.Get("http://" + a.HTTP + path)
	if err != nil {
		a.t.Fatal(err)
	}
	res.Body.Close()
}

func (a *machine) metrics() string {
	a.t.Helper()
	res, err := http.Get("http://" + a.Metrics + "/metrics")
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return string(body)
}
