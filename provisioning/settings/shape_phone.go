package settings

import "cradle/provisioning/render"

var phoneFields = []render.Field{
	text("phone.mac", "12 hexadecimal digits, lower case", ofOne),
	text("phone.mac_upper", "the same in upper case", ofOne),
	text("phone.mac_colons", "the same in lower case with colons", ofOne),
	text("phone.model", "the model as it stands in file names"),
	text("phone.label", "the model as people write it"),
	text("phone.vendor", "the vendor's folder on the shelf"),
	text("phone.firmware", "version the phone last told us", ofOne|maybe),
	text("phone.id", "its Phone ID, 6 digits", ofOne),
	text("phone.name", "name an administrator gave it", ofOne|maybe),
	text("phone.person", "name of who sits at line 1", ofOne|maybe),
	yesNo("phone.free", "nobody sits here: the Phone ID is to be seen", ofOne),
	yesNo("phone.guest", "who sits at line 1 is not at home there, and may leave at the screen", ofOne),
	yesNo("phone.waiting", "not approved, no account yet", ofOne),
}

var serverFields = []render.Field{
	text("server.host", "SIP registrar and proxy; IPv6 in brackets. In accounts use the line's own host"),
	number("server.port", "1 to 65535"),
	text("server.transport", "udp, tcp, tls"),
	number("server.expires", "seconds a registration is asked for"),
	number("server.expires_minutes", "the same in minutes, rounded up"),
	number("server.keepalive", "seconds between packets that hold a NAT open; 0: off"),
	text("server.domain", "SIP domain of the organization, which is the realm of its accounts"),
	text("server.backup_host", "second registrar, used when the first is silent", maybe),
	number("server.backup_port", "1 to 65535", maybe),
	text("server.outbound_host", "outbound proxy", maybe),
	number("server.outbound_port", "1 to 65535", maybe),
	text("nat.stun", "STUN server", maybe),
	yesNo("nat.rport", "ask for symmetric response routing (RFC 3581)"),
}

var provisionFields = []render.Field{
	text("provision.url", "URL of this phone's settings, ends with a slash", ofOne),
	text("provision.scheme", "http, https, tftp", ofOne),
	text("provision.address", "the URL without scheme and last slash", ofOne),
	text("provision.host", "the URL's host; IPv6 in brackets", ofOne),
	number("provision.port", "the URL's port, or its scheme's", ofOne),
	text("provision.path", "the URL's path without its first and last slash", ofOne),
	text("provision.authority", "URL of our certificate authority; absent where the model does not fetch one", ofOne|maybe),
	list("provision.authorities", "our certificate authority itself, for settings that hold it: one certificate each; none where the model cannot take it", authorityShape, ofOne),
	text("provision.certificate", "URL of this phone's own certificate and key in one PEM, of our authority; absent where it has none, or would fetch it without TLS", ofOne|maybe),
	number("provision.interval", "minutes between two looks at the settings"),
	number("provision.interval_seconds", "the same in seconds"),
	yesNo("provision.pnp", "go on asking for settings by SIP multicast"),
	yesNo("provision.dhcp", "go on taking the settings' address from DHCP"),
	text("provision.user", "HTTP user name", ofOne|maybe),
	text("provision.password", "HTTP password", ofOne|secret|maybe),
	text("auth.admin_password", "password of the phone's own administrator", secret|maybe),
	text("auth.user_password", "password of the phone's own user", secret|maybe),
}

var authorityShape = render.NewShape(
	number("number", "1..."),
	list("lines", "its base64, without the lines that begin and end PEM", base64Shape),
)

var base64Shape = render.NewShape(text("text", "up to 64 characters"))

var timeFields = []render.Field{
	text("time.server", "NTP server"),
	text("time.zone", "IANA name"),
	text("time.zone_vendor", "the vendor's word for the zone", maybe),
	number("time.offset", "seconds east of UTC, without summer time"),
	text("time.offset_hours", `the same in hours: "+1", "-3:30", "0"`),
	number("time.offset_minutes", "the same in minutes"),
	text("time.posix", `the zone as a POSIX TZ string: "CET-1CEST,M3.5.0,M10.5.0/3"`),
	yesNo("time.clock24", "24 hours"),
	text("time.date", "order of a date: dmy, mdy, ymd"),
	yesNo("time.summer", "the zone has summer time; where not, all that follows is 0"),
	number("time.summer_minutes", "how far the clock goes ahead in summer"),
	number("time.start_month", "summer time begins: month 1 to 12"),
	number("time.start_week", "week of the month 1 to 4; 5: the last"),
	number("time.start_weekday", "0: Sunday"),
	number("time.start_hour", "hour of the local clock as it runs until then"),
	number("time.start_day", "day of the month in this year"),
	number("time.end_month", "summer time ends: month 1 to 12"),
	number("time.end_week", "week of the month 1 to 4; 5: the last"),
	number("time.end_weekday", "0: Sunday"),
	number("time.end_hour", "hour of the local clock as it runs until then"),
	number("time.end_day", "day of the month in this year"),
}

var localeFields = []render.Field{
	text("language.tag", "BCP 47"),
	text("language.vendor", "the vendor's word for the language", maybe),
	text("tones.country", "country whose tones are heard, ISO 3166, two capital letters"),
	text("tones.vendor", "the vendor's word for the country", maybe),
}

var deskFields = []render.Field{
	number("network.vlan", "VLAN of the phone, 1 to 4094; absent: untagged", maybe),
	number("network.vlan_priority", "802.1p priority 0 to 7"),
	number("network.pc_vlan", "VLAN of the PC port, 1 to 4094; absent: untagged", maybe),
	number("network.pc_vlan_priority", "802.1p priority 0 to 7"),
	yesNo("network.lldp", "learn the VLAN by LLDP-MED"),
	yesNo("network.cdp", "learn the VLAN by CDP"),
	number("network.dscp_sip", "DSCP of signalling, 0 to 63"),
	number("network.dscp_rtp", "DSCP of speech, 0 to 63"),
	yesNo("web.enabled", "the phone's own web pages"),
	text("screen.idle_text", "shown on the idle screen, such as the Phone ID while nobody sits there", ofOne|maybe),
	text("screen.idle_url", "page for the idle screen; absent where the model draws none", ofOne|maybe),
	text("screen.menu_url", "page at which people log in and out; absent where the model draws none", ofOne|maybe),
	text("screen.wallpaper", "URL of a picture", maybe),
	number("screen.backlight", "seconds until the light goes out; 0: never", maybe),
}

var personFields = []render.Field{
	number("ring.tone", "ringing tone, counted from 1", maybe),
	number("ring.volume", "0 to 9", maybe),
	yesNo("calls.waiting", "a second call is signalled"),
	yesNo("calls.feature_sync", "do-not-disturb and forwards are kept in step with us"),
	yesNo("calls.intercom", "calls that ask for it are answered by themselves"),
	number("calls.dial_timeout", "seconds after the last digit until the call goes out"),
}

// The digits of the organization's code records, each absent where there is none.
var codeFields = []render.Field{
	text("codes.pickup", "pick up a call that rings elsewhere", maybe),
	text("codes.park", "park a call", maybe),
	text("codes.seat", "sit down at this phone, and leave it", maybe),
	text("codes.record", "record a call", maybe),
	text("codes.queue", "join or leave a queue", maybe),
	text("codes.transfer", "transfer without asking", maybe),
	text("codes.voicemail", "listen to voicemail", maybe),
	text("codes.dnd", "do not disturb, on and off", maybe),
	text("codes.forward", "forward, on and off", maybe),
}

// Absent altogether: the phone's firmware is left alone.
var firmwareFields = []render.Field{
	text("firmware.version", "version the phone is to load", ofOne|maybe),
	text("firmware.url", "URL of the file", ofOne|maybe),
	text("firmware.file", "name of the file", ofOne|maybe),
	text("firmware.base", "URL of its folder, ends with a slash", ofOne|maybe),
}
