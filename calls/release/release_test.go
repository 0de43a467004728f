package release

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cradle/calls/calltest"
	"cradle/calls/event"
	"cradle/directory"
)

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLastNight(t *testing.T) {
	for _, c := range []struct{ zone, hour, now, want string }{
		{"UTC", "03:00", "2026-06-10T12:00:00Z", "2026-06-10T03:00:00Z"},
		{"UTC", "03:00", "2026-06-10T02:59:59Z", "2026-06-09T03:00:00Z"},
		{"UTC", "03:00", "2026-06-10T03:00:00Z", "2026-06-10T03:00:00Z"},
		{"Europe/London", "03:00", "2026-06-10T12:00:00Z", "2026-06-10T02:00:00Z"},
		{"Europe/London", "23:30", "2026-01-01T12:00:00Z", "2025-12-31T23:30:00Z"},
		// 01:00 becomes 02:00: there is no 01:30.
		{"Europe/London", "01:30", "2026-03-29T12:00:00Z", "2026-03-29T01:00:00Z"},
		{"Europe/London", "01:30", "2026-03-29T00:59:59Z", "2026-03-28T01:30:00Z"},
		{"Europe/London", "02:00", "2026-03-29T12:00:00Z", "2026-03-29T01:00:00Z"},
		{"Europe/London", "00:30", "2026-03-29T12:00:00Z", "2026-03-29T00:30:00Z"},
		{"Europe/London", "04:00", "2026-03-29T12:00:00Z", "2026-03-29T03:00:00Z"},
		// 02:00 becomes 01:00: 01:30 comes twice.
		{"Europe/London", "01:30", "2026-10-25T12:00:00Z", "2026-10-25T00:30:00Z"},
		{"Europe/London", "01:30", "2026-10-25T00:45:00Z", "2026-10-25T00:30:00Z"},
		{"Europe/London", "03:00", "2026-10-25T12:00:00Z", "2026-10-25T03:00:00Z"},
		{"America/New_York", "02:30", "2026-03-08T18:00:00Z", "2026-03-08T07:00:00Z"},
		{"America/New_York", "01:30", "2026-11-01T18:00:00Z", "2026-11-01T05:30:00Z"},
		{"Australia/Lord_Howe", "02:00", "2026-10-03T20:00:00Z", "2026-10-03T15:30:00Z"}, // by half an hour
		{"Africa/Cairo", "00:00", "2026-04-24T12:00:00Z", "2026-04-23T22:00:00Z"},        // the day begins at one
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		now, _ := time.Parse(time.RFC3339, c.now)
		got, ok := lastNight(c.hour, zone, now)
		if !ok || got.UTC().Format(time.RFC3339) != c.want {
			t.Errorf("%+v: %s", c, got.UTC().Format(time.RFC3339))
		}
	}
	if _, ok := lastNight("", time.UTC, time.Now()); ok {
		t.Error("no hour is an hour")
	}
}

// line is the exchange as release sees it.
type line struct {
	busy    map[directory.ID]bool
	feed    event.Feed
	records []directory.CallRecord
	asked   int
}

func (l *line) Busy(d directory.ID) bool { return l.busy[d] }
func (l *line) Events() *event.Feed      { return &l.feed }
func (l *line) Records(_ context.Context, org directory.ID, after string, n int) ([]directory.CallRecord, string, error) {
	l.asked++
	from := 0
	_, _ = fmt.Sscan(after, &from)
	to := min(from+n, len(l.records))
	next := ""
	if to < len(l.records) {
		next = fmt.Sprint(to)
	}
	return l.records[from:to], next, nil
}

// house has 101 and 102 at home at phones 0 and 1, and hot desks 2 and 3.
type house struct {
	*calltest.Office
	t    *testing.T
	line line
	now  time.Time
	r    *Release
}

func open(t *testing.T, night string, idle int) *house {
	t.Helper()
	h := &house{Office: calltest.NewOffice(t, 2), t: t, line: line{busy: map[directory.ID]bool{}}}
	h.AddDevice(t, "")
	h.AddDevice(t, "")
	h.Update(t, func(tx *directory.Tx) error {
		o := *tx.Snapshot().Organization(h.Organization.ID)
		o.NightlyRelease, o.IdleRelease = night, idle
		return tx.PutOrganization(&o)
	})
	h.start()
	return h
}

// start is a start of the appliance.
func (h *house) start() {
	h.r = &Release{c: Config{Directory: h.Directory, Calls: &h.line, Now: func() time.Time { return h.now }}, ctx: context.Background(), last: map[directory.ID]time.Time{}}
	h.r.c.Log = discard()
}

func (h *house) sit(who, at int, until time.Time) *directory.Seat {
	h.t.Helper()
	var seat *directory.Seat
	h.Update(h.t, func(tx *directory.Tx) (err error) {
		seat, err = tx.Sit(directory.SitRequest{Extension: h.Extensions[who].ID, At: h.Devices[at].At(1), How: directory.HowCode, Until: until})
		return err
	})
	return seat
}

func (h *house) look() {
	h.t.Helper()
	if err := h.r.look(); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) guest(who int) bool {
	return h.Directory.Snapshot().Guest(h.Extensions[who].ID) != nil
}

// why is the newest line of a person's history.
func (h *house) why(who int) string {
	list, _, err := h.Directory.SeatHistory(h.Extensions[who].ID, "", 1)
	if err != nil || len(list) != 1 || list[0].What != directory.SeatLeft {
		h.t.Fatalf("%v %+v", err, list)
	}
	return list[0].By
}

func TestNightlyRelease(t *testing.T) {
	h := open(t, "03:00", 0)
	since := h.sit(0, 2, time.Time{}).Since
	night := time.Date(since.Year(), since.Month(), since.Day(), 3, 0, 0, 0, time.UTC)
	if !night.After(since) {
		night = night.AddDate(0, 0, 1)
	}
	h.now = night.Add(-time.Second)
	if h.look(); !h.guest(0) {
		t.Error("released before the hour")
	}
	h.now = night.Add(7 * time.Hour) // it was off at the hour
	h.start()
	h.line.busy[h.Devices[2].ID] = true
	if h.look(); !h.guest(0) {
		t.Error("released during a call")
	}
	h.line.busy[h.Devices[2].ID] = false
	if h.look(); h.guest(0) || h.why(0) != "nightly release" {
		t.Errorf("not released: %q", h.why(0))
	}
}

func TestIdleLimit(t *testing.T) {
	h := open(t, "", 2)
	since := h.sit(0, 2, time.Time{}).Since
	h.sit(1, 3, time.Time{})
	h.line.records = make([]directory.CallRecord, 600) // of others, and one of the second page
	for i := range h.line.records {
		h.line.records[i].Ended = since.Add(time.Hour)
	}
	h.line.records[550] = directory.CallRecord{ToDevice: h.Devices[3].ID, Ended: since.Add(90 * time.Minute)}
	h.now = since.Add(2*time.Hour - time.Second)
	if h.look(); !h.guest(0) || h.line.asked != 0 {
		t.Error("released before the limit")
	}
	h.now = since.Add(2*time.Hour + time.Second)
	if h.look(); h.guest(0) || h.why(0) != "idle limit" {
		t.Error("not released after two hours")
	}
	if !h.guest(1) || h.line.asked != 2 {
		t.Errorf("a call on record does not count (%d pages read)", h.line.asked)
	}
	h.r.heard(event.Event{Kind: event.Ended, FromDevice: h.Devices[3].ID, Time: since.Add(3 * time.Hour)})
	h.now = since.Add(5*time.Hour - time.Second)
	if h.look(); !h.guest(1) {
		t.Error("a call of today does not count")
	}
	h.now = since.Add(5 * time.Hour)
	if h.look(); h.guest(1) {
		t.Error("not released")
	}
}

func TestEndOfTheStay(t *testing.T) {
	h := open(t, "", 0)
	until := time.Now().Add(time.Hour)
	h.sit(0, 2, until)
	h.now = until.Add(-time.Second)
	if h.look(); !h.guest(0) {
		t.Error("released before its time")
	}
	h.now = until
	if h.look(); h.guest(0) || h.why(0) != "end of the stay" {
		t.Error("not released")
	}
}

// The goroutine looks by itself and ends.
func TestLooksByItself(t *testing.T) {
	h := open(t, "", 0)
	h.sit(0, 2, time.Now().Add(-time.Second))
	r := New(Config{Directory: h.Directory, Calls: &h.line, Every: 5 * time.Millisecond})
	defer r.Close()
	calltest.Eventually(t, "somebody is sent home", func() bool { return !h.guest(0) })
}
