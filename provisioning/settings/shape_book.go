package settings

import "cradle/provisioning/render"

var bookFields = []render.Field{
	list("phonebooks", "the books this phone may read", phonebookShape, ofOne),
	text("book.name", "in a phonebook's file: its name", ofOne|maybe),
	text("book.kind", "in a phonebook's file: company, site, personal", ofOne|maybe),
	list("contacts", "in a phonebook's file: its entries, by name", contactShape, ofOne),
}

var phonebookShape = render.NewShape(
	number("number", "1..."),
	number("index", "0..."),
	text("name", "as people read it"),
	text("url", "of the file"),
	text("book", "company, site, personal"),
)

var contactShape = render.NewShape(
	number("number", "1..."),
	number("index", "0..."),
	text("name", "whole name"),
	text("first", "first name", maybe),
	text("last", "last name", maybe),
	text("company", "company", maybe),
	text("email", "e-mail address", maybe),
	text("office", "first number at the office", maybe),
	text("mobile", "first mobile number", maybe),
	text("home", "first number at home", maybe),
	text("other", "first other number", maybe),
	text("phone", "the first number of all"),
	text("speed", "speed dial digits", maybe),
	list("numbers", "all numbers in order", contactNumberShape),
)

var contactNumberShape = render.NewShape(
	text("kind", "office, mobile, home, other"),
	text("number", "as dialled"),
)
