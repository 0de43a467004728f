package directory

import (
	"errors"
	"strings"
	"testing"
)

func TestContactsOfAPersonGoWithTheExtension(t *testing.T) {
	s := open(t)
	o := s.office()
	number := []ContactNumber{{"mobile", "+441632960001"}}
	s.do(func(tx *Tx) error {
		return errors.Join(
			tx.PutContact(&Contact{Organization: o.org, First: "Zoe", Numbers: number}),
			tx.PutContact(&Contact{Organization: o.org, Site: o.site, Company: "Courier", Numbers: number}),
			tx.PutContact(&Contact{Organization: o.org, Extension: o.ext["101"], Last: "Byron", Numbers: number, Speed: "12"}))
	})
	s.reopen()
	own := 0
	for c := range s.Snapshot().ContactsOf(o.ext["101"]) {
		own++
		if c.Last != "Byron" || c.Numbers[0] != number[0] || c.Speed != "12" {
			t.Errorf("contact is %+v", c)
		}
	}
	if own != 1 {
		t.Fatalf("%d personal contacts, not 1", own)
	}
	s.do(func(tx *Tx) error { return tx.DeleteExtension(o.ext["101"]) })
	var left []string
	for c := range s.Snapshot().Contacts(o.org) {
		left = append(left, c.Name())
	}
	if strings.Join(left, " ") != "Courier Zoe" {
		t.Errorf("left are %v", left)
	}
	s.sound()
}

func TestContactsOutOfBoundsAreRefused(t *testing.T) {
	one := []ContactNumber{{"", "1"}}
	most := make([]ContactNumber, maxContactNumbers)
	for i := range most {
		most[i].Number = strings.Repeat("1", maxContactNumber)
	}
	if err := (&Contact{First: "A", Numbers: most, Speed: "123456"}).check(); err != nil {
		t.Error(err)
	}
	for what, c := range map[string]*Contact{
		"no name":      {Numbers: one},
		"no number":    {First: "A"},
		"nine numbers": {First: "A", Numbers: append(most, one...)},
		"long number":  {First: "A", Numbers: []ContactNumber{{"", strings.Repeat("1", maxContactNumber+1)}}},
		"letters":      {First: "A", Numbers: []ContactNumber{{"", "12a"}}},
		"kind":         {First: "A", Numbers: []ContactNumber{{"fax", "12"}}},
		"two owners":   {First: "A", Numbers: one, Site: "s", Extension: "e"},
		"speed":        {First: "A", Numbers: one, Speed: "1234567"},
	} {
		if err := c.check(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
