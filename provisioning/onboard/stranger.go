package onboard

import (
	"cmp"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"cradle/directory"
)

// Bounds of what is kept of strangers. The one silent longest goes first.
const (
	maxStrangers     = 500
	maxStrangerFiles = 10
	maxStrangerText  = 200 // bytes of a file's name
)

// Stranger asked from a site's network, and no vendor's data recognises it.
type Stranger struct {
	MAC         directory.MAC // empty: nothing it sent holds one
	Source      netip.Addr
	UserAgent   string
	Files       []string // it asked for, the first of them
	Doors       []string // it came by
	First, Last time.Time
	Count       int
	Site        directory.ID
}

// Strangers are the last of them, until the next start.
type Strangers struct {
	mu   sync.Mutex
	list map[string]*Stranger
}

// NewStrangers gives an empty list.
func NewStrangers() *Strangers { return &Strangers{list: map[string]*Stranger{}} }

// name is what one stranger's requests have in common.
func (s *Stranger) name() string {
	if s.MAC != "" {
		return string(s.MAC)
	}
	return s.Source.String() + " " + s.UserAgent
}

// Note counts a request for a file by the first of its doors; first tells that nothing was known of him.
func (l *Strangers) Note(s Stranger, file string, now time.Time) (known Stranger, first bool) {
	if len(file) > maxStrangerText {
		file = strings.Clone(file[:maxStrangerText])
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	name := s.name()
	old := l.list[name]
	if first = old == nil; first {
		if len(l.list) >= maxStrangers {
			l.forgetOne()
		}
		s.Files, s.First, s.Count = nil, now, 0
		s.Doors = slices.Clone(s.Doors)
		old = &s
		l.list[name] = old
	}
	old.Source, old.UserAgent, old.Site, old.Last = s.Source, s.UserAgent, s.Site, now
	old.Count++
	for _, door := range s.Doors {
		if !slices.Contains(old.Doors, door) {
			old.Doors = append(slices.Clip(old.Doors), door)
		}
	}
	if !slices.Contains(old.Files, file) && len(old.Files) < maxStrangerFiles {
		old.Files = append(slices.Clip(old.Files), file)
	}
	return *old, first
}

func (l *Strangers) forgetOne() {
	oldest := ""
	for name, s := range l.list {
		if oldest == "" || s.Last.Before(l.list[oldest].Last) {
			oldest = name
		}
	}
	delete(l.list, oldest)
}

// List gives all strangers, the last that asked first.
func (l *Strangers) List() []Stranger {
	l.mu.Lock()
	all := make([]Stranger, 0, len(l.list))
	for _, s := range l.list {
		all = append(all, *s)
	}
	l.mu.Unlock()
	slices.SortFunc(all, func(a, b Stranger) int { return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.name(), b.name())) })
	return all
}

// anyMAC is a MAC in any known spelling, not part of a longer run of digits.
var anyMAC = regexp.MustCompile(`(?i)(?:^|[^0-9a-f])((?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2})(?:[^0-9a-f]|$)`)

// MACIn finds what looks like a MAC in what a stranger sent; empty: nothing does.
func MACIn(text string) directory.MAC {
	if m := anyMAC.FindStringSubmatch(text); m != nil {
		mac, _ := directory.ParseMAC(m[1])
		return mac
	}
	return ""
}
