package resync

import (
	"container/heap"
	"errors"
	"time"

	"cradle/directory"
)

var (
	errFault     = errors.New("fault in the notifier")
	errNoAccount = errors.New("the phone has no account")
)

// stage is where a task stands.
type stage int

const (
	waiting     stage = iota // for its time, its site's hours, or for a call to end
	sent                     // for the phone's answer
	reading                  // for the phone to fetch its settings
	registering              // for the phone to be registered with them
)

// task is one phone that is to read its settings. There is one a phone at most.
type task struct {
	device directory.ID
	stage  stage
	due    time.Time
	since  time.Time // when the settings changed last
	reboot bool      // is to be restarted
	byHand bool      // a person asked for it: its site's hours do not count
	anew   bool      // changed again while a NOTIFY was under way
	tries  int
	other  bool // the vendor's other event is being tried
	// restarted: it has been told to restart, and registers anew after reading.
	restarted bool
	read      time.Time // when it fetched its settings
	index     int       // in the heap
}

// tasks is a heap by time with a map by device.
type tasks struct {
	byDevice map[directory.ID]*task
	order    dueHeap
}

func newTasks() tasks { return tasks{byDevice: map[directory.ID]*task{}} }

func (t *tasks) get(device directory.ID) *task { return t.byDevice[device] }

func (t *tasks) first() *task {
	if len(t.order) == 0 {
		return nil
	}
	return t.order[0]
}

func (t *tasks) add(x *task) {
	t.byDevice[x.device] = x
	heap.Push(&t.order, x)
}

func (t *tasks) move(x *task, due time.Time) {
	x.due = due
	heap.Fix(&t.order, x.index)
}

func (t *tasks) drop(device directory.ID) {
	if x := t.byDevice[device]; x != nil {
		delete(t.byDevice, device)
		heap.Remove(&t.order, x.index)
	}
}

// dueHeap is a container/heap of tasks, the one due first at the top.
type dueHeap []*task

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h dueHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

// Push is for container/heap.
func (h *dueHeap) Push(x any) {
	t := x.(*task) //nolint:forcetypeassert // only tasks are pushed
	t.index = len(*h)
	*h = append(*h, t)
}

// Pop is for container/heap.
func (h *dueHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return t
}
