package settings

import (
	"cradle/directory"
	"cradle/provisioning/phonebook"
	"cradle/provisioning/render"
)

// The slots of phonebooks.
var (
	bookNumber, bookIndex            = phonebookShape.Slot("number"), phonebookShape.Slot("index")
	bookName, bookURL, bookKind      = phonebookShape.Slot("name"), phonebookShape.Slot("url"), phonebookShape.Slot("book")
	contactNumber, contactIndex      = contactShape.Slot("number"), contactShape.Slot("index")
	contactName, contactFirst        = contactShape.Slot("name"), contactShape.Slot("first")
	contactLast, contactCompany      = contactShape.Slot("last"), contactShape.Slot("company")
	contactEmail, contactSpeed       = contactShape.Slot("email"), contactShape.Slot("speed")
	contactPhone, contactNumbers     = contactShape.Slot("phone"), contactShape.Slot("numbers")
	contactNumberKind, contactDialed = contactNumberShape.Slot("kind"), contactNumberShape.Slot("number")
)

// contactKinds are the slots of the first number of each kind.
var contactKinds = func() map[string]int {
	slots := map[string]int{}
	for _, kind := range []string{"office", "mobile", "home", "other"} {
		slots[kind] = contactShape.Slot(kind)
	}
	return slots
}()

// reader is for whom this phone's books are.
func (p *phone) reader() phonebook.Reader {
	r := phonebook.Reader{Organization: p.Device.Organization, Site: p.Device.Site}
	if p.who.Person != nil {
		r.Person = p.who.Person.ID
	}
	return r
}

// title is a book's name as people read it; empty: this phone has no such book.
func (p *phone) title(kind string) string {
	switch {
	case kind == phonebook.Company && p.who.Organization != nil:
		return p.who.Organization.Name
	case kind == phonebook.Site && p.who.Site != nil:
		return p.who.Site.Name
	case kind == phonebook.Personal && p.who.Person != nil:
		return nameOf(p.who.Person)
	default:
		return ""
	}
}

// books lists the phonebooks, and fills the one that is asked for.
func (m *Maker) books(v render.Values, p *phone) {
	var all, contacts []render.Values
	if p.Mode == Full {
		for _, b := range p.Abilities.Books {
			if title := p.title(b.Kind); title != "" {
				item := phonebookShape.New()
				item[bookNumber], item[bookIndex] = render.I(len(all)+1), render.I(len(all))
				item[bookName], item[bookURL], item[bookKind] = render.S(title), render.S(p.address(b.File)), render.S(b.Kind)
				all = append(all, item)
			}
		}
		if p.Book != "" {
			contacts = m.contacts(p)
			setText(v, atBookName, p.title(p.Book))
			v[atBookKind] = render.S(p.Book)
		}
	}
	v[atBooks], v[atContacts] = render.L(all), render.L(contacts)
}

func (m *Maker) contacts(p *phone) []render.Values {
	entries := m.shelf.Book(p.Snapshot, p.Book, p.reader(), p.Abilities.BookEntries)
	all := make([]render.Values, len(entries))
	for i, e := range entries {
		c := contactShape.New()
		c[contactNumber], c[contactIndex], c[contactName] = render.I(i+1), render.I(i), render.S(e.Name)
		setText(c, contactFirst, e.First)
		setText(c, contactLast, e.Last)
		setText(c, contactCompany, e.Company)
		setText(c, contactEmail, e.Email)
		setText(c, contactSpeed, e.Speed)
		numbers := make([]render.Values, len(e.Numbers))
		for j, n := range e.Numbers {
			numbers[j] = contactNumberShape.New()
			numbers[j][contactNumberKind], numbers[j][contactDialed] = render.S(n.Kind), render.S(n.Number)
			if slot, known := contactKinds[n.Kind]; known && c[slot].Kind() == render.None {
				c[slot] = render.S(n.Number)
			}
		}
		c[contactPhone], c[contactNumbers] = render.S(e.Numbers[0].Number), render.L(numbers)
		all[i] = c
	}
	return all
}

// people are those a rule of keys brings: by name, without who sits here.
func (m *Maker) people(p *phone, rule string) []*directory.Extension {
	me := p.who.Person
	var all []*directory.Extension
	for _, e := range m.shelf.Roll(p.Snapshot, p.Device.Organization).People {
		switch {
		case me != nil && e.ID == me.ID:
		case rule == "everyone",
			rule == "site" && e.Site == p.Device.Site,
			rule == "department" && me != nil && me.Department != "" && e.Department == me.Department:
			all = append(all, e)
		}
		if len(all) == maxRulePeople {
			break
		}
	}
	return all
}

// maxRulePeople bounds what one rule brings: more keys no phone has.
const maxRulePeople = 1000
