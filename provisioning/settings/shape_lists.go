package settings

import "cradle/provisioning/render"

var listFields = []render.Field{
	list("lines", "every line the model has", lineShape, ofOne),
	list("keys", "every programmable key of the phone itself, in order; only the wanted ones where their number is not known", keyShape, ofOne),
	list("modules", "the expansion modules attached", moduleShape, ofOne),
	list("codecs", "of the first line, for phones with one list", codecShape),
	text("codec_list", "the used ones by the vendor's names, with commas"),
	text("codec_first", "the vendor's name of the most preferred"),
	list("actions", "the events of which the phone can tell a URL", actionShape, ofOne),
	byHand("extra", "the vendor's settings that an administrator added by hand, to be written last; they take the place of what the template says", extraShape, ofOne|secret),
}

var lineShape = render.NewShape(
	number("number", "1..."),
	number("index", "0..."),
	yesNo("used", "no: the account is to be emptied"),
	text("host", "SIP registrar and proxy of this line; IPv6 in brackets", maybe),
	number("port", "1 to 65535", maybe),
	text("user", "the device account", maybe),
	text("secret", "its password", secret|maybe),
	text("label", "beside the line key", maybe),
	text("label_first", "first part of the number's display", maybe),
	text("label_second", "second part of the number's display", maybe),
	text("name", "display name", maybe),
	text("extension", "short number; absent: nobody sits here", maybe),
	text("voicemail", "dialled to hear messages; absent: no voicemail", maybe),
	yesNo("hoteling", "others may sit down here by the phone's own softkey"),
	text("dtmf", "rfc2833, info, inband, auto", maybe),
	text("srtp", "off, optional, required", maybe),
	list("codecs", "all the phone has, the wanted ones first", codecShape, maybe),
	text("codec_list", "the used ones by the vendor's names, with commas", maybe),
)

var keyShape = render.NewShape(
	number("number", "1..., on a module from 1 again"),
	number("index", "0..."),
	number("position", "1... over all modules; on the phone itself the number"),
	number("module", "1... the module it is on; 0: the phone itself"),
	number("place", "0... over the phone's own keys and then all modules"),
	yesNo("used", "no: the key is to be emptied"),
	text("type", "canonical: line blf speed park pickup transfer dnd forward record queue login logout xml voicemail conference hold redial none"),
	text("kind", "the vendor's word for the type; of unused keys the one for none", maybe),
	text("label", "beside the key", maybe),
	text("value", "number, code or URL", maybe),
	number("line", "line it belongs to, 1..."),
	number("line_index", "the same from 0"),
	text("extension", "watched extension", maybe),
	text("pickup", "dialled to pick up the watched extension's call", maybe),
	text("uri", "value@host", maybe),
)

var moduleShape = render.NewShape(
	number("number", "1..."),
	number("index", "0..."),
	list("keys", "every key of the module, in order", keyShape),
)

var codecShape = render.NewShape(
	number("line", "1..."),
	number("index", "0..."),
	text("name", "canonical: opus, g722, pcma, pcmu, g729"),
	text("vendor", "the vendor's name of it"),
	yesNo("used", "wanted on this line"),
	number("priority", "1 is first; 0: not used"),
	number("position", "1... of all, the used ones first"),
)

var actionShape = render.NewShape(
	text("event", "canonical: boot registered unregistered offhook onhook incoming outgoing answered ended dnd_on dnd_off forward_on forward_off idle"),
	text("name", "the vendor's setting"),
	text("url", "what the phone calls; absent: nothing", maybe),
)

var extraShape = render.NewShape(
	text("name", "the vendor's setting"),
	text("value", "as written by hand"),
)
