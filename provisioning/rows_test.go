package provisioning_test

import "testing"

// row is one promise of what was ordered, and the tests that prove it. Walks
// through the pages in Chromium are tests named TestE2E...InChromium.
type row struct {
	id, promise string
	tests       string // with spaces between
}

// rows are those that concern how phones get their settings, in our own words.
var rows = []row{
	{"F001", "one edit of a template reaches all phones that use it", "TestOneTemplateEditReachesManyPhones TestFiftyPhonesOfOneTemplate"},
	{"F002", "an own template beside the built-in one", "TestAdministratorUploadsATemplate TestNearestScopesTemplateIsServed"},
	{"F003", "a user chooses no template for his phone", "TestAUserChangesWhatIsHisOwn TestEveryRouteAsEveryRole TestE2ETelephonyInChromium"},
	{"F004", "a template is for one model", "TestATemplateServesItsOwnModelOnly"},
	{"F005", "the notice after an extension was added", "TestE2EInventoryInChromium"},
	{"F006", "its first link opens the devices", "TestE2EInventoryInChromium"},
	{"F007", "its second link: preferences, and all new ones at once", "TestE2EInventoryInChromium"},
	{"F008", "every model has a default file without gaps", "TestGoldenFiles TestNothingIsLeftUnexpanded"},
	{"F009", "a local server for the phones where an extension is at home", "TestLocalServerOfAnExtension TestDisplayAndLocalServer TestE2EInventoryInChromium"},
	{"F011", "equipment is described and shown to everybody", "TestE2EInventoryInChromium TestAUserChangesWhatIsHisOwn"},
	{"F012", "the inventory of devices", "TestE2EInventoryInChromium TestDevices"},
	{"F013", "a device is added once", "TestE2EInventoryInChromium TestADuplicateMACNamesThePhoneThatHasIt"},
	{"F014", "an extension is assigned and active at once", "TestAssignedPhoneRings TestE2EInventoryInChromium"},
	{"F018", "only the site's Phone IDs are offered", "TestFreePhonesOfASite TestE2EInventoryInChromium"},
	{"F019", "devices that people log in at themselves are not offered", "TestFreePhonesOfASite TestE2ESeatsInChromium"},
	{"F020", "where nothing is free: whom to ask", "TestTheOperatorsContactIsToldToEverybody TestE2EInventoryInChromium"},
	{"F255", "both parts of a label are in the file", "TestTwoPartLabel"},
	{"F301", "phones come up by themselves", "TestPhonesBootRegisterAndTalk TestPhoneArrivesUnknown TestE2EEveryVendorThroughEveryDoor"},
	{"F302", "upload, validate, preview, activate", "TestAdministratorUploadsATemplate TestE2ETemplatesInChromium"},
	{"F307", "the same bytes by every door", "TestSameSettingsByEveryDoor TestE2ECurlAndTFTP"},
	{"F308", "TLS and encrypted voice without a hand", "TestASiteRegistersOverTLS TestPhoneMovesToHTTPS TestE2EBaresipMustEncrypt TestE2EABrowserIsAPhone"},
	{"D01", "a new phone is on the open page within two seconds", "TestAPhoneAppearsOnTheOpenPage TestAGuessIsCalledOne TestE2EOnboardingInChromium"},
	{"D02", "an unknown make appears and is taught", "TestAPhoneNobodyHasHeardOfIsTaught TestTeachingOverTheAPI TestTeachingHarmsNobody"},
	{"D03", "assigned with one click or by dragging, and it rings", "TestAssignedPhoneRings TestE2EOnboardingInChromium"},
	{"D04", "three clicks, or the keyboard and a scanner", "TestE2EOnboardingInChromium TestE2EImportInChromium"},
	{"D07", "the time line, from the first question to the first call", "TestDevices TestEveryDoor TestE2EPhoneInChromium"},
	{"D08", "why not", "TestWhyNot TestE2EPhoneInChromium"},
	{"D09", "no cloud is needed", "TestGoldenSnippets TestDHCPLinesOfASite TestPlugAndPlay TestEveryDoor TestRemotePhoneByOneTimeURL TestE2EHouseInChromium"},
	{"D10", "an editor that knows every value, with preview and comparison", "TestE2ETemplatesInChromium TestE2EPhoneInChromium TestExplainFileTellsLayersAndWhatHasChanged"},
	{"D11", "a text is judged by its model, line by line", "TestJudge TestPreviewAndCheck TestE2ETemplatesInChromium"},
	{"D12", "each line names its layer", "TestLinesNameTheirLayers TestE2EPhoneInChromium"},
	{"D13", "how many phones change and restart; roll-outs stop by themselves", "TestPreviewOfManyPhones TestPreviewCountsWhoRestarts TestGoodTemplateReachesAll TestBrokenTemplateIsStopped TestE2ERolloutsInChromium TestE2EBadTemplateInChromium"},
	{"D14", "versions, restoring, one file in and out, tests at saving", "TestAdministratorUploadsATemplate TestVersionsOfATemplateCountUpAndNeverChange TestE2ERolloutsInChromium"},
	{"D15", "same input, same bytes", "TestSettingsAreTheSameBytes TestSameBytesEveryTime"},
	{"D16", "secrets only for who shows his password again", "TestSecretsAreForWhoShowsHisPassword TestRenderForThePortalMasksSecrets TestNoSecretIsShown TestCanaries TestAnExportWithoutSecretsHasNone"},
	{"D17", "what has drifted is said and mended", "TestKnownOfAPhone TestDriftOfFirmware TestCluesAndDriftAreShownAndMended"},
	{"D18", "keys are drawn, filled by rules, named by people, and nobody's erase an administrator's", "TestE2ETemplatesInChromium TestE2EHouseInChromium TestDepartmentKeysAreOfTheOthersByName TestArrange TestFit"},
	{"D46", "TLS without a hand: authority, address and certificate of its own", "TestPhoneMovesToHTTPS TestOwnCertificates TestCertificateGivesAllSettings TestOldTLSOverTheAPI TestTFTPPolicies"},
}

// TestRowsAreProven: each row once, with tests that are there.
func TestRowsAreProven(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range rows {
		if seen[r.id] || r.promise == "" || r.tests == "" {
			t.Errorf("%s: twice, or without a promise or a test", r.id)
		}
		seen[r.id] = true
		thereAre(t, r.id+", "+r.promise, r.tests)
	}
	if len(seen) != 21+17 {
		t.Errorf("%d rows", len(seen))
	}
}
