package directory

import (
	"fmt"
	"iter"
	"maps"
	"strings"
	"time"
)

// Lesson is a phone model of one's own that was taught from what a phone sent. It
// belongs to the appliance. The folder in the catalogue of one's own is written
// from it.
type Lesson struct {
	ID       ID
	Revision uint64
	Model    string // catalogue name, unique
	Label    string
	Folder   string // <vendor>/<family> in the catalogue
	At       time.Time
	By       string
	// Files are the texts of the folder and, for a new vendor, its vendor.yaml, by
	// their place in the catalogue.
	Files map[string]string
}

// Bounds of what a lesson holds.
const (
	maxLessonFiles = 8
	maxLessonBytes = 512 << 10 // of all its texts
)

func (l *Lesson) table() table                         { return tLesson }
func (l *Lesson) head() (ID, uint64)                   { return l.ID, l.Revision }
func (l *Lesson) setHead(id ID, rev uint64)            { l.ID, l.Revision = id, rev }
func (l *Lesson) organization() ID                     { return "" }
func (l *Lesson) sortKey() string                      { return l.Model }
func (l *Lesson) encode(*Keys) ([]byte, error)         { return encodePlain(l) }
func (l *Lesson) decode(_ *Keys, _ ID, b []byte) error { return decodePlain(b, l) }
func (l *Lesson) refs() []ref                          { return nil }

func (l *Lesson) uniques() []unique { return []unique{{uLesson, l.Folder}} }

func (l *Lesson) clone() record {
	c := *l
	c.Files = maps.Clone(l.Files)
	return &c
}

func (l *Lesson) check() error {
	size := 0
	for name, text := range l.Files {
		size += len(name) + len(text)
	}
	switch vendor, family, _ := strings.Cut(l.Folder, "/"); {
	case vendor == "" || family == "" || strings.Contains(family, "/"):
		return invalid("folder %q is no vendor/family", l.Folder)
	case len(l.Files) < 1 || len(l.Files) > maxLessonFiles:
		return invalid("model %s has %d files, not 1 to %d", l.Model, len(l.Files), maxLessonFiles)
	case size > maxLessonBytes:
		return invalid("the texts of model %s are longer than %d bytes", l.Model, maxLessonBytes)
	}
	return firstError(checkName("model", l.Model), checkText("label", l.Label, true), checkText("by", l.By, false))
}

// Lesson gives a taught model.
func (s *Snapshot) Lesson(id ID) *Lesson { return lookup[*Lesson](s, tLesson, id) }

// Lessons walks the taught models by name.
func (s *Snapshot) Lessons() iter.Seq[*Lesson] { return list[*Lesson](s, tLesson, "") }

// PutLesson creates or changes a taught model.
func (tx *Tx) PutLesson(l *Lesson) error {
	c := *l
	if c.ID == "" {
		c.At, c.By = tx.now, tx.by.Name
	}
	if err := tx.put(&c); err != nil {
		return err
	}
	tx.remember(l)
	*l = c
	return nil
}

// DeleteLesson forgets a taught model. ErrInUse: a phone is of this model.
func (tx *Tx) DeleteLesson(id ID) error {
	l := tx.work.Lesson(id)
	if l == nil {
		return notFound("taught model", string(id))
	}
	count, one := 0, ""
	for d := range tx.Snapshot().Devices("") {
		if strings.EqualFold(d.Model, l.Model) {
			count, one = count+1, d.MAC.Colons()
		}
	}
	if count > 0 {
		return fmt.Errorf("model %s: %w: %d phones are of it, such as %s; give them another model first", l.Model, ErrInUse, count, one)
	}
	return tx.remove(tLesson, id)
}
