package provisioning_test

import "testing"

// promises are the sentences of what is said of safety, as far as they concern
// how phones get their settings: the trust ladder, its throttles and alarms, the
// doors and the templates.
var promises = []row{
	{"unknown", "outside every site, or past adoption: one and the same 404", "TestEverythingRefusedIsTheSameAnswer TestRefusalsDoTheSameWork TestRefusalsTakeTheSameTime TestSweepFromOutside"},
	{"seen", "no secret before approval", "TestSiteThatApprovesGivesNoSecret TestLadder TestCertificateGivesNoMoreThanTheStep"},
	{"lobby", "an account that reaches seat codes and emergency numbers", "TestUnknownPhoneIsAdoptedIntoTheLobby TestPhoneArrivesUnknown"},
	{"approved", "by a click, an import or a typed Phone ID", "TestAdoptionApprovalAndRearming TestLifeOfAnImportedPhone TestAFileApprovesAPhoneOfTheLobbyWithAnotherSecret"},
	{"token", "back on its own address and registered", "TestLifeOfAnImportedPhone TestLadder"},
	{"certificate", "a factory's or ours, with the MAC that is asked for", "TestCertificateGivesAllSettings TestCertificateThatProvesNothing TestOwnCertificates TestOurOwnDeviceCertificate"},
	{"same asker", "a second asker gets neither token nor Phone ID, and is a conflict", "TestSecondAskerGetsNothingAndIsAConflict TestFirstAskerIsKnownAfterARestart"},
	{"approval rotates", "what the lobby learnt is worthless", "TestApprovalRotatesWhatTheLobbyLearnt"},
	{"window", "without a token: a window after approval, grace after registering, then its address", "TestWindowAfterApproval TestLadder TestLifeOfAnImportedPhone"},
	{"sources off", "the first settings switch DHCP and plug-and-play off", "TestLifeOfAnImportedPhone TestGoldenFiles"},
	{"re-arm", "a new window, a new secret, a new Phone ID", "TestAdoptionApprovalAndRearming TestRearmClosesARemoteURLAndForgetsTheCertificate TestDevices"},
	{"replace", "the new one has all, the old one nothing", "TestReplaceGivesTheNewPhoneEverything TestReplaceInPlace TestReplaceOverTheAPI"},
	{"retire", "emptied and revoked", "TestRetiredPhoneIsEmptied TestRetiredPhonesTakePartInNothing"},
	{"TFTP", "what seen may hold, unless its site or its model says otherwise", "TestTFTPPolicies TestStrangersGetSilence"},
	{"TFTP in full", "the phones that get everything over it are listed", "TestPhonesInFullOverTFTP TestPhonesThatGetEverythingOverTFTP"},
	{"adoption caps", "so many a minute, so many in all, then an alarm", "TestAdoptionCaps TestAlarmsOfTheAdoptionCaps TestSweepFromInside TestOnlyOneOfManyAdopts"},
	{"misses outside", "ten in ten minutes, and it is ignored for an hour", "TestTenMissesFromOutsideAreIgnoredForAnHour TestMissesFromOutsideAreIgnored TestMissesAreForgottenAfterTheWindow"},
	{"misses inside", "an alarm", "TestMissesFromInsideOnlyAlarm TestClosedSiteIsNoAlarmButTenMissesAre"},
	{"no misses", "files that a model is known to ask for", "TestWhatAModelAsksForIsNoMiss"},
	{"sweep", "over one prefix, wherever its requests come from", "TestSweepOverOnePrefixAlarms TestSweepFromOutside TestSweepFromInside TestAlarmOfASweep"},
	{"remote", "an address that works once, within a day", "TestRemotePhoneByOneTimeURL TestOneTimeAddressOfARemotePhone TestOneTimeURLIsUsedByAFileOnly TestOneTimeURLEndsWithThePhone"},
	{"secrets", "random for each phone, letters and digits only", "TestSecretsOfPhonesAreRandom"},
	{"agree", "MACs in path, User-Agent and certificate", "TestMACsMustAgree TestCertificateOfAnotherPhone"},
	{"no store", "neither on disk nor in anybody's cache", "TestNoRenderingIsOnDisk TestOddRequestsAreServed"},
	{"equal answers", "bytes, headers and the work behind them", "TestEverythingRefusedIsTheSameAnswer TestRefusalsAreEqual TestRefusalsDoTheSameWork TestRefusalsTakeTheSameTime"},
	{"time", "from the site's server or from us; certificates from 1970 on", "TestAnswersClients TestClockThatIsNotSet TestOldPhonesCertificatesAndTime TestIssueDevice"},
	{"alarms", "bounded, folded, kept, of their organization, and in words", "TestAlarmsAreBoundedToldAndKept TestAlarmsOfStrangersAreFolded TestAlarmsAreTheOrganizations TestEveryAlarmIsSaidInWords"},
	{"why not", "every refusal is explained", "TestWhyNot TestWhyNotOfCertificates TestWhyNotOfFirmware"},
	{"TFTP guard", "one transfer a port, few datagrams to the unproven, budgets, an end", "TestThreeDatagramsToTheUnproven TestRepeatedRequest TestBudgets TestTotalBound TestEndOfLife TestFirmwareHasItsOwnTime TestOnlyThePeerIsHeard"},
	{"web doors", "limits for sources, slow ones, uploads; odd requests are served", "TestConnectionsOfASource TestConnectionsOfAllStrangers TestSlowStrangersAreCut TestSlowBodiesAndReaders TestUploadsOfAllKinds TestOddRequestsAreServed"},
	{"rendering", "bounded, and 503 above it", "TestRenderingIsBounded TestFirmwareAtOnce"},
	{"templates", "vetted, within budgets, escaped, nothing missing", "TestHostileTemplates TestRefusedTemplates TestBudget TestHostileValuesInEveryFormat TestWhatMayNotBeAbsentIsThere"},
	{"versions", "the last one that rendered, and the portal says why", "TestTemplateThatDoesNotRenderFallsBack TestLastGoodVersionSurvives TestPreviewAndCheck"},
	{"old forms", "a copy before a step, a newer form refused", "TestSchemaSteps TestACopyIsKeptBeforeTheStoreChangesItsForm TestUDPThatNobodyChose TestATransportIsWhatTheFileNames"},
	{"secrets shown", "to who shows his password again, and the audit knows", "TestSecretsAreForWhoShowsHisPassword TestNoSecretIsShown TestCanaries TestFaultsHoldNoSecrets"},
}

// TestPromisesAreProven: each sentence once, with tests that are there.
func TestPromisesAreProven(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range promises {
		if seen[p.id] || p.promise == "" || p.tests == "" {
			t.Errorf("%s: twice, or without words or a test", p.id)
		}
		seen[p.id] = true
		thereAre(t, p.id, p.tests)
	}
}
