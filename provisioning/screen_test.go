package provisioning_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/provisioning/settings"
)

// dialogue asks for a number and a PIN, and says what came of it.
func dialogue(_ context.Context, t provisioning.Touch) provisioning.Shown {
	switch t.Step {
	case "":
		return provisioning.Shown{Screen: catalog.MenuScreen, Title: "ID " + t.Device.PhoneID, Choices: []provisioning.Choice{{Label: "Log in", Step: "in"}, {Label: "Log out", Step: "out"}}}
	case "in":
		return provisioning.Shown{Screen: catalog.AskScreen, Title: "Log in", Prompt: "Number", Field: "number", Step: "pin", OK: "OK"}
	case "pin":
		return provisioning.Shown{Screen: catalog.AskScreen, Title: "Log in", Prompt: "PIN", Field: "pin", Hidden: true, Step: "done", OK: "OK",
			Carry: []settings.Carried{{Name: "number", Value: t.Typed["number"].Reveal()}}}
	default:
		return provisioning.Shown{Screen: catalog.TellScreen, Title: "Log in", Text: fmt.Sprintf("%s & %s", t.Typed["number"].Reveal(), t.Typed["pin"].Reveal()), Seconds: 5}
	}
}

func withScreens(c *provisioning.Config) { c.Screens = dialogue }

// touch asks as a phone's screen does.
func (k *kit) touch(path, query string) provisioning.Response {
	r := request(provisioning.DoorHTTP, inside, path, "")
	r.Query = directory.NewSecret(query)
	return k.p.Answer(context.Background(), r)
}

func TestPeopleLogInAtTheScreen(t *testing.T) {
	k := newKit(t, kitOptions{config: withScreens})
	k.importPhone(t, yMAC, "yealink-t46u", false)
	k.get(inside, yFile)
	menu := "/p/~" + k.token(yMAC) + "/" + yMAC + "-menu.xml"
	address := "http://127.0.0.1:8080" + menu
	if r := k.get(inside, "/p/~"+k.token(yMAC)+"/"+yMAC+".cfg"); !contains(r.Body, "programablekey.3.value = "+address+"\n") {
		t.Errorf("no key leads to the page: %s", r.Body)
	}
	for _, c := range []struct{ query, says string }{
		{"", "<Prompt>Log in</Prompt>\n    <URI>" + address + "?step=in</URI>"},
		{"step=in", `password="no" editable="yes">` + "\n    <Prompt>Number</Prompt>\n    <Parameter>number</Parameter>"},
		{"step=in", "<URL>" + address + "?step=pin</URL>"},
		{"step=pin&number=101", `password="yes" editable="yes">` + "\n    <Prompt>PIN</Prompt>\n    <Parameter>pin</Parameter>"},
		{"step=pin&number=101", "<URL>" + address + "?step=done&amp;number=101</URL>"},
		{"step=pin&number=%26%3C", "<URL>" + address + "?step=done&amp;number=%26%3C</URL>"},
		{"step=done&number=101&pin=1234", `Timeout="5"`},
		{"step=done&number=101&pin=1234", "<Text>101 &amp; 1234</Text>"},
	} {
		r := k.touch(menu, c.query)
		if r.Status != 200 || r.ContentType != "text/xml" || !r.NoStore || !contains(r.Body, c.says) {
			t.Errorf("%s: %d %s %s, want %q (%s)", c.query, r.Status, r.ContentType, r.Body, c.says, k.lastRule(yMAC))
		}
	}
	for _, s := range k.p.Journal().Of(yMAC) {
		if strings.Contains(fmt.Sprintf("%+v", s), "1234&") || strings.Contains(s.File, "pin") || strings.Contains(s.Rule, "pin=") {
			t.Errorf("the journal tells a PIN: %+v", s)
		}
	}
}

func TestPagesAreForPhonesThatShowTheirToken(t *testing.T) {
	k := newKit(t, kitOptions{config: withScreens})
	k.importPhone(t, yMAC, "yealink-t46u", false)
	k.importPhone(t, "805ec0aaaaaa", "yealink-cp920", false)
	k.get(inside, yFile)
	k.get(inside, "/p/805ec0aaaaaa.cfg")
	own := "/p/~" + k.token(yMAC) + "/" + yMAC
	for path, says := range map[string]string{
		"/p/" + yMAC + "-menu.xml": "show their token",
		own + "-ask.xml":           "under the name of its menu",
		own + "-tell.xml":          "under the name of its menu",
		"/p/~" + k.token("805ec0aaaaaa") + "/805ec0aaaaaa-menu.xml": "nobody logs in at the screen",
		"/p/~" + k.token("805ec0aaaaaa") + "/805ec0aaaaaa-idle.xml": "shows no page of ours",
		own + "-menu.xml?" + strings.Repeat("x", 1):                 "",
		own + "-menu.xml": "",
	} {
		r := k.get(inside, path)
		mac := yMAC
		if strings.Contains(path, "805ec0aaaaaa") {
			mac = "805ec0aaaaaa"
		}
		if rule := k.lastRule(mac); (r.Status == 200) != (says == "") || says != "" && !strings.Contains(rule, says) {
			t.Errorf("%s: %d, %q, want %q", path, r.Status, rule, says)
		}
	}
	for query, status := range map[string]int{strings.Repeat("x", 512): 200, strings.Repeat("x", 513): 404, "a=%zz": 404, "a;b": 404} {
		if r := k.touch(own+"-menu.xml", query); r.Status != status {
			t.Errorf("a query of %d bytes: %d", len(query), r.Status)
		}
	}
	k.change(t, yMAC, func(d *directory.Device) { d.Step = directory.StepLobby })
	if r := k.get(inside, own+"-menu.xml"); r.Status != 404 {
		t.Errorf("a phone in the lobby: %d", r.Status)
	}
	silent := newKit(t, kitOptions{})
	silent.importPhone(t, yMAC, "yealink-t46u", false)
	silent.get(inside, yFile)
	if r := silent.get(inside, "/p/~"+silent.token(yMAC)+"/"+yMAC+".cfg"); contains(r.Body, "-menu.xml") {
		t.Error("a key leads to a page that nobody answers")
	}
	if r := silent.get(inside, "/p/~"+silent.token(yMAC)+"/"+yMAC+"-menu.xml"); r.Status != 404 {
		t.Errorf("nobody answers: %d", r.Status)
	}
}

// TestIdlePageFollowsWhoSits: the Phone ID while nobody does, and it stays whole
// with any name.
func TestIdlePageFollowsWhoSits(t *testing.T) {
	k := newKit(t, kitOptions{})
	k.importPhone(t, yMAC, "yealink-t46u", false)
	k.get(inside, yFile)
	idle := func() string { return string(k.get(inside, "/p/~"+k.token(yMAC)+"/"+yMAC+"-idle.xml").Body) }
	if want := "ID " + k.device(yMAC).PhoneID; !strings.Contains(idle(), want) || strings.Contains(idle(), "101") {
		t.Errorf("nobody sits there: %s", idle())
	}
	k.update(t, func(tx *directory.Tx) error {
		k.ada.Name = "Ada & <Co>"
		return tx.PutExtension(&k.ada)
	})
	k.change(t, yMAC, func(d *directory.Device) { d.Lines[0].Home = k.ada.ID })
	if !strings.Contains(idle(), "Ada &amp; &lt;Co&gt;") || !strings.Contains(idle(), ">101<") || strings.Contains(idle(), "ID ") {
		t.Errorf("Ada sits there: %s", idle())
	}
	k.change(t, yMAC, func(d *directory.Device) { d.Step = directory.StepSeen })
	if strings.Contains(idle(), "Ada") || strings.Contains(idle(), "101") {
		t.Errorf("a phone that is not approved is told who sits there: %s", idle())
	}
}

func FuzzScreen(f *testing.F) {
	f.Add("step=pin&number=101")
	f.Add("step=%00&number=%ff&x=;")
	k := newKit(f, kitOptions{config: withScreens})
	k.importPhone(f, yMAC, "yealink-t46u", false)
	k.get(inside, yFile)
	menu := "/p/~" + k.token(yMAC) + "/" + yMAC + "-menu.xml"
	shelf := k.p.Catalog().Model("yealink-t46u").Family
	f.Fuzz(func(t *testing.T, query string) {
		r := k.touch(menu, query)
		if r.Status == 200 {
			if err := shelf.Screen(catalog.TellScreen).Check(r.Body); err != nil {
				t.Error(err)
			}
		}
	})
}
