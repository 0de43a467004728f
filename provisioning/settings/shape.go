package settings

import "cradle/provisioning/render"

// The names a template may use. They are the canonical settings of a phone,
// whatever its vendor calls them; "value is not set" is an error in a phone's
// file, so what may be absent says so here.
var (
	codecShape = render.NewShape(
		render.Field{Name: "line", Kind: render.Int},      // 1...
		render.Field{Name: "index", Kind: render.Int},     // 0...
		render.Field{Name: "name", Kind: render.String},   // canonical: opus, g722, pcma, pcmu, g729
		render.Field{Name: "vendor", Kind: render.String}, // the vendor's name of it
		render.Field{Name: "used", Kind: render.Bool},
		render.Field{Name: "priority", Kind: render.Int}, // 1 is first; 0: not used
		render.Field{Name: "position", Kind: render.Int}, // 1... of all, the used ones first
	)
	keyShape = render.NewShape(
		render.Field{Name: "number", Kind: render.Int}, // 1...
		render.Field{Name: "index", Kind: render.Int},  // 0...
		render.Field{Name: "line", Kind: render.Int},   // the line it stands for
		render.Field{Name: "line_index", Kind: render.Int},
		render.Field{Name: "used", Kind: render.Bool}, // false: the key is to be emptied
		render.Field{Name: "label", Kind: render.String},
	)
	lineShape = render.NewShape(
		render.Field{Name: "number", Kind: render.Int},  // 1...
		render.Field{Name: "index", Kind: render.Int},   // 0...
		render.Field{Name: "used", Kind: render.Bool},   // false: the account is to be emptied
		render.Field{Name: "user", Kind: render.String}, // the device account; absent when not used
		render.Field{Name: "secret", Kind: render.String, Secret: true},
		render.Field{Name: "label", Kind: render.String},     // beside the line key
		render.Field{Name: "name", Kind: render.String},      // display name
		render.Field{Name: "extension", Kind: render.String}, // absent: nobody sits here
		render.Field{Name: "dtmf", Kind: render.String},      // rfc2833, info, inband, auto
		render.Field{Name: "srtp", Kind: render.String},      // off, optional, required
		render.Field{Name: "codecs", Kind: render.List, Item: codecShape},
		render.Field{Name: "codec_list", Kind: render.String}, // the used ones by the vendor's names, with commas
	)
	phoneShape = render.NewShape(
		render.Field{Name: "phone.mac", Kind: render.String, Own: true},   // 12 digits, lower case
		render.Field{Name: "phone.model", Kind: render.String},            // as in file names
		render.Field{Name: "phone.id", Kind: render.String, Own: true},    // its Phone ID
		render.Field{Name: "phone.name", Kind: render.String, Own: true},  // absent: none given
		render.Field{Name: "phone.free", Kind: render.Bool, Own: true},    // nobody sits here: the Phone ID is to be seen
		render.Field{Name: "phone.waiting", Kind: render.Bool, Own: true}, // not approved, no account yet
		render.Field{Name: "server.host", Kind: render.String},            // SIP registrar and proxy; IPv6 in brackets
		render.Field{Name: "server.port", Kind: render.Int},
		render.Field{Name: "server.transport", Kind: render.String},         // udp, tcp, tls
		render.Field{Name: "server.expires", Kind: render.Int},              // seconds
		render.Field{Name: "server.expires_minutes", Kind: render.Int},      // rounded up
		render.Field{Name: "server.keepalive", Kind: render.Int},            // seconds; 0: off
		render.Field{Name: "provision.url", Kind: render.String, Own: true}, // its own, ends with a slash
		render.Field{Name: "provision.scheme", Kind: render.String, Own: true},
		render.Field{Name: "provision.address", Kind: render.String, Own: true},   // the URL without "http://" and its last slash
		render.Field{Name: "provision.authority", Kind: render.String, Own: true}, // URL of our CA; absent: the model cannot take one
		render.Field{Name: "provision.interval", Kind: render.Int},                // minutes
		render.Field{Name: "provision.interval_seconds", Kind: render.Int},
		render.Field{Name: "provision.pnp", Kind: render.Bool},
		render.Field{Name: "provision.dhcp", Kind: render.Bool},
		render.Field{Name: "time.server", Kind: render.String},
		render.Field{Name: "time.zone", Kind: render.String},         // IANA
		render.Field{Name: "time.zone_vendor", Kind: render.String},  // absent: the vendor's data has no word for it
		render.Field{Name: "time.offset", Kind: render.Int},          // seconds east of UTC, without summer time
		render.Field{Name: "time.offset_hours", Kind: render.String}, // "+1", "-3:30"
		render.Field{Name: "language.tag", Kind: render.String},      // BCP 47
		render.Field{Name: "language.vendor", Kind: render.String},   // absent: the vendor's data has no word for it
		render.Field{Name: "auth.admin_password", Kind: render.String, Secret: true},
		render.Field{Name: "auth.user_password", Kind: render.String, Secret: true},
		render.Field{Name: "lines", Kind: render.List, Item: lineShape, Own: true}, // every line the model has
		render.Field{Name: "keys", Kind: render.List, Item: keyShape, Own: true},   // a key for every line, as far as there are keys
		render.Field{Name: "codecs", Kind: render.List, Item: codecShape},          // of the first line, for phones with one list
		render.Field{Name: "codec_list", Kind: render.String},
		render.Field{Name: "codec_first", Kind: render.String}, // the vendor's name of the most preferred
	)
)

// Shape is the set of names templates may use.
func Shape() *render.Shape { return phoneShape }

// slots are where the values lie, looked up once.
var (
	atMAC, atModel, atID, atName       = phoneShape.Slot("phone.mac"), phoneShape.Slot("phone.model"), phoneShape.Slot("phone.id"), phoneShape.Slot("phone.name")
	atFree, atWaiting                  = phoneShape.Slot("phone.free"), phoneShape.Slot("phone.waiting")
	atHost, atPort, atTransport        = phoneShape.Slot("server.host"), phoneShape.Slot("server.port"), phoneShape.Slot("server.transport")
	atExpires, atMinutes, atKeepalive  = phoneShape.Slot("server.expires"), phoneShape.Slot("server.expires_minutes"), phoneShape.Slot("server.keepalive")
	atURL, atScheme, atAddress         = phoneShape.Slot("provision.url"), phoneShape.Slot("provision.scheme"), phoneShape.Slot("provision.address")
	atAuthority, atInterval            = phoneShape.Slot("provision.authority"), phoneShape.Slot("provision.interval")
	atPnP, atDHCP                      = phoneShape.Slot("provision.pnp"), phoneShape.Slot("provision.dhcp")
	atIntervalSeconds, atCodecFirst    = phoneShape.Slot("provision.interval_seconds"), phoneShape.Slot("codec_first")
	atTime, atZone, atZoneVendor       = phoneShape.Slot("time.server"), phoneShape.Slot("time.zone"), phoneShape.Slot("time.zone_vendor")
	atOffset, atOffsetHours            = phoneShape.Slot("time.offset"), phoneShape.Slot("time.offset_hours")
	atLanguage, atLanguageVendor       = phoneShape.Slot("language.tag"), phoneShape.Slot("language.vendor")
	atAdmin, atUser                    = phoneShape.Slot("auth.admin_password"), phoneShape.Slot("auth.user_password")
	atLines, atKeys, atCodecs, atCodec = phoneShape.Slot("lines"), phoneShape.Slot("keys"), phoneShape.Slot("codecs"), phoneShape.Slot("codec_list")
)
