package settings

import "cradle/provisioning/render"

// What a page for a phone's screen says; in all other files it is what the idle
// screen would. The order is that of Page.values.
var pageFields = []render.Field{
	text("page.title", "first line of a page for the screen; of the idle screen: the Phone ID, or who sits there", ofOne),
	text("page.text", "what the page says below it; of the idle screen: the phone's name, or the short number of who sits there", ofOne|maybe),
	text("page.prompt", "of a page that asks: what stands before what is typed", ofOne),
	text("page.field", "of a page that asks: the name of what is typed in the query that comes back", ofOne),
	yesNo("page.hidden", "of a page that asks: what is typed is not to be seen", ofOne),
	text("page.next", "of a page that asks: URL that what is typed is added to, as one field more of its query", ofOne),
	text("page.address", "the same URL without its query", ofOne),
	list("page.carry", "the fields of its query, for phones that want them apart", carryShape, ofOne),
	list("page.items", "of a menu: the choices", itemShape, ofOne),
	text("page.ok", "word on the key that goes on", ofOne),
	text("page.cancel", "word on the key that leaves the page", ofOne),
	number("page.seconds", "after which the page leaves by itself; 0: never", ofOne),
}

var carryShape = render.NewShape(
	text("name", "of the field"),
	text("value", "of the field"),
	text("pair", "both as they stand in a URL: name=value"),
)

var itemShape = render.NewShape(
	number("number", "1..."),
	number("index", "0..."),
	text("label", "as people read it"),
	text("url", "where it leads"),
)
