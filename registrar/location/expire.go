package location

import (
	"container/heap"
	"time"
)

// dueList is a heap of accounts by the time their first binding may end. An
// account is queued once: a refresh only moves the end, and is noticed when
// the old time comes.
type dueList []due

type due struct {
	at uint32
	a  *account
}

func (d dueList) Len() int           { return len(d) }
func (d dueList) Less(i, j int) bool { return d[i].at < d[j].at }
func (d dueList) Swap(i, j int)      { d[i], d[j] = d[j], d[i] }

// Push is for container/heap.
func (d *dueList) Push(x any) { *d = append(*d, x.(due)) }

// Pop is for container/heap.
func (d *dueList) Pop() any {
	last := len(*d) - 1
	x := (*d)[last]
	(*d)[last] = due{}
	*d = (*d)[:last]
	return x
}

func (s *shard) queue(a *account, at uint32) {
	if a.queued == 0 || at < a.queued {
		a.queued = at
		heap.Push(&s.due, due{at, a})
	}
}

// Sweep ends the bindings whose time is over; call it about once a second.
func (t *Table) Sweep(now time.Time) {
	n := seconds(now)
	for i := range t.shards {
		s := &t.shards[i]
		s.mu.Lock()
		for len(s.due) > 0 && s.due[0].at <= n {
			d := heap.Pop(&s.due).(due)
			if d.a.queued == d.at {
				d.a.queued = 0
			}
			if s.accounts[d.a.name] != d.a {
				continue // forgotten
			}
			t.removeExpired(s, d.a, n)
			for j := range d.a.entries {
				s.queue(d.a, d.a.entries[j].expires)
			}
		}
		s.mu.Unlock()
	}
}

func (t *Table) removeExpired(s *shard, a *account, now uint32) {
	for i := len(a.entries) - 1; i >= 0; i-- {
		if a.entries[i].expires <= now {
			t.remove(a, i)
			s.mark(a)
		}
	}
}
