// Package identify holds the detective: from the path asked for, the
// User-Agent, the MAC's prefix and a plug-and-play event it finds which
// vendor's phone this is, which model, which firmware, and how sure that is.
package identify

import (
	"strings"

	"cradle/directory"
	"cradle/provisioning/catalog"
)

// Sure is how much a finding is worth.
type Sure string

// How sure a finding is.
const (
	Certain Sure = "certain" // the phone named its model, and no clue speaks against its vendor
	Likely  Sure = "likely"  // several clues agree on the vendor
	Guess   Sure = "guess"   // a single clue
)

// Clues are what a request says about its sender.
type Clues struct {
	// Path as asked, or at the PnP door the user part of the Request-URI.
	Path      string
	UserAgent string
	PnP       bool
	Event     map[string]string
}

// Finding is what the clues say together. What is not known is empty or nil.
type Finding struct {
	Path     Path
	MAC      directory.MAC
	Vendor   *catalog.Vendor
	Model    *catalog.Model
	Firmware string
	Sure     Sure
	// Matches are the files the path may mean, of any vendor.
	Matches []catalog.Match
	// Named is the MAC in the path's name, which may be none of a phone; empty: none.
	Named string
	// Liar says why the clues cannot all be true; such a request is refused.
	Liar string
}

// The weight of each clue about the vendor.
const (
	weightAgent  = 6
	weightEvent  = 4
	weightOnly   = 3 // the path's name is one vendor's only
	weightPrefix = 2
	weightPath   = 1
)

// Finder finds; it is safe for concurrent use.
type Finder struct{ agents agentCache }

// New makes a finder.
func New() *Finder { return &Finder{} }

// Forget throws out what is remembered of shelves.
func (f *Finder) Forget() { f.agents.clear() }

// Find weighs the clues by what a shelf knows.
func (f *Finder) Find(shelf *catalog.Catalog, c Clues) Finding {
	var found Finding
	if c.PnP {
		found.MAC = macOfUser(c.Path)
	} else {
		found.Path = ParsePath(c.Path)
		found.Matches, found.Named = shelf.Asked(found.Path.Name)
		found.MAC = phoneMAC(found.Named)
	}
	agent := f.agents.parse(shelf, c.UserAgent)
	if agent.mac != "" {
		if found.MAC != "" && found.MAC != agent.mac {
			found.Liar = "the MAC in the User-Agent is not the MAC asked for"
		}
		found.MAC = first(found.MAC, agent.mac)
	}
	found.Firmware = agent.version
	settle(shelf, &found, agent, c.Event)
	return found
}

// votes are what the clues say for each vendor that any of them names.
type votes []vote

type vote struct {
	vendor        *catalog.Vendor
	points, clues int
}

func (all votes) add(v *catalog.Vendor, points int) votes {
	for i := range all {
		if all[i].vendor == v {
			all[i].points += points
			all[i].clues++
			return all
		}
	}
	return append(all, vote{v, points, 1})
}

// settle settles the vendor, then the model.
func settle(shelf *catalog.Catalog, found *Finding, agent agent, event map[string]string) {
	var room [24]vote
	all := votes(room[:0])
	if agent.vendor != nil {
		all = all.add(agent.vendor, weightAgent)
	}
	if event["vendor"] != "" {
		for _, v := range shelf.Vendors() {
			if eventNames(v, event) {
				all = all.add(v, weightEvent)
			}
		}
	}
	var last *catalog.Vendor // those of one vendor stand together
	for _, o := range shelf.Owners(string(found.MAC)) {
		if o.Vendor != last {
			last, all = o.Vendor, all.add(o.Vendor, weightPrefix)
		}
	}
	last = nil
	for i := range found.Matches {
		m := &found.Matches[i]
		if v := m.File.Family.Vendor; v != last {
			points := weightPath
			if m.Only {
				points = weightOnly
			}
			last, all = v, all.add(v, points)
		}
	}
	if !all.settle(found) {
		return
	}
	settleModel(shelf, found, agent, event)
}

// settle finds the vendor with the most points; false: there is none, or a tie.
func (all votes) settle(found *Finding) bool {
	best, tie := vote{}, false
	for _, v := range all {
		switch {
		case v.points > best.points:
			best, tie = v, false
		case v.points == best.points:
			tie = true
		}
	}
	if tie || best.vendor == nil {
		return false
	}
	found.Vendor, found.Sure = best.vendor, Guess
	if best.clues > 1 {
		found.Sure = Likely
	}
	return true
}

func settleModel(shelf *catalog.Catalog, found *Finding, agent agent, event map[string]string) {
	v := found.Vendor
	switch {
	case agent.vendor == v && agent.model != nil:
		found.Model = agent.model
		found.Sure = Certain
	case eventNames(v, event):
		found.Model = v.ByAgent(event["model"])
		if found.Firmware == "" {
			found.Firmware = cut(event["version"], 64)
		}
	default:
		for _, m := range found.Matches {
			if m.Model == nil || m.Model.Vendor != v {
				continue
			}
			if found.Model != nil && found.Model != m.Model {
				found.Model = nil // the name fits several models
				return
			}
			found.Model = m.Model
		}
		if owners := shelf.Owners(string(found.MAC)); found.Model == nil && len(owners) == 1 {
			found.Model = owners[0].Model
		}
	}
}

// FileOf is the file of that family which the path means, or nil.
func (found *Finding) FileOf(fam *catalog.Family) *catalog.File {
	for _, m := range found.Matches {
		if m.File.Family == fam {
			return m.File
		}
	}
	return nil
}

// Fallback is the model a phone is served as while its own is not known: its
// vendor's, or one of the vendor's that asks for this file. Phones that have TFTP
// alone name no model, and their file is the only clue.
func (found *Finding) Fallback() *catalog.Model {
	v := found.Vendor
	if found.FileOf(v.Fallback.Family) == nil {
		for _, fam := range v.Families {
			if found.FileOf(fam) != nil {
				return fam.Fallback()
			}
		}
	}
	return v.Fallback
}

// BookOf is the phonebook that the path names in that file; empty: none.
func (found *Finding) BookOf(file *catalog.File) string {
	for _, m := range found.Matches {
		if m.File == file {
			return m.Book
		}
	}
	return ""
}

// eventNames: the Event header names this vendor, and its phones may be believed.
func eventNames(v *catalog.Vendor, event map[string]string) bool {
	return v.PnP.Trust && event["vendor"] != "" && (strings.EqualFold(event["vendor"], v.Label) || strings.EqualFold(event["vendor"], v.Name))
}

func first(a, b directory.MAC) directory.MAC {
	if a != "" {
		return a
	}
	return b
}

func cut(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}
