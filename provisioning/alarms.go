package provisioning

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"cradle/directory"
	"cradle/provisioning/onboard"
)

// alarmsKept bounds the alarms; the one silent longest goes first.
const alarmsKept = 1000

// Alarm is something that an administrator has to see.
type Alarm struct {
	At    time.Time // the last time
	First time.Time
	// Kind is a word for machines: those of onboard, or that of another room.
	Kind onboard.Alarm
	Text string // for people, without any secret
	MAC  directory.MAC
	Site directory.ID // empty: of no site
	// Source is the address of the last time; it may be invalid.
	Source netip.Addr
	Count  int
}

// Alarms are the newest alarms, equal ones folded. They outlive a restart; the
// writer is the clerk, so that whoever raises one never waits for the disk.
type Alarms struct {
	log   *slog.Logger
	limit *rate.Limiter // of log lines: a flood of them would hide what they say
	shelf *directory.Shelf
	feeds feeds[Alarm]

	mu    sync.Mutex
	list  map[string]*Alarm // by name
	dirty map[string]struct{}
}

func newAlarms(dir *directory.Directory, log *slog.Logger) (*Alarms, error) {
	a := &Alarms{log: log, limit: rate.NewLimiter(1, 10), shelf: dir.Shelf("alarms"), list: map[string]*Alarm{}, dirty: map[string]struct{}{}}
	err := a.shelf.All(func(key string, value []byte) bool {
		var old Alarm
		if json.Unmarshal(value, &old) == nil && len(a.list) < alarmsKept {
			a.list[key] = &old
		}
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("reading the alarms: %w", err)
	}
	return a, nil
}

// name is what equal alarms have in common: all but time and source.
func (a *Alarm) name() string {
	sum := sha256.Sum256([]byte(string(a.Kind) + "\x00" + string(a.MAC) + "\x00" + string(a.Site) + "\x00" + a.Text))
	return hex.EncodeToString(sum[:12])
}

// Raise adds an alarm, or counts it where an equal one is there. At must be set.
func (a *Alarms) Raise(alarm Alarm) {
	name := alarm.name()
	a.mu.Lock()
	if old := a.list[name]; old != nil {
		alarm.First, alarm.Count = old.First, old.Count+1
	} else {
		alarm.First, alarm.Count = alarm.At, 1
		a.makeRoom()
	}
	a.list[name], a.dirty[name] = &alarm, struct{}{}
	a.mu.Unlock()
	a.feeds.send(alarm)
	if a.limit.Allow() {
		a.log.Warn(alarm.Text, "alarm", alarm.Kind, "mac", alarm.MAC, "source", alarm.Source, "count", alarm.Count)
	}
}

func (a *Alarms) makeRoom() {
	if len(a.list) < alarmsKept {
		return
	}
	oldest := ""
	for name, alarm := range a.list {
		if oldest == "" || alarm.At.Before(a.list[oldest].At) {
			oldest = name
		}
	}
	delete(a.list, oldest)
	a.dirty[oldest] = struct{}{}
}

// List gives all alarms, the newest first.
func (a *Alarms) List() []Alarm {
	a.mu.Lock()
	list := make([]Alarm, 0, len(a.list))
	for _, alarm := range a.list {
		list = append(list, *alarm)
	}
	a.mu.Unlock()
	slices.SortFunc(list, func(x, y Alarm) int { return cmp.Or(y.At.Compare(x.At), cmp.Compare(x.name(), y.name())) })
	return list
}

// Watch opens a feed of all alarms from now on, each time one is raised.
func (a *Alarms) Watch() *Feed[Alarm] { return a.feeds.watch() }

// save writes down what is new. What could not be written is tried again.
func (a *Alarms) save(ctx context.Context) {
	a.mu.Lock()
	items := make([]directory.Item, 0, len(a.dirty))
	for name := range a.dirty {
		item := directory.Item{Key: name}
		if alarm := a.list[name]; alarm != nil {
			item.Value, _ = json.Marshal(alarm) //nolint:errchkjson // an alarm is plain data
		}
		items = append(items, item)
	}
	clear(a.dirty)
	a.mu.Unlock()
	if err := a.shelf.Put(ctx, items); err != nil {
		a.log.Error("keeping alarms", "err", err)
		a.mu.Lock()
		for _, item := range items {
			a.dirty[item.Key] = struct{}{}
		}
		a.mu.Unlock()
	}
}

// alarm raises one about the phone that is asking.
func (p *Provisioning) alarm(v *visit, kind onboard.Alarm, text string) {
	a := Alarm{At: v.now, Kind: kind, Text: text, Source: v.Source.Addr()}
	if v.site != nil {
		a.Site = v.site.ID
	}
	if v.device != nil {
		a.MAC, a.Site = v.device.MAC, v.device.Site
	}
	p.alarms.Raise(a)
}

// missAlarm says what was counted. Alarms of strangers name no address: each of
// a thousand sources would be an alarm of its own.
func missAlarm(kind onboard.Alarm, v *visit) string {
	switch kind {
	case onboard.AlarmMisses:
		return fmt.Sprintf("many unknown phones were asked for from %s, inside the site networks", v.Source.Addr())
	case onboard.AlarmSweep:
		return fmt.Sprintf("a sweep over the MAC addresses that begin with %.6s", v.found.MAC)
	default:
		return "sources outside the site networks are ignored: each asked for too many unknown phones"
	}
}
