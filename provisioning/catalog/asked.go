package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// askedIndex finds files by the name a phone asked for, in one or two map
// look-ups: names without placeholders of a phone are listed whole, those with
// a MAC by their shape ("cfg{mac}.xml").
type askedIndex struct {
	whole  map[string][]Match
	shapes map[string][]Match
}

// Match is a file that a path may mean.
type Match struct {
	File *File
	// Model is set where the name itself tells the model.
	Model *Model
	// Only: no other vendor's phones ask for such a name.
	Only bool
	// Book is the phonebook that the name tells; empty: none.
	Book string
}

// The marks of a lower-case pattern.
const (
	macMark  = "{mac}" // whatever joins its pairs
	bookMark = "{book}"
)

// marks is everything that may stand in a pattern.
var marks = strings.NewReplacer("{mac}", "", "{MAC}", "", "{model}", "", "{code}", "", bookMark, "", "{mac:dashes}", "", "{MAC:dashes}", "",
	"{mac:colons}", "", "{MAC:colons}", "", "{mac:underscores}", "", "{MAC:underscores}", "")

// anySpelling forgets how a pattern spells the MAC: it is matched in all.
var anySpelling = strings.NewReplacer("{mac:dashes}", macMark, "{mac:colons}", macMark, "{mac:underscores}", macMark)

func checkPattern(name string) error {
	low := anySpelling.Replace(strings.ToLower(name))
	if name == "" || strings.ContainsAny(marks.Replace(name), "{}~?#\\ ") || strings.HasPrefix(name, "/") || strings.Count(low, macMark) > 1 || strings.Count(low, bookMark) > 1 {
		return fmt.Errorf("%w: file name %q", ErrInvalid, name)
	}
	return nil
}

func newAskedIndex(vendors []*Vendor) askedIndex {
	x := askedIndex{whole: map[string][]Match{}, shapes: map[string][]Match{}}
	for _, v := range vendors {
		for _, fam := range v.Families {
			for _, file := range fam.Files {
				for _, name := range append([]string{file.Name}, file.Also...) {
					x.addBooks(file, fam, anySpelling.Replace(strings.ToLower(name)))
				}
			}
		}
	}
	for _, names := range []map[string][]Match{x.whole, x.shapes} {
		for _, matches := range names {
			only := !slices.ContainsFunc(matches, func(m Match) bool { return m.File.Family.Vendor != matches[0].File.Family.Vendor })
			for i := range matches {
				matches[i].Only = only
			}
		}
	}
	return x
}

// addBooks adds a name once for each phonebook it may stand for.
func (x *askedIndex) addBooks(file *File, fam *Family, name string) {
	if !strings.Contains(name, bookMark) {
		x.add(fam, name, Match{File: file})
		return
	}
	for _, book := range fam.books() {
		x.add(fam, strings.ReplaceAll(name, bookMark, book), Match{File: file, Book: book})
	}
}

func (x *askedIndex) add(fam *Family, name string, match Match) {
	into := x.whole
	if strings.Contains(name, macMark) {
		into = x.shapes
	}
	if !strings.Contains(name, "{model}") && !strings.Contains(name, "{code}") {
		into[name] = append(into[name], match)
		return
	}
	for _, m := range fam.Models {
		if strings.Contains(name, "{code}") && m.Code == "" || strings.Contains(name, "{model}") && m.File == "" {
			continue
		}
		full := strings.ToLower(strings.NewReplacer("{model}", m.File, "{code}", m.Code).Replace(name))
		match.Model = m
		into[full] = append(into[full], match)
	}
}

// Asked gives every file that a name may mean, whatever the letter case, those
// of one vendor together; they are shared and must not be changed. The MAC is the
// 12 digits in the name, in lower case; empty: there is none. The name is a path
// without its leading slash; where its folders are not part of a pattern, its
// last element counts.
func (c *Catalog) Asked(name string) (matches []Match, mac string) {
	low := strings.ToLower(name)
	if matches, mac = c.asked.find(low); matches != nil {
		return matches, mac
	}
	if i := strings.LastIndexByte(low, '/'); i >= 0 {
		return c.asked.find(low[i+1:])
	}
	return nil, ""
}

func (x *askedIndex) find(low string) (matches []Match, mac string) {
	if m := x.whole[low]; m != nil {
		return m, ""
	}
	var room [128]byte
	for at := range len(low) {
		end := macAt(low, at)
		if end == 0 || len(low) > len(room)-len(macMark) {
			continue
		}
		shape := append(append(append(room[:0], low[:at]...), macMark...), low[end:]...)
		if found := x.shapes[string(shape)]; found != nil {
			return found, bare(low[at:end])
		}
	}
	return nil, ""
}

// bare leaves out what joins the pairs of a MAC.
func bare(mac string) string {
	if len(mac) == 12 {
		return mac
	}
	return mac[0:2] + mac[3:5] + mac[6:8] + mac[9:11] + mac[12:14] + mac[15:17]
}

// macAt reports where a MAC that starts at i ends: 12 hexadecimal digits, bare
// or in pairs joined by one of - : _ throughout; 0: there is none.
func macAt(s string, i int) int {
	if isHex(s, i, 12) {
		return i + 12
	}
	if i+17 > len(s) || s[i+2] != '-' && s[i+2] != ':' && s[i+2] != '_' {
		return 0
	}
	for pair := range 6 {
		at := i + 3*pair
		if !isHex(s, at, 2) || pair < 5 && s[at+2] != s[i+2] {
			return 0
		}
	}
	return i + 17
}

func isHex(s string, i, n int) bool {
	if i+n > len(s) {
		return false
	}
	for ; n > 0; n-- {
		if c := s[i+n-1]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
