package settings

import (
	"net/url"

	"cradle/provisioning/render"
)

// Page is what a page on a phone's screen says. All texts are in the words of
// who reads them.
type Page struct {
	Title, Text string
	// Of a page that asks: what stands before what is typed, the name it comes
	// back by, and whether it is to be seen meanwhile.
	Prompt, Field string
	Hidden        bool
	// Next is the URL that what is typed is added to; Address and Carry are the
	// same in parts.
	Next, Address string
	Carry         []Carried
	Items         []Item // of a menu
	OK, Cancel    string // on the keys
	Seconds       int    // until the page leaves by itself; 0: never
}

// Carried is a field that goes from page to page.
type Carried struct{ Name, Value string }

// Pair is the field as it stands in a URL.
func (c Carried) Pair() string { return url.QueryEscape(c.Name) + "=" + url.QueryEscape(c.Value) }

// Item is a choice of a menu.
type Item struct{ Label, URL string }

// SamplePage is a page as the portal shows it, with something of everything.
func SamplePage(base string) *Page {
	return &Page{
		Title: "Log in", Text: "Ada & <Co> is logged in at this phone.", Prompt: "Number", Field: "typed", Hidden: true,
		Next: base + "?step=pin&number=101", Address: base, Carry: []Carried{{"step", "pin"}, {"number", "101"}},
		Items: []Item{{"Log in", base + "?step=in&again=1"}, {"Log out", base + "?step=out"}},
		OK:    "OK", Cancel: "Cancel", Seconds: 10,
	}
}

// page fills what a page says: what the facts bring, else what the idle screen
// does.
func (p *phone) page(v render.Values, free bool) {
	if p.Facts.Page != nil {
		p.Facts.Page.fill(v)
		return
	}
	idle := Page{Title: "ID " + p.Device.PhoneID, Text: p.Device.Name}
	if person := p.who.Person; person != nil && !free && p.Mode == Full {
		idle.Title, idle.Text = nameOf(person), person.Number
	}
	idle.fill(v)
}

// fill writes the values in the order of their fields.
func (g *Page) fill(v render.Values) {
	carry := make([]render.Values, len(g.Carry))
	for i, c := range g.Carry {
		carry[i] = carryShape.New()
		carry[i][0], carry[i][1], carry[i][2] = render.S(c.Name), render.S(c.Value), render.S(c.Pair())
	}
	items := make([]render.Values, len(g.Items))
	for i, c := range g.Items {
		items[i] = itemShape.New()
		items[i][0], items[i][1], items[i][2], items[i][3] = render.I(i+1), render.I(i), render.S(c.Label), render.S(c.URL)
	}
	at := v[atPage:]
	for i, value := range []render.Value{
		render.S(g.Title), {}, render.S(g.Prompt), render.S(g.Field), render.B(g.Hidden), render.S(g.Next), render.S(g.Address),
		render.L(carry), render.L(items), render.S(g.OK), render.S(g.Cancel), render.I(g.Seconds),
	} {
		at[i] = value
	}
	setText(v, atPage+1, g.Text)
}
