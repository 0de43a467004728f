// Package identify holds the detective: from the path asked for, the
// User-Agent, the MAC's prefix and a plug-and-play event it finds which
// vendor's phone this is, which model, which firmware, and how sure that is.
package identify

import (
	"slices"
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

// Find weighs the clues by what a shelf knows.
func (f *Finder) Find(shelf *catalog.Catalog, c Clues) Finding {
	var found Finding
	if c.PnP {
		found.MAC = macOfUser(c.Path)
	} else {
		found.Path = ParsePath(c.Path)
		found.Matches = shelf.Asked(found.Path.Name)
		if len(found.Matches) > 0 {
			found.MAC = phoneMAC(found.Matches[0].MAC)
		}
	}
	agent := f.agents.parse(shelf, c.UserAgent)
	if agent.mac != "" {
		if found.MAC != "" && found.MAC != agent.mac {
			found.Liar = "the MAC in the User-Agent is not the MAC asked for"
		}
		found.MAC = first(found.MAC, agent.mac)
	}
	found.Firmware = agent.version
	vote(shelf, &found, agent, c.Event)
	return found
}

// vote settles the vendor, then the model.
func vote(shelf *catalog.Catalog, found *Finding, agent agent, event map[string]string) {
	best, bestClues, tie := 0, 0, false
	owners := shelf.Owners(string(found.MAC))
	for _, v := range shelf.Vendors() {
		score, clues := 0, 0
		add := func(points int, holds bool) {
			if holds {
				score, clues = score+points, clues+1
			}
		}
		add(weightAgent, agent.vendor == v)
		add(weightEvent, eventNames(v, event))
		add(weightPrefix, owns(owners, v))
		if byPath, only := pathNames(v, found.Matches); byPath {
			add(weightPath, !only)
			add(weightOnly, only)
		}
		switch {
		case score > best:
			best, bestClues, tie, found.Vendor = score, clues, false, v
		case score == best && score > 0:
			tie = true
		}
	}
	if tie {
		found.Vendor = nil
	}
	if found.Vendor == nil {
		return
	}
	found.Sure = Guess
	if bestClues > 1 {
		found.Sure = Likely
	}
	settleModel(shelf, found, agent, event)
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

func pathNames(v *catalog.Vendor, matches []catalog.Match) (names, only bool) {
	only = true
	for _, m := range matches {
		if m.File.Family.Vendor == v {
			names = true
		} else {
			only = false
		}
	}
	return names, only
}

func owns(owners []catalog.Owner, v *catalog.Vendor) bool {
	return slices.ContainsFunc(owners, func(o catalog.Owner) bool { return o.Vendor == v })
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
