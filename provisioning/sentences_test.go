package provisioning_test

import "testing"

// sentences are what was ordered of provisioning beside its rows: sentence by
// sentence, in our own words, each with the tests that prove it.
var sentences = []struct{ said, tests string }{
	// Catalogue.
	{"500 models of 30 vendors, each with what is known and how sure that is", "TestTheCatalogueIsAsLargeAsPromised TestBuiltInCatalogue TestEveryKeyIsRead TestReferencePages"},
	{"a dropped folder is a model of the running appliance", "TestModelFolderDroppedIntoARunningAppliance TestFolderIsFollowed TestModelComesWhileServing"},
	{"families inherit, firmware differences are layers", "TestInherited TestFactsByModelAndFirmware"},
	{"golden files of each model, which its format's validator accepts", "TestGoldenFiles TestDelta TestRenderedFormats"},
	{"a model without files of ours is known by what it sends", "TestEveryModelsOwnAgentIsRecognised TestEveryModelIsKnownByWhatItSaysInSIP TestAFileNamesItsFamily"},
	// Settings.
	{"one documented, typed schema", "TestSchemaIsWhole TestEverySettingIsSpelledOneWay TestCheck TestReferencePages"},
	{"its settings reach the files of the vendors that have them", "TestSettingsReachTheirValues TestSettingsReachEveryLine TestEveryFamilyThatCanEncryptIsTold"},
	{"layers, in their order, desk and person apart", "TestLayers TestOrigin TestDeskStaysPersonFollows TestSettingsAreStacked"},
	{"each line says which layer gave it", "TestLinesNameTheirLayers TestExplainFileTellsLayersAndWhatHasChanged"},
	{"what disappears is written with the vendor's clearing value", "TestWhoLeavesIsWrittenOut TestLinesWithoutAPasswordAreEmptiedNotLeftOut"},
	{"same input, same bytes", "TestSameBytesEveryTime TestSettingsAreTheSameBytes"},
	{"documents are judged as pages are, on a stopped appliance and at set-up as well", "TestCommands TestApplyRefusesASettingThatNoFileHolds"},
	// Keys.
	{"every type of key, in layouts by role, with modules, and what does not fit is said", "TestBecome TestArrange TestFit TestKeysFitAModel TestKeysOfEveryModule"},
	{"labels follow renames; nobody's own key displaces an administrator's", "TestDepartmentKeysAreOfTheOthersByName TestArrange"},
	// Doors.
	{"HTTP as phones speak it", "TestOddRequestsAreServed TestOddClients TestPieces TestSeveralPieces TestHead TestNamesOfFilesInEitherCase TestPathsAsPhonesWriteThem"},
	{"phones' own uploads are accepted", "TestUploads TestUploadsAreTakenQuietly TestUploadsOfAllKinds"},
	{"a door for old TLS, off until it is opened, that says who needs it", "TestDoorForOldPhones TestRefusesOldTLS TestOldTLSIsRememberedByPhone TestOldTLSOverTheAPI"},
	{"factory certificates, with the MAC in them", "TestHandshake TestMACsMustAgree TestCertificateGivesAllSettings TestCertificateOfAnotherPhone"},
	{"our authority in the settings, or how it gets there by hand", "TestAuthorityReachesPhonesThatCheckIt TestAuthorityByHand TestHTTPSOnlyForThoseWhoHaveOurAuthority TestPhoneMovesToHTTPS"},
	{"TFTP behind its guard", "TestTFTPPolicies TestThreeDatagramsToTheUnproven TestPhonesInFullOverTFTP"},
	{"plug-and-play on every interface", "TestPlugAndPlay TestAnswersWithURL TestPnPTargets"},
	{"lines for five DHCP servers, made for the site", "TestGoldenSnippets TestDHCPOptionsOfASite TestDHCPLinesOfASite"},
	{"time for sites without a server", "TestAnswersClients TestOldPhonesCertificatesAndTime"},
	// Onboarding.
	{"an unknown phone is in the browser within two seconds, with all that is known", "TestAPhoneAppearsOnTheOpenPage TestE2EOnboardingInChromium TestStreamShowsPhonesAndCalls"},
	{"conflicts of clues are said", "TestCluesAndConflicts TestCluesAndDriftAreShownAndMended"},
	{"an unknown make appears and is taught", "TestAPhoneNobodyHasHeardOfIsTaught TestE2ETeachInChromium"},
	{"its Phone ID stands on its screen", "TestIdleScreensSayWhoSits TestDisplayAndLocalServer TestIdlePageFollowsWhoSits"},
	{"replace and retire", "TestReplaceGivesTheNewPhoneEverything TestReplaceOverTheAPI TestRetiredPhoneIsEmptied TestE2EPhoneInChromium"},
	{"remote phones by an address that works once", "TestRemotePhoneByOneTimeURL TestOneTimeURLIsUsedByAFileOnly TestOneTimeAddressOfARemotePhone"},
	{"import by paste, CSV and scanner, tried first, with errors by row", "TestImportOfPhones TestScan TestE2EImportInChromium"},
	// Resync.
	{"the vendor's NOTIFY to the exact contact, with a credential where it is asked for", "TestNotify TestNotifyAs TestCredentials TestAPhoneAsksWhoTellsIt TestPhonesAreToldToTrustOurNotify"},
	{"then the file and the REGISTER; another way where that fails", "TestReadAndRegistered TestTheOtherEvent TestAnEditReachesThePhone"},
	{"never in a call, spread, in the site's hours", "TestNeverInACall TestSpreadAndBounded TestHours TestHoursOfTheZone"},
	{"one phone's change touches no other", "TestOnePhonesChangeTouchesNoOther TestEqualRenderingIsNoChange"},
	// Templates.
	{"own templates by model and scope, the built-in one beside them", "TestAdministratorUploadsATemplate TestNearestScopesTemplateIsServed TestTemplatesAreFoundByScope"},
	{"vetted, validated, and judged by line: unknown, twice, wrong type, missing", "TestRefused TestJudge TestJudgeXML TestPreviewAndCheck TestWarningsAreBounded"},
	{"shown on every phone concerned, with how many change and restart", "TestPreviewOfManyPhones TestPreviewCountsWhoRestarts TestTouches"},
	{"rolled out in stages, and stopped by itself", "TestGoodTemplateReachesAll TestBrokenTemplateIsStopped TestTemplateThatDoesNotRenderIsStopped TestE2EBadTemplateInChromium"},
	{"versions, restoring, one file in and out, tests", "TestVersionsOfATemplateCountUpAndNeverChange TestE2ERolloutsInChromium TestBundlesAreBounded"},
	{"who has no right uses the default template", "TestAUserChangesWhatIsHisOwn TestEveryRouteAsEveryRole"},
	{"500 hostile templates", "TestHostileTemplates TestHostileValuesInEveryFormat TestRenderingIsBounded"},
	// Firmware, phonebooks, journal.
	{"firmware by hash, in pieces and intermediate steps, bounded, known-bad ones never", "TestFirmwareByHTTP TestFirmwareStepByStep TestFourIntermediates TestFirmwareAtOnce TestFirmware"},
	{"phonebooks in each vendor's form, by token", "TestPhonebook TestBooks TestPagesAreForPhonesThatShowTheirToken TestPolyDirectoriesAreFilled"},
	{"every request and refusal in the journal", "TestEveryDoor TestJournalKeepsTheLast64 TestDevices TestWhatAPhoneFetchedIsRemembered"},
	{"the last request replayed, with the first condition that fails", "TestWhyNot TestWhyNotOfCertificates TestWhyNotOfFirmware"},
	// Pages, speed, shown by.
	{"pages for all of it, live and by keyboard", "TestE2EOnboardingInChromium TestE2EPhoneInChromium TestE2ETemplatesInChromium TestE2EHouseInChromium TestE2EKeyboardInChromium"},
	{"no rendering on disk", "TestNoRenderingIsOnDisk"},
	{"every vendor's boot is replayed from data, through each of its doors", "TestEveryVendorBoots TestEveryModelBoots TestE2EEveryVendorThroughEveryDoor TestE2ECurlAndTFTP"},
	{"a sweep of 100,000 MACs learns nothing outside, and meets the caps inside", "TestSweepFromOutside TestSweepFromInside TestAdoptionCaps"},
	{"the author's reference has every value and function", "TestEveryFieldIsDescribed TestEveryFunctionIsExplained TestReferencePages"},
}

// TestSentencesAreProven: each once, with tests that are there.
func TestSentencesAreProven(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sentences {
		if seen[s.said] || s.tests == "" {
			t.Errorf("%s: twice, or without a test", s.said)
		}
		seen[s.said] = true
		thereAre(t, s.said, s.tests)
	}
}
