package provisioning

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/settings"
)

// Touch is what somebody did at the screen of a phone that showed its own token.
type Touch struct {
	Device *directory.Device // approved
	Source netip.Addr
	// Step is where the page before led; empty: the beginning.
	Step string
	// Typed are the fields that came with it, by name: what was typed on the last
	// page, and what was carried from those before.
	Typed map[string]directory.Secret
}

// Shown is the page that a phone's screen shows next, in the words of who reads it.
type Shown struct {
	Screen      catalog.Screen // menu, ask, tell
	Title, Text string
	// Of a page that asks: the words before what is typed, the field it comes back
	// in, whether it is hidden meanwhile, where it leads, and what else goes there.
	Prompt, Field string
	Hidden        bool
	Step          string
	Carry         []settings.Carried
	Choices       []Choice // of a menu
	OK, Cancel    string   // on the keys
	Seconds       int      // until the page leaves by itself; 0: never
}

// Choice is a line of a menu and the step it leads to.
type Choice struct{ Label, Step string }

// Fields of a query.
const (
	stepField = "step"
	maxQuery  = 512 // bytes
)

// screen answers at the screen of a phone at which people log in. What phones
// type is nobody's to see: it is in no journal, and nothing is kept of the page.
func (p *Provisioning) screen(ctx context.Context, v *visit, file *catalog.File, mode settings.Mode, token bool) Response {
	switch {
	case !v.model.Draws(file):
		return v.refuse("nobody logs in at the screen of such a model")
	case !token || mode != settings.Full:
		return v.refuse("pages are for phones that show their token")
	case file.Screen != catalog.MenuScreen:
		return v.refuse("this page is asked for under the name of its menu")
	case p.c.Screens == nil:
		return v.refuse("nobody answers at the phones' screens")
	}
	touch, ok := touched(v)
	if !ok {
		return v.refuse("what came from the screen cannot be read")
	}
	base := p.baseURL(v, true)
	if base == "" {
		return v.refuse("no door for settings is open")
	}
	shown := p.c.Screens(ctx, touch)
	page, body, err := p.draw(v, shown, base)
	if err != nil {
		p.log.Error("drawing a page", "mac", v.found.MAC, "model", v.model.Name, "screen", shown.Screen, "err", err)
		return v.refuse("the page did not render")
	}
	return Response{Status: http.StatusOK, ContentType: page.ContentType, Body: body, NoStore: true}
}

// touched reads what came with a request; false: it cannot be read.
func touched(v *visit) (Touch, bool) {
	t := Touch{Device: v.device, Source: v.Source.Addr(), Typed: map[string]directory.Secret{}}
	query := v.Query.Reveal()
	if len(query) > maxQuery {
		return t, false
	}
	fields, err := url.ParseQuery(query)
	if err != nil {
		return t, false
	}
	for name, values := range fields {
		last := values[len(values)-1]
		if name == stepField {
			t.Step = last
			continue
		}
		t.Typed[name] = directory.NewSecret(last)
	}
	return t, true
}

// draw renders a page in the form of the phone's family.
func (p *Provisioning) draw(v *visit, shown Shown, base string) (*catalog.File, []byte, error) {
	file := v.model.Family.Screen(shown.Screen)
	if file == nil {
		return nil, nil, ErrNoFile
	}
	address := base + v.model.FileName(v.model.Abilities().MenuPage, string(v.device.MAC))
	v.page = shown.page(address)
	body, err := p.render(v, file, settings.Full, base)
	return file, body, err
}

// pageOf is what a file says on the screen: what the visit brings, a sample
// where people look at it, and nil for the idle screen, which says its own.
func (p *Provisioning) pageOf(v *visit, file *catalog.File, base string) *settings.Page {
	if v.page == nil && file.Screen != "" && file.Screen != catalog.IdleScreen {
		return settings.SamplePage(base + v.model.FileName(v.model.Abilities().MenuPage, string(v.device.MAC)))
	}
	return v.page
}

// page writes the steps of a page as URLs.
func (s Shown) page(address string) *settings.Page {
	g := &settings.Page{
		Title: s.Title, Text: s.Text, Prompt: s.Prompt, Field: s.Field, Hidden: s.Hidden, Address: address,
		Carry: append([]settings.Carried{{Name: stepField, Value: s.Step}}, s.Carry...),
		OK:    s.OK, Cancel: s.Cancel, Seconds: s.Seconds,
	}
	g.Next = address + "?"
	for i, c := range g.Carry {
		if i > 0 {
			g.Next += "&"
		}
		g.Next += c.Pair()
	}
	for _, c := range s.Choices {
		g.Items = append(g.Items, settings.Item{Label: c.Label, URL: address + "?" + stepField + "=" + url.QueryEscape(c.Step)})
	}
	return g
}
