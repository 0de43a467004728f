package identify

import (
	"fmt"
	"slices"
	"strings"

	"cradle/provisioning/catalog"
)

// Clue is one sign of who a phone is.
type Clue struct {
	Kind string // one of the Clue constants
	Seen string // as it was sent
	Says string // what it says, for people; empty: nothing that is known
	Won  bool   // it says the same as the finding

	vendors []*catalog.Vendor
	models  []*catalog.Model // empty: any of the vendors'
}

// The kinds of clues.
const (
	ClueAgent       = "user_agent"
	ClueFile        = "file"
	CluePrefix      = "prefix"
	CluePnP         = "pnp"
	ClueSIP         = "sip" // what it calls itself when it registers
	ClueCertificate = "certificate"
)

// clueNames are the kinds as the subject of a sentence.
var clueNames = map[string]string{
	ClueAgent: "the User-Agent", ClueFile: "the file it asks for", CluePrefix: "the MAC prefix", CluePnP: "the plug-and-play event",
	ClueSIP: "what it calls itself when it registers", ClueCertificate: "the certificate",
}

// Explain takes a finding apart into its clues; sip is what the phone calls
// itself when it registers, certificate what is known of the one it shows. Either
// may be empty.
func (f *Finder) Explain(shelf *catalog.Catalog, c Clues, sip, certificate string) (Finding, []Clue) {
	found := f.Find(shelf, c)
	var all []Clue
	if c.UserAgent != "" {
		all = append(all, agentClue(ClueAgent, c.UserAgent, f.agents.parse(shelf, c.UserAgent)))
	}
	if found.Path.Name != "" {
		all = append(all, fileClue(found))
	}
	if len(found.MAC) == 12 {
		all = append(all, prefixClue(shelf, string(found.MAC)))
	}
	if c.Event["vendor"] != "" {
		all = append(all, eventClue(shelf, c.Event))
	}
	if sip != "" {
		all = append(all, agentClue(ClueSIP, sip, f.agents.parse(shelf, sip)))
	}
	if certificate != "" {
		all = append(all, Clue{Kind: ClueCertificate, Seen: certificate, Says: certificate})
	}
	for i := range all {
		if all[i].Says == "" {
			all[i].Says = all[i].words()
		}
		all[i].Won = found.Vendor != nil && slices.Contains(all[i].vendors, found.Vendor) && (len(all[i].models) == 0 || found.Model == nil || slices.Contains(all[i].models, found.Model))
	}
	return found, all
}

func agentClue(kind, seen string, a agent) Clue {
	c := Clue{Kind: kind, Seen: seen}
	if a.vendor != nil {
		c.vendors = []*catalog.Vendor{a.vendor}
	}
	if a.model != nil {
		c.models = []*catalog.Model{a.model}
	}
	return c
}

func fileClue(found Finding) Clue {
	c := Clue{Kind: ClueFile, Seen: found.Path.Name}
	for _, m := range found.Matches {
		if v := m.File.Family.Vendor; !slices.Contains(c.vendors, v) {
			c.vendors = append(c.vendors, v)
		}
		if m.Model != nil {
			c.models = append(c.models, m.Model)
		}
	}
	if len(c.models) < len(found.Matches) {
		c.models = nil
	}
	return c
}

func prefixClue(shelf *catalog.Catalog, mac string) Clue {
	c := Clue{Kind: CluePrefix, Seen: mac[:6]}
	all := true
	for _, o := range shelf.Owners(mac) {
		if !slices.Contains(c.vendors, o.Vendor) {
			c.vendors = append(c.vendors, o.Vendor)
		}
		if all = all && o.Model != nil; all {
			c.models = append(c.models, o.Model)
		}
	}
	if !all {
		c.models = nil
	}
	return c
}

func eventClue(shelf *catalog.Catalog, event map[string]string) Clue {
	c := Clue{Kind: CluePnP, Seen: strings.TrimSpace(event["vendor"] + " " + event["model"] + " " + event["version"])}
	for _, v := range shelf.Vendors() {
		if !eventNames(v, event) {
			continue
		}
		c.vendors = append(c.vendors, v)
		if m := v.ByAgent(event["model"]); m != nil {
			c.models = append(c.models, m)
		}
	}
	return c
}

// words is what a clue says, for people.
func (c *Clue) words() string {
	const most = 4
	var names []string
	switch {
	case len(c.models) == 1:
		return c.models[0].Label
	case len(c.models) > 1:
		for _, m := range c.models {
			names = append(names, m.Label)
		}
	default:
		for _, v := range c.vendors {
			names = append(names, v.Label)
		}
	}
	slices.Sort(names)
	switch names = slices.Compact(names); {
	case len(names) > most:
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" or one of %d more", len(names)-most)
	case len(names) > 1:
		return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
	}
	return strings.Join(names, "")
}

// Conflicts says in plain words which clues cannot both be true.
func Conflicts(all []Clue) (told []string) {
	for i := range all {
		for j := range i {
			a, b := &all[j], &all[i]
			if len(a.vendors) == 0 || len(b.vendors) == 0 || a.agree(b) {
				continue
			}
			told = append(told, fmt.Sprintf("%s says %s, %s belongs to %s", clueNames[a.Kind], a.Says, clueNames[b.Kind], b.Says))
		}
	}
	return told
}

// agree: some phone could send both.
func (c *Clue) agree(o *Clue) bool {
	if len(c.models) > 0 && len(o.models) > 0 {
		return slices.ContainsFunc(c.models, func(m *catalog.Model) bool { return slices.Contains(o.models, m) })
	}
	return slices.ContainsFunc(c.vendors, func(v *catalog.Vendor) bool { return slices.Contains(o.vendors, v) })
}

// Called is the model that a text such as a User-Agent names, and the firmware;
// nil and empty: it names none.
func (f *Finder) Called(shelf *catalog.Catalog, agent string) (*catalog.Model, string) {
	a := f.agents.parse(shelf, agent)
	return a.model, a.version
}
