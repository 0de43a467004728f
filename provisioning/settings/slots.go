package settings

// Where the values lie that are made in code, looked up once.
var (
	atMAC, atMACUpper, atMACColons      = slot("phone.mac"), slot("phone.mac_upper"), slot("phone.mac_colons")
	atModel, atLabel, atVendor          = slot("phone.model"), slot("phone.label"), slot("phone.vendor")
	atFirmware, atID, atName, atPerson  = slot("phone.firmware"), slot("phone.id"), slot("phone.name"), slot("phone.person")
	atFree, atGuest, atWaiting          = slot("phone.free"), slot("phone.guest"), slot("phone.waiting")
	atHost, atPort, atMinutes, atDomain = slot("server.host"), slot("server.port"), slot("server.expires_minutes"), slot("server.domain")
	atBackupHost, atBackupPort          = slot("server.backup_host"), slot("server.backup_port")
	atOutboundHost, atOutboundPort      = slot("server.outbound_host"), slot("server.outbound_port")
	atURL, atScheme, atAddress          = slot("provision.url"), slot("provision.scheme"), slot("provision.address")
	atURLHost, atURLPort, atURLPath     = slot("provision.host"), slot("provision.port"), slot("provision.path")
	atCertificate                       = slot("provision.certificate")
	atAuthority, atIntervalSeconds      = slot("provision.authority"), slot("provision.interval_seconds")
	atAuthorities                       = slot("provision.authorities")
	atAdmin, atUser                     = slot("auth.admin_password"), slot("auth.user_password")
	atTime, atZoneVendor, atPosix       = slot("time.server"), slot("time.zone_vendor"), slot("time.posix")
	atOffset, atHours, atOffsetMinutes  = slot("time.offset"), slot("time.offset_hours"), slot("time.offset_minutes")
	atSummer, atSummerMinutes           = slot("time.summer"), slot("time.summer_minutes")
	atStart, atEnd                      = slot("time.start_month"), slot("time.end_month") // and week, weekday, hour, day after them
	atLanguageVendor                    = slot("language.vendor")
	atCountry, atTonesVendor            = slot("tones.country"), slot("tones.vendor")
	atIdleText, atIdleURL, atMenuURL    = slot("screen.idle_text"), slot("screen.idle_url"), slot("screen.menu_url")
	atCodes                             = slot("codes.pickup") // and the others after it
	atVersion, atFirmwareURL            = slot("firmware.version"), slot("firmware.url")
	atFirmwareFile, atFirmwareBase      = slot("firmware.file"), slot("firmware.base")
	atLines, atKeys, atModules          = slot("lines"), slot("keys"), slot("modules")
	atCodecs, atCodec, atCodecFirst     = slot("codecs"), slot("codec_list"), slot("codec_first")
	atActions, atExtra                  = slot("actions"), slot("extra")
	atBooks, atContacts                 = slot("phonebooks"), slot("contacts")
	atBookName, atBookKind              = slot("book.name"), slot("book.kind")
	atPage                              = slot("page.title") // and the others after it
)

func slot(name string) int { return phoneShape.Slot(name) }
