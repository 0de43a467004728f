package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"cradle/provisioning/provtest"
	"cradle/templates"
)

// TestRestartInTheMiddleOfEveryDialogue takes the current from the appliance while
// somebody is half-way through sitting down, at each door and each step: nobody has
// moved then, and whoever goes on or begins anew gets there.
func TestRestartInTheMiddleOfEveryDialogue(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(strings.Replace(officeFile, `default_pin: "4712"`, `default_pin: "4712", virtualization: {secret: "135791"}`, 1) +
		"  - {mac: \"80:5e:c0:00:00:02\", model: yealink-t46u, site: London}\n")
	seated := func() string {
		var list struct{ Items []struct{ Extension string } }
		a.API("GET", "/api/v1/seats", nil, &list)
		var all []string
		for _, s := range list.Items {
			all = append(all, s.Extension)
		}
		return strings.Join(all, " ")
	}
	again := func() {
		t.Helper()
		was := seated()
		a.Kill()
		a.Restart()
		if now := seated(); now != was {
			t.Errorf("before the cut %q sat somewhere, after it %q", was, now)
		}
	}
	shelf, _ := drawn(t)
	box, err := provtest.New(provtest.Config{Catalog: shelf, Data: templates.FS(), Model: "yealink-t46u", MAC: "805ec0000002"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := box.Boot(context.Background(), "http://"+a.HTTP+"/p/"); err != nil {
		t.Fatal(err)
	}
	screen := screenPhone{box, t}
	menu := screen.page(screen.Menu(t.Context()))
	number := screen.page(screen.Choose(t.Context(), menu, "Log in"))
	again()
	pin := screen.page(screen.Type(t.Context(), number, "101"))
	again()
	own := screen.page(screen.Type(t.Context(), pin, "4711"))
	again()
	if late := screen.page(screen.Type(t.Context(), own, "918273")); late.Text != "This took too long. Please begin again." {
		t.Errorf("a ticket outlived the restart: %+v", late)
	}
	if p := screen.logIn("101", "4711", "918273", "918273"); p.Text != "101 is at this phone now." {
		t.Errorf("anew: %+v", p)
	}
	if p := screen.choose("Log out"); p.Text != "101 is home again." {
		t.Errorf("%+v", p)
	}

	desk := bootPhone(t, "poly-vvx450", "64:16:7f:00:00:01", "http://"+a.HTTP+"/p/")
	for _, dialled := range []string{"7", "*30102"} { // a phone at which nobody sits asks who wants to, whatever is dialled
		dialogue := make(chan int, 1)
		go func() {
			_, status := command(t, "phonesim", "seat", "--control", desk.Control, dialled, "--timeout", "5s")
			dialogue <- status
		}()
		waitFor(t, 10*time.Second, "the dialogue is up", func() bool {
			var calls struct{ Items []struct{ State string } }
			a.API("GET", "/api/v1/calls", nil, &calls)
			return len(calls.Items) == 1 && calls.Items[0].State == "answered"
		})
		again()
		if status := <-dialogue; status == 0 {
			t.Error("the dialogue that was cut says that it worked")
		}
	}
	waitFor(t, 30*time.Second, "the code works again", func() bool {
		_, status := command(t, "phonesim", "seat", "--control", desk.Control, "*30102", "--code", "4712#918274#918274")
		return status == 0 || seated() == "102"
	})
	again()
	if out, status := command(t, "phonesim", "seat", "--control", desk.Control, "*30"); status != 0 || seated() != "" {
		t.Errorf("*30 after the cut: status %d, %q still sits\n%s", status, seated(), out)
	}
}
