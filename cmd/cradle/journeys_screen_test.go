package main

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"cradle/provisioning/catalog"
	"cradle/provisioning/provtest"
	"cradle/templates"
)

// drawn lists one model of each family whose phones draw our pages.
func drawn(t *testing.T) (*catalog.Catalog, []*catalog.Model) {
	t.Helper()
	shelf, err := catalog.Load(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	var list []*catalog.Model
	for _, v := range shelf.Vendors() {
		for _, f := range v.Families {
			for _, m := range f.Models {
				if m.Abilities().MenuPage != "" {
					list = append(list, m)
					break
				}
			}
		}
	}
	return shelf, list
}

// screenPhone is a phone with somebody at its screen.
type screenPhone struct {
	*provtest.Phone
	t *testing.T
}

func (s screenPhone) page(p *provtest.Page, err error) *provtest.Page {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// choose presses the key that leads to the menu and takes a line of it.
func (s screenPhone) choose(label string) *provtest.Page {
	s.t.Helper()
	menu := s.page(s.Menu(context.Background()))
	return s.page(s.Choose(context.Background(), menu, label))
}

// logIn types what is asked for, and gives the page at which it ends.
func (s screenPhone) logIn(typed ...string) *provtest.Page {
	s.t.Helper()
	p := s.choose("Log in")
	for _, text := range typed {
		p = s.page(s.Type(context.Background(), p, text))
	}
	return p
}

// TestPeopleLogInAtEveryScreen walks through the dialogue at the screen of a phone
// of each family that draws our pages: a wrong secret, the first PIN replaced,
// log-out, the whole of it again with the own PIN; and the lock that all doors share.
func TestPeopleLogInAtEveryScreen(t *testing.T) {
	shelf, models := drawn(t)
	a := startAppliance(t, t.TempDir())
	var office strings.Builder
	office.WriteString(strings.SplitN(officeFile, "devices:", 2)[0])
	for i := range models {
		fmt.Fprintf(&office, "  - {number: %q, name: Person %d, site: London, default_pin: \"4720\"}\n", fmt.Sprint(200+i), i)
	}
	office.WriteString("devices:\n")
	macs := make([]string, len(models))
	for i, m := range models {
		macs[i] = m.SampleMAC()[:8] + fmt.Sprintf("%04x", i+1)
		fmt.Fprintf(&office, "  - {mac: %q, model: %s, site: London}\n", macs[i], m.Name)
	}
	a.Setup(office.String())
	guests := func() map[string]string {
		var list struct {
			Items []struct{ Extension, How string }
		}
		a.API("GET", "/api/v1/seats", nil, &list)
		all := map[string]string{}
		for _, s := range list.Items {
			all[s.Extension] = s.How
		}
		return all
	}
	for i, m := range models {
		number, pin := fmt.Sprint(200+i), fmt.Sprintf("9%d82", 10+i)
		box, err := provtest.New(provtest.Config{Catalog: shelf, Data: templates.FS(), Model: m.Name, MAC: macs[i]})
		if err != nil {
			t.Fatal(err)
		}
		phone := screenPhone{box, t}
		t.Run(m.Name, func(t *testing.T) {
			phone.t = t
			if _, err := box.Boot(context.Background(), "http://"+a.HTTP+"/p/"); err != nil {
				t.Fatal(err)
			}
			if p := phone.logIn(number, "0000"); !strings.Contains(p.Title, "Not accepted") {
				t.Errorf("a wrong PIN: %+v", p)
			}
			if p := phone.logIn(number, "4720", "1111", pin, "9999", pin, pin); p.Text != number+" is at this phone now." {
				t.Errorf("the first log-in ends with %+v", p)
			}
			if guests()[number] != "screen" {
				t.Errorf("after the log-in: %v", guests())
			}
			if _, err := box.Boot(context.Background(), "http://"+a.HTTP+"/p/"); err != nil { // the way out is in the guest's settings too
				t.Fatal(err)
			}
			if p := phone.choose("Log out"); p.Text != number+" is logged out." {
				t.Errorf("the log-out ends with %+v", p)
			}
			if _, there := guests()[number]; there {
				t.Error("still there after the log-out")
			}
			if p := phone.logIn(number, pin); p.Text != number+" is at this phone now." {
				t.Errorf("the second log-in ends with %+v", p)
			}
			if p := phone.logIn(number); p.Text != number+" is at this phone already." {
				t.Errorf("the third: %+v", p)
			}
		})
	}
	lockedForAll(t, a, models, macs)
}

// lockedForAll guesses at three phones' screens; then the right PIN is taken at none.
func lockedForAll(t *testing.T, a *machine, models []*catalog.Model, macs []string) {
	t.Helper()
	shelf, _ := drawn(t)
	var last *provtest.Page
	for i, pin := range []string{"0000", "0001", "0002", "4711"} {
		box, err := provtest.New(provtest.Config{Catalog: shelf, Data: templates.FS(), Model: models[i].Name, MAC: macs[i]})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := box.Boot(context.Background(), "http://"+a.HTTP+"/p/"); err != nil {
			t.Fatal(err)
		}
		last = screenPhone{box, t}.logIn("101", pin)
	}
	if !strings.Contains(last.Title, "Not accepted") {
		t.Errorf("a locked PIN was taken: %+v", last)
	}
	waitFor(t, 5*time.Second, "the lock is among the alarms", func() bool {
		var alarms struct{ Items []struct{ Kind string } }
		a.API("GET", "/api/v1/alarms", nil, &alarms)
		return slices.ContainsFunc(alarms.Items, func(x struct{ Kind string }) bool { return x.Kind == "secret_locked" })
	})
	var e struct{ Items []struct{ ID, Number string } }
	a.API("GET", "/api/v1/extensions", nil, &e)
	for _, x := range e.Items {
		if x.Number == "101" {
			if status := a.API("POST", "/api/v1/extensions/"+x.ID+"/reset-pin", nil, nil); status != http.StatusOK {
				t.Errorf("reset: %d", status)
			}
		}
	}
	// As a word: Phone IDs may have these digits among theirs.
	if regexp.MustCompile(`\b47(11|20)\b`).MatchString(a.Log()) {
		t.Error("the log has a PIN")
	}
}
