package main

import (
	"testing"

	"cradle/provisioning/rowstest"
)

// registrarRows are the demands on the registrar and the front door, in our
// words, and the tests that show them.
var registrarRows = []struct{ about, tests string }{ //nolint:gochecknoglobals // a table
	{"F087: pinged, and unreachable while it does not answer", "TestPing TestE2EConnectionInChromium"},
	{"F089: of a private network: at its Contact, offered where the site has networks", "TestPrivateNetwork TestE2EConnectionInChromium"},
	{"F090: watchers hear what the phone publishes, and nothing else", "TestPublished TestE2EConnectionInChromium"},
	{"F091: told of messages without having asked", "TestMessagesUnasked TestE2EConnectionInChromium"},
	{"F093: a phone that does not register, at its address, with or without credentials", "TestFixedAddress TestE2EConnectionInChromium"},
	{"F094: a second one without credentials is refused by the first one's extension", "TestOnePhoneAnAddressWithoutCredentials TestE2EConnectionInChromium"},
	{"F095: without an address there is no choice", "TestDeskSettings TestE2EConnectionInChromium"},
	{"F096: called by UDP or TCP, UDP at first", "TestFixedAddressIsCalled TestE2EConnectionInChromium"},
	{"F097: allowed addresses, up to /24", "TestDeskSettings TestE2EConnectionInChromium"},
	{"F098: from elsewhere 403, and an event", "TestAllowFrom"},
	{"F099: several, in rows that come and go", "TestE2EConnectionInChromium"},
	{"F100: TLS: port 5061 in the settings, refused in clear", "TestTLSRequired TestTransportAndPort TestASiteRegistersOverTLS"},

	{"sockets: several for UDP, TCP, TLS, WebSocket in clear and over TLS, IPv6", "TestEverySocketIsRead TestRegisterOverEveryTransport TestWebSocketAcceptance TestIPv6"},
	{"deadlines and caps, by source and in all", "TestUntrustedConnectionsEnd TestHandshakesEndAtTheirDeadline TestUntrustedWebSocketsEnd TestConnectionCaps TestCapsCountHandshakes TestWebSocketCaps"},
	{"frames, Origin, subprotocol", "TestWebSocketFrames TestFramesComeBack TestWebSocketHandshakes TestForeignPagesAreRefused"},
	{"certificates are replaced while it runs", "TestCertificateFilesAreReplaced TestCertificateIsAskedForEachTime"},
	{"every trap of the stack below", "TestTraps"},
	{"memory after a flood returns", "TestMemoryAfterAFlood TestE2EHostileMinutes"},

	{"nonces count, grow stale, serve once", "TestNonceCounts TestNonceGrowsOld TestCredentialsServeOnce TestRFC7616Example"},
	{"Min-Expires, Contact: *, order by CSeq, limits", "TestStarFetchAndLimit TestOrderAndLimit TestTheSameRequestAgain TestExpiry"},
	{"a rebooted phone leaves no ghost; instance and reg-id", "TestReplaceInPlace TestNoGhosts TestOneFlowOfAPhone"},
	{"flows, Flow-Timer, Path, GRUU", "TestFlows TestFlowTimer TestPath TestGRUU"},
	{"received and rport, with the phone's help and without", "TestAnswerNamesTheRealSource TestTorture"},
	{"keep-alives: CRLF, OPTIONS, STUN", "TestStreamFraming TestKeepAlivesOnUDP TestWebSocketFrames TestPing"},
	{"the expiry granted is spread", "TestExpiryIsSpread"},
	{"a stream's bindings live with their connection", "TestConnectionGoneMeansFlowLost TestTLSFlowIsLostAndBack"},
	{"after a restart: UDP at once, streams as soon as they are back", "TestBindingsSurviveARestart TestRestartKeepsRegistrations TestSubscriptionsSurvive"},
	{"on streams the settings ask for keep-alives every 30 s and 300 s of registration", "TestAStreamIsHeldOpen TestGoldenFiles"},

	{"full state at first, versions, expiry, coalesced, kept over a restart, bounded", "TestSubscription TestNewestCounts TestSubscriptionsSurvive TestCaps TestMany TestSubscribeRefused"},
	{"dialog, presence, PUBLISH, lists", "TestLampOfACall TestPresence TestPublished TestList TestLampsAndFeatureKeys"},
	{"message-summary against the mailbox's counter", "TestMessages TestMessagesUnasked"},
	{"feature keys and the record, both ways", "TestFeatureKeys TestLampsAndFeatureKeys"},
	{"check-sync goes out, and a phone that asks who tells it is answered", "TestNotify TestNotifyAs TestAPhoneAsksWhoTellsIt"},
	{"hoteling on the desk", "TestLogInAndOutBySoftkey"},

	{"budgets before there is a transaction, bans", "TestStrangersBudgetAndBan TestSteadyGuessersAreBanned TestSourcesAreBounded"},
	{"equal answers, at equal cost", "TestStrangersAllLookAlike TestUnknownWrongAndOffGetTheSame TestStrangersCostAlike"},
	{"identity from the phone that proved itself alone", "TestWhoIsTalking TestNobodyRegistersSomebodyElse"},
	{"RFC 4475 and RFC 5118 over every transport", "TestRFC4475 TestRFC5118"},
	{"overload: 503 with a random Retry-After, in order; emergency calls through everything", "TestOverloadSendsNewcomersAway TestOrderOfPriority TestEmergencyOverEveryBudget"},
	{"ten hostile minutes with calls up", "TestE2EHostileMinutes"},
	{"docs/security.md names every limit", "TestDocsSecurityNamesEveryLimit"},

	{"traces, masked at capture; ladder; capture file", "TestMask TestWhoIsTraced TestLadder TestPcap TestALampFollowsACallThatIsTraced TestE2ESightInChromium"},
	{"registrations live, their history, flapping", "TestRegistrationsAndTraces TestE2ESightInChromium"},
	{"metrics name nobody", "TestMetrics"},

	{"strangers: SIPp, baresip, linphone, sipsak, SIPVicious", "TestE2ESIPpRegistersAndRefreshes TestE2ESIPpAndBaresip TestE2EBaresipOverTLS TestE2ELinphone TestE2ESipsak TestE2ESIPVicious"},
	{"a browser", "TestE2EABrowserIsAPhone TestABrowserRegisters"},
}

// TestRegistrarRowsAreShown: each has tests that are there.
func TestRegistrarRowsAreShown(t *testing.T) {
	for _, r := range registrarRows {
		if r.tests == "" {
			t.Errorf("%s: no test", r.about)
		}
		rowstest.There(t, r.about, r.tests)
	}
}
