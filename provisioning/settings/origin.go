package settings

import (
	"slices"
	"strings"
)

// madeFrom names the settings of values that are made from one in code, by the
// value's name or, with a star, by the beginning of it. The longest match counts.
var madeFrom = map[string]Key{
	"server.expires_minutes": Expires, "provision.interval_seconds": Interval,
	"server.backup_*": Backup, "server.outbound_*": Outbound,
	"time.server": TimeServer, "time.zone_vendor": TimeZone, "time.offset*": TimeZone, "time.posix": TimeZone,
	"time.summer*": TimeZone, "time.start_*": TimeZone, "time.end_*": TimeZone,
	"language.vendor": Language, "tones.*": TonesCountry, "firmware.*": Firmware,
	"codecs*": Codecs, "codec_list": Codecs, "codec_first": Codecs,
	"lines.dtmf": DTMF, "lines.srtp": SRTP, "lines.codec*": Codecs,
}

// recordOf names the layer whose record other values come from, likewise.
var recordOf = map[string]Layer{
	"phone.*": FromDevice, "phone.label": FromModel, "phone.vendor": FromModel, "phone.model": FromModel, "phone.person": FromExtension,
	"server.domain": FromOrganization, "codes.*": FromOrganization, "auth.*": FromDevice, "provision.*": FromDevice, "screen.idle_*": FromDevice,
	"lines.*": FromDevice, "lines.label*": FromExtension, "lines.name": FromExtension, "lines.extension": FromExtension, "lines.voicemail": FromExtension,
	"phonebooks*": FromModel, "book.*": FromOrganization, "contacts*": FromOrganization,
}

// Origin is the layer that a template's value comes from, by its name without
// the numbers of list items: "lines.label". Keys, actions and settings by hand
// know their own, item for item: FromDefault says that nobody's word counts here.
func (s *Stack) Origin(name string) Layer {
	if i := slices.IndexFunc(Schema[:], func(e Setting) bool { return e.Fills == name }); i >= 0 {
		return s[i].Layer
	}
	if k, ok := longest(madeFrom, name); ok {
		return s[k].Layer
	}
	layer, ok := longest(recordOf, name)
	if !ok {
		return FromDefault
	}
	return layer
}

// longest finds a name in a table whose keys may end in a star.
func longest[T any](table map[string]T, name string) (value T, found bool) {
	best := -1
	for pattern, v := range table {
		start, star := strings.CutSuffix(pattern, "*")
		if (pattern == name || star && strings.HasPrefix(name, start)) && len(start) > best {
			best, value, found = len(start), v, true
		}
	}
	return value, found
}
