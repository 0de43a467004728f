package provisioning

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/custom"
	"cradle/provisioning/onboard"
	"cradle/provisioning/settings"
	"cradle/provisioning/teach"
)

// ownShelf is a catalogue that models of one's own are added to.
type ownShelf interface {
	Try(files map[string]string) (*catalog.Catalog, error)
	Add(files map[string]string) error
	Remove(files map[string]string) error
}

// ErrNotTaught says that a model has problems, which are in its lesson.
var ErrNotTaught = errors.New("the model was not taught")

// TryLesson says what would be taught of a phone, at an organization whose values
// its files are tried with; nothing is changed by it.
func (p *Provisioning) TryLesson(org directory.ID, seen teach.Evidence, wish teach.Wish) (teach.Lesson, error) {
	shelf, is := p.c.Catalog.(ownShelf)
	if !is {
		return teach.Lesson{}, fmt.Errorf("%w: this catalogue takes no models of one's own", ErrNotTaught)
	}
	before := p.Catalog()
	l := teach.Derive(before, seen, wish)
	if len(l.Problems) > 0 {
		return l, nil
	}
	after, err := shelf.Try(l.Texts)
	if err != nil {
		f := custom.Refused(err, "phone.tmpl")
		field := ""
		if f.Line > 0 {
			field = "template"
		}
		l.Problems = append(l.Problems, teach.Problem{Field: field, Line: f.Line, Text: f.Text})
		return l, nil
	}
	if still := teach.Recognised(after, &l, seen); still != "" {
		l.Problems = append(l.Problems, teach.Problem{Field: "agent", Text: still})
	}
	for _, harm := range teach.Harm(before, after) {
		l.Problems = append(l.Problems, teach.Problem{Text: "phones that are known would no longer be: " + harm})
	}
	p.tryFiles(org, after.Model(l.Model), &l)
	return l, nil
}

// tryFiles renders what such a phone would get.
func (p *Provisioning) tryFiles(org directory.ID, m *catalog.Model, l *teach.Lesson) {
	v := p.nobody(org, m)
	for _, file := range m.Family.Files {
		if file.Kind != catalog.Device {
			continue
		}
		for _, mode := range []settings.Mode{settings.Bootstrap, settings.Full} {
			values, _ := p.maker.Values(p.facts(v, file, mode, p.maskedBase(v), true))
			body, _, err := p.executeWith(nil, v, file, mode, values, nil)
			if err == nil {
				err = file.Check(body)
			}
			if err != nil {
				f := custom.Refused(err, "phone.tmpl")
				l.Problems = append(l.Problems, teach.Problem{Field: "template", Line: f.Line, Text: file.Name + ": " + f.Text})
				return
			}
		}
	}
}

// Teach adds a model of one's own made of what a phone sent; it counts at once.
// device is given the model where it is named. ErrNotTaught: see the problems.
func (p *Provisioning) Teach(ctx context.Context, by directory.Actor, org directory.ID, seen teach.Evidence, wish teach.Wish, device directory.ID) (teach.Lesson, *directory.Lesson, error) {
	p.teaching.Lock()
	defer p.teaching.Unlock()
	l, err := p.TryLesson(org, seen, wish)
	if err == nil && len(l.Problems) > 0 {
		err = ErrNotTaught
	}
	if err != nil {
		return l, nil, err
	}
	shelf := p.c.Catalog.(ownShelf) //nolint:forcetypeassert // TryLesson has seen it
	if err := shelf.Add(l.Texts); err != nil {
		return l, nil, err
	}
	record := &directory.Lesson{Model: l.Model, Label: l.Label, Folder: l.Folder, Files: l.Texts}
	err = p.c.Directory.Update(ctx, by, func(tx *directory.Tx) error {
		if err := tx.PutLesson(record); err != nil {
			return err
		}
		d := tx.Snapshot().Device(device)
		if d == nil {
			return nil
		}
		mine := *d
		mine.Model = l.Model
		return tx.PutDevice(&mine)
	})
	if err != nil {
		return l, nil, errors.Join(err, shelf.Remove(l.Texts))
	}
	p.Catalog() // what was made of the old one goes
	return l, record, nil
}

// Unteach forgets a taught model. Errors: directory.ErrNotFound, ErrInUse while
// phones are of it, or why the catalogue would not do without it.
func (p *Provisioning) Unteach(ctx context.Context, by directory.Actor, id directory.ID) error {
	p.teaching.Lock()
	defer p.teaching.Unlock()
	old := p.c.Directory.Snapshot().Lesson(id)
	if old == nil {
		return fmt.Errorf("%w: taught model %q", directory.ErrNotFound, id)
	}
	if err := p.c.Directory.Update(ctx, by, func(tx *directory.Tx) error { return tx.DeleteLesson(id) }); err != nil {
		return err
	}
	shelf, is := p.c.Catalog.(ownShelf)
	if !is {
		return nil
	}
	err := shelf.Remove(old.Files)
	if err == nil {
		p.Catalog()
		return nil
	}
	again := *old
	again.ID, again.Revision = "", 0
	back := p.c.Directory.Update(ctx, by, func(tx *directory.Tx) error { return tx.PutLesson(&again) })
	return errors.Join(fmt.Errorf("%w: other models need it: %w", directory.ErrInUse, err), back)
}

// recall writes the folders of taught models that are not there: the store came
// from a copy, or from another machine.
func (p *Provisioning) recall() {
	shelf, is := p.c.Catalog.(ownShelf)
	if !is {
		return
	}
	for l := range p.c.Directory.Snapshot().Lessons() {
		if p.Catalog().Model(l.Model) != nil {
			continue
		}
		if err := shelf.Add(l.Files); err != nil {
			p.log.Error("a taught model does not count", "model", l.Model, "err", err)
		}
	}
}

// EvidenceOf is what a phone that is a device already sent since the start.
func (p *Provisioning) EvidenceOf(mac directory.MAC) (e teach.Evidence) {
	e.MAC = mac
	for _, s := range p.journal.Of(mac) {
		if s.UserAgent != "" {
			e.UserAgent = s.UserAgent
		}
		if !slices.Contains(e.Doors, string(s.Door)) {
			e.Doors = append(e.Doors, string(s.Door))
		}
		if file := strings.Replace(s.File, "~***/", "", 1); s.Door != DoorPnP && s.Method != http.MethodPut && !slices.Contains(e.Files, file) {
			e.Files = append(e.Files, file)
		}
	}
	return e
}

// EvidenceFrom is what a stranger sent.
func EvidenceFrom(s onboard.Stranger) teach.Evidence {
	return teach.Evidence{MAC: s.MAC, UserAgent: s.UserAgent, Files: s.Files, Doors: s.Doors}
}
