package provtest

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// ErrScreen means that the phone's settings lead to no such page, or what it got is none.
var ErrScreen = errors.New("no page for the screen")

// Page is a page of the server's as it stands on the phone's screen.
type Page struct {
	Title, Text string
	Choices     []Choice // of a menu
	Field       string   // of a page that asks: what is typed goes by this name
	Hidden      bool     // what is typed is not seen

	next   string // where what is typed goes
	token  string // stands in next for what is typed
	hidden url.Values
}

// Choice is a line of a menu.
type Choice struct{ Label, url string }

// Idle fetches what the phone shows while it does nothing, as its settings say.
func (p *Phone) Idle(ctx context.Context) (*Page, error) {
	return p.page(ctx, p.values[p.reads.Pages.Idle])
}

// Menu presses the key that its settings lead to the menu. A phone of which no
// setting is known asks for it as a key would that somebody laid out.
func (p *Phone) Menu(ctx context.Context) (*Page, error) {
	at := p.values[p.reads.Pages.Menu]
	if file := p.model.Abilities().MenuPage; p.reads.Pages.Menu == "" && file != "" {
		at = strings.TrimSuffix(p.base, "/") + "/" + p.model.FileName(file, p.mac)
	}
	return p.page(ctx, at)
}

// Choose takes a line of a menu.
func (p *Phone) Choose(ctx context.Context, menu *Page, label string) (*Page, error) {
	i := slices.IndexFunc(menu.Choices, func(c Choice) bool { return c.Label == label })
	if i < 0 {
		return nil, fmt.Errorf("%w: %q is none of %v", ErrScreen, label, menu.Choices)
	}
	return p.page(ctx, menu.Choices[i].url)
}

// Type types something into a page that asks, and sends it.
func (p *Phone) Type(ctx context.Context, ask *Page, text string) (*Page, error) {
	if ask.Field == "" && ask.token == "" {
		return nil, fmt.Errorf("%w: %q asks for nothing", ErrScreen, ask.Title)
	}
	return p.page(ctx, ask.address(text))
}

// address is where the phone goes with what was typed: the token in the address
// is replaced by it, a form's fields are its whole query, all else is one field more.
func (g *Page) address(text string) string {
	text = url.QueryEscape(text)
	switch {
	case g.token != "":
		return strings.ReplaceAll(g.next, g.token, text)
	case len(g.hidden) > 0:
		return g.next + "?" + g.hidden.Encode() + "&" + g.Field + "=" + text
	case strings.Contains(g.next, "?"):
		return g.next + "&" + g.Field + "=" + text
	}
	return g.next + "?" + g.Field + "=" + text
}

func (p *Phone) page(ctx context.Context, at string) (*Page, error) {
	u, err := url.Parse(at)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("%w: %q", ErrScreen, mask(at))
	}
	body, status, _, err := p.http(ctx, http.MethodGet, u, nil, "")
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", mask(at), err)
	case status != http.StatusOK:
		return nil, fmt.Errorf("%w: %s: status %d", ErrScreen, mask(at), status)
	}
	g := &Page{hidden: url.Values{}}
	return g, g.read(body)
}

// read takes a page apart. The objects of the vendors are alike but for the
// names of their elements, so each is known by all its names.
func (g *Page) read(body []byte) error {
	d := xml.NewDecoder(bytes.NewReader(body))
	var open []xml.StartElement
	text, item := "", Choice{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrScreen, err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			open, text = append(open, e), ""
			g.start(e)
		case xml.CharData:
			text += string(e)
		case xml.EndElement:
			g.end(open, strings.TrimSpace(text), &item)
			open, text = open[:len(open)-1], ""
		}
	}
}

func (g *Page) start(e xml.StartElement) {
	hidden := attribute(e, "password") == "yes"
	switch e.Name.Local {
	case "form":
		g.next = attribute(e, "action")
	case "input":
		switch name := attribute(e, "name"); attribute(e, "type") {
		case "hidden":
			g.hidden.Set(name, attribute(e, "value"))
		case "password":
			g.Field, hidden = name, true
		case "text":
			g.Field = name
		}
	}
	g.Hidden = g.Hidden || hidden
}

func (g *Page) end(open []xml.StartElement, text string, item *Choice) {
	e := open[len(open)-1]
	within := func(name string) bool {
		return slices.ContainsFunc(open, func(o xml.StartElement) bool { return o.Name.Local == name })
	}
	switch name := e.Name.Local; {
	case name == "MenuItem":
		g.Choices = append(g.Choices, *item)
	case within("MenuItem") && (name == "Prompt" || name == "Name"):
		item.Label = text
	case within("MenuItem") && (name == "URI" || name == "URL"):
		item.url = text
	case name == "a":
		g.Choices = append(g.Choices, Choice{text, attribute(e, "href")})
	case name == "Title" || name == "title" || name == "Line" && g.Title == "":
		g.Title = text
	case name == "Text" || name == "p" && text != "" || name == "Line":
		g.Text = text
	case name == "URL" || name == "Url":
		g.next = text
	case name == "Parameter" || name == "QueryStringParam":
		g.Field = text
	case name == "InputToken":
		g.token = text
	case name == "InputFlags":
		g.Hidden = strings.ContainsAny(text, "pP")
	}
}
