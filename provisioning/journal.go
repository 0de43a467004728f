package provisioning

import (
	"container/list"
	"hash/maphash"
	"net/netip"
	"slices"
	"sync"
	"time"

	"cradle/directory"
)

// Bounds of the journal.
const (
	journalSteps  = 64      // steps kept of one phone
	journalOdd    = 8       // steps kept of a stranger: they say what they like, at length
	journalPhones = 32768   // phones kept
	journalAll    = 1 << 18 // steps of all phones; some 500 bytes each
	journalShards = 16
)

// Step is one thing a phone did and what it got.
type Step struct {
	At       time.Time
	MAC      directory.MAC // empty: the request named none
	Door     Door
	File     string // the path as asked, its token masked
	Status   int
	Bytes    int
	Took     time.Duration
	Vendor   string
	Model    string
	Firmware string
	Sure     string // certain, likely, guess
	Source   netip.Addr
	// Rule says in plain words which rule refused, or what was served.
	Rule string
	// UserAgent is as sent, at most 512 bytes; Method is empty for GET.
	UserAgent, Method string
	// Local is the address of ours that was asked.
	Local netip.Addr
	// Token is the kind of token shown; empty: none.
	Token string
	// Hash tells renderings apart; empty: nothing was rendered.
	Hash string
	// LeftOut are vendors' own names of settings that the file could not hold, with
	// commas between, at most 256 bytes.
	LeftOut string
	// Needless: refused, but the phone need not have the file.
	Needless bool
	// TLS and Suite are the names of version and suite; empty: none. Certificate
	// says what the certificate shown is worth; empty: none was shown.
	TLS, Suite, Certificate string
	// Proved is the MAC in a certificate that counts; empty: there is none. Print
	// names one of our own.
	Proved directory.MAC
	Print  string
	// Event holds the parameters of a plug-and-play event.
	Event map[string]string
}

// The kinds of token a request shows.
const (
	TokenOwn     = "own"
	TokenOther   = "another phone's"
	TokenUnknown = "unknown"
)

// Journal keeps the last steps of every phone in memory.
type Journal struct {
	seed   maphash.Seed
	shards [journalShards]journalShard
	feeds  feeds[Step]
}

type journalShard struct {
	mu     sync.Mutex
	phones map[directory.MAC]*list.Element // of *pages, in one of the two lists
	// The one that spoke last comes last. Strangers go first, so that a sweep over
	// MACs does not push real phones out.
	known, strangers list.List
	steps            int // of all
}

// pages is a ring of the last steps of one phone.
type pages struct {
	mac   directory.MAC
	steps []Step
	next  int
	known bool // a device, not a stranger
}

func newJournal() *Journal {
	j := &Journal{seed: maphash.MakeSeed()}
	for i := range j.shards {
		j.shards[i].phones = map[directory.MAC]*list.Element{}
	}
	return j
}

// Of gives the steps of one phone, oldest first.
func (j *Journal) Of(mac directory.MAC) []Step {
	s := j.shard(mac)
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.phones[mac]
	if e == nil {
		return nil
	}
	return slices.Clone(e.Value.(*pages).inOrder()) //nolint:forcetypeassert // only these are in the lists
}

// Watch opens a feed of all steps from now on. A reader that is too slow loses
// steps; the writers never wait for it.
func (j *Journal) Watch() *Feed[Step] { return j.feeds.watch() }

func (j *Journal) add(step Step, known bool) {
	if step.MAC != "" {
		s := j.shard(step.MAC)
		s.mu.Lock()
		s.add(step, known)
		s.mu.Unlock()
	}
	j.feeds.send(step)
}

func (s *journalShard) add(step Step, known bool) {
	p := s.of(step.MAC, known)
	most := journalOdd
	if known {
		most = journalSteps
	}
	if n := len(p.steps); n > 0 {
		if before := &p.steps[(p.next+n-1)%n]; before.UserAgent == step.UserAgent {
			step.UserAgent = before.UserAgent // one text for all
		}
	}
	if len(p.steps) < most {
		p.steps, p.next = append(p.inOrder(), step), 0
		s.steps++
	} else {
		p.steps[p.next] = step
		p.next = (p.next + 1) % len(p.steps)
	}
	for len(s.phones) > journalPhones/journalShards || s.steps > journalAll/journalShards {
		s.dropOldest()
	}
}

// of gives the pages of a phone, which is now the one that spoke last.
func (s *journalShard) of(mac directory.MAC, known bool) *pages {
	e := s.phones[mac]
	if e == nil {
		e = s.strangers.PushBack(&pages{mac: mac})
		s.phones[mac] = e
	}
	p := e.Value.(*pages) //nolint:forcetypeassert // only these are in the lists
	if p.known == known {
		s.list(e).MoveToBack(e)
		return p
	}
	s.list(e).Remove(e)
	p.known = known
	if known {
		s.phones[mac] = s.known.PushBack(p)
	} else {
		s.phones[mac] = s.strangers.PushBack(p)
	}
	return p
}

func (s *journalShard) list(e *list.Element) *list.List {
	if e.Value.(*pages).known { //nolint:forcetypeassert // only these are in the lists
		return &s.known
	}
	return &s.strangers
}

// inOrder are the steps, the oldest first.
func (p *pages) inOrder() []Step {
	if p.next == 0 {
		return p.steps
	}
	return slices.Concat(p.steps[p.next:], p.steps[:p.next])
}

// dropOldest throws out the phone that is silent longest.
func (s *journalShard) dropOldest() {
	e := s.strangers.Front()
	if e == nil {
		e = s.known.Front()
	}
	p := s.list(e).Remove(e).(*pages) //nolint:forcetypeassert // only these are in the lists
	s.steps -= len(p.steps)
	delete(s.phones, p.mac)
}

func (j *Journal) shard(mac directory.MAC) *journalShard {
	return &j.shards[maphash.String(j.seed, string(mac))%journalShards]
}
