package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// What the history of seats tells of.
const (
	SeatTaken   = "taken"
	SeatLeft    = "left"
	SeatRefused = "refused" // Why is the true reason, which who asked was not told
)

// SeatEvent is a line of the history that each phone and each person has. What
// changed is written with the change itself, in one transaction.
type SeatEvent struct {
	At        time.Time `json:"at"`
	What      string    `json:"what"` // taken, left, refused
	Device    ID        `json:"device"`
	PhoneID   string    `json:"phone_id"`
	Line      int       `json:"line"`
	Extension ID        `json:"extension,omitempty"` // empty: there is none of that number
	Number    string    `json:"number"`
	Kind      SeatKind  `json:"kind,omitempty"`
	How       string    `json:"how,omitempty"` // as Seat.How; of one that ended: how it had been taken
	By        string    `json:"by"`            // who
	Why       string    `json:"why,omitempty"`
}

// How long lines are kept, and how many of one phone or person.
const (
	historyAge  = 400 * 24 * time.Hour
	historyMost = 1000
)

const shelfHistory = "seathistory"

// historyOf begins the keys of a phone's or person's lines.
func historyOf(subject ID) string { return string(subject) + "/" }

// items are an event's keys: one in the phone's history, one in the person's,
// the newest first. Those of one moment are told apart, and ordered, by count.
func (e *SeatEvent) items(count uint32) ([]Item, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	at := fmt.Sprintf("%016x-%08x", math.MaxInt64-e.At.UnixNano(), ^count)
	var items []Item
	for _, subject := range []ID{e.Device, e.Extension} {
		if subject != "" {
			items = append(items, Item{Key: historyOf(subject) + at, Value: b})
		}
	}
	return items, nil
}

// record writes what happened to a seat into the history, with the change itself.
func (tx *Tx) record(what string, s *Seat) error {
	e := SeatEvent{At: tx.now, What: what, Device: s.Device, Line: s.Line, Extension: s.Extension, Kind: s.Kind, How: s.How, By: s.By}
	if what == SeatLeft {
		e.By = tx.by.Name
	}
	if d := tx.work.Device(s.Device); d != nil {
		e.PhoneID = d.PhoneID
	}
	if x := tx.work.Extension(s.Extension); x != nil {
		e.Number = x.Number
	}
	items, err := e.items(tx.d.told.Add(1))
	for _, i := range items {
		tx.writes = append(tx.writes, write{key: prefixShelf + shelfHistory + "/" + i.Key, value: i.Value})
	}
	return err
}

// NoteRefusal keeps that somebody was not let in, and why.
func (d *Directory) NoteRefusal(ctx context.Context, e SeatEvent) error {
	e.At, e.What = d.now().UTC().Round(0), SeatRefused
	items, err := e.items(d.told.Add(1))
	return errors.Join(err, d.Shelf(shelfHistory).Put(ctx, items))
}

// SeatHistory gives up to n lines of a phone or an extension, the newest first.
// after is the cursor an earlier page gave; no next one: the end.
func (d *Directory) SeatHistory(subject ID, after string, n int) (list []SeatEvent, next string, err error) {
	prefix := historyOf(subject)
	items, err := d.Shelf(shelfHistory).Page(prefix+after, n)
	if err != nil {
		return nil, "", err
	}
	for _, i := range items {
		rest, ok := strings.CutPrefix(i.Key, prefix)
		if !ok {
			return list, "", nil
		}
		var e SeatEvent
		if json.Unmarshal(i.Value, &e) == nil {
			list, next = append(list, e), rest
		}
	}
	if len(items) < n {
		next = ""
	}
	return list, next, nil
}

// TrimSeatHistory forgets what is older than 400 days, and of each phone and
// person all but the newest 1,000 lines.
func (d *Directory) TrimSeatHistory(ctx context.Context) error {
	oldest := fmt.Sprintf("%016x", math.MaxInt64-d.now().Add(-historyAge).UnixNano())
	var gone []Item
	subject, count := "", 0
	err := d.Shelf(shelfHistory).All(func(key string, _ []byte) bool {
		of, at, _ := strings.Cut(key, "/")
		if of != subject {
			subject, count = of, 0
		}
		if count++; count > historyMost || at > oldest {
			gone = append(gone, Item{Key: key})
		}
		return len(gone) < 10_000 && ctx.Err() == nil // the rest the next time
	})
	return errors.Join(err, d.Shelf(shelfHistory).Put(ctx, gone))
}
