package provisioning_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"cradle/provisioning/rowstest"
)

// answer is what answers a complaint about another provisioning server: tests,
// by name, or why it does not concern us.
type answer struct {
	number int
	about  string
	tests  string // with spaces between; empty: see why
	why    string
}

// complaints are those of other servers' users, in our own words.
var complaints = []answer{
	{1, "who knows a MAC gets the passwords", "TestEverythingRefusedIsTheSameAnswer TestLifeOfAnImportedPhone", ""},
	{2, "a vendor's addresses are walked through", "TestSweepFromOutside TestSweepFromInside", ""},
	{3, "TFTP gives everything to everybody", "TestTFTPPolicies TestStrangersGetSilence", ""},
	{4, "a MAC is taken for a proof", "TestCertificateGivesAllSettings TestWindowAfterApproval", ""},
	{5, "administrators cannot see a phone's file", "TestRenderForThePortalMasksSecrets TestSettingsAndFilesAreExplained", ""},
	{6, "digest passwords break when switched on", "", "no phone is asked for an HTTP password: its token stands in its address"},
	{7, "phones that nobody deployed get final passwords", "TestSiteThatApprovesGivesNoSecret TestApprovalRotatesWhatTheLobbyLearnt", ""},
	{8, "the address written is never https", "TestPhoneMovesToHTTPS TestHTTPSOnlyForThoseWhoHaveOurAuthority", ""},
	{9, "safe means that phones cannot come back", "TestLifeOfAnImportedPhone TestAdoptionApprovalAndRearming", ""},
	{10, "a phone with a past goes to its old server", "TestPlugAndPlay TestRetiredPhoneIsEmptied", ""},
	{11, "old phones cannot do the web door's TLS", "TestOldDoor TestDoorForOldPhones TestOldPhonesCertificatesAndTime", ""},
	{12, "nobody knows whom stricter TLS cuts off", "TestOldTLSIsRememberedByPhone TestRefusesOldTLS", ""},
	{13, "SIP over TLS fails with old ciphers", "TestServesRSAToOldPeers TestASiteRegistersOverTLS", ""},
	{14, "phonebooks over encrypted LDAP hang", "", "phonebooks are files that come by the phone's own door: TestPhonebook"},
	{15, "an ampersand in a password spoils the file", "TestAmpersandInASecretKeepsTheFileWhole", ""},
	{16, "an empty password is written wrong", "TestLinesWithoutAPasswordAreEmptiedNotLeftOut", ""},
	{17, "a MAC in the other letter case is not found", "TestNamesOfFilesInEitherCase", ""},
	{18, "the same of another vendor", "TestNamesOfFilesInEitherCase", ""},
	{19, "names in two spellings", "TestEverySettingIsSpelledOneWay", ""},
	{20, "a renamed folder loses a vendor's phones", "TestModelsThatWereMissedElsewhere TestEveryModelBoots", ""},
	{21, "a gap stays unfilled", "TestNothingIsLeftUnexpanded", ""},
	{22, "lamps without pickup that nobody can mend", "TestLampsOfSnomCarryTheirPickup TestAdministratorUploadsATemplate", ""},
	{23, "a mark in a name breaks XML", "TestWhatAFormatCannotHoldIsLeftOut TestOwnSettingsThatDoNotFitAreLeftOut TestASettingThatNoFileHoldsIsRefused", ""},
	{24, "a model asks for a file of its own", "TestModelsThatWereMissedElsewhere", ""},
	{25, "new families are missing", "TestModelsThatWereMissedElsewhere TestModelFolderDroppedIntoARunningAppliance", ""},
	{26, "two vendors share addresses", "TestGigasetsWithSnomsPrefix TestMACsMustAgree", ""},
	{27, "a wireless model needs a pattern that lasts", "TestModelsThatWereMissedElsewhere TestOverlay", ""},
	{28, "each model waits for a release", "TestModelFolderDroppedIntoARunningAppliance TestModelComesWhileServing", ""},
	{29, "the password's form changed with the family", "TestNewYealinksTakeTheBarePassword", ""},
	{30, "copies of a template drift apart", "TestInherited TestEveryFamilyThatCanEncryptIsTold", ""},
	{31, "keys are missing as a value was never set", "TestWhatMayNotBeAbsentIsThere TestKeysConcernTheirPhones", ""},
	{32, "a firmware renumbered its keys", "TestFactsByModelAndFirmware", ""},
	{33, "a plugin for each firmware", "TestFactsByModelAndFirmware TestInherited", ""},
	{34, "one old model needs TFTP and long XML", "TestModelsThatWereMissedElsewhere TestE2EEveryVendorThroughEveryDoor", ""},
	{35, "a rule for a file's name is missing", "TestModelsThatWereMissedElsewhere", ""},
	{36, "an intercom's names are unreachable", "TestModelsThatWereMissedElsewhere", ""},
	{37, "a general file comes before the phone's own", "TestEveryModelBoots TestCommonFilesForSiteNetworks", ""},
	{38, "nobody sees why a phone is not served", "TestWhyNot", ""},
	{39, "all keys land on line 1", "TestSettingsReachEveryLine", ""},
	{40, "keys of the template clash with one's own", "TestNoKeyIsSaidTwice", ""},
	{41, "layouts by role, given to many at once", "TestLayoutOfAPhoneIsItsOwnElseItsProfiles TestKeysFitAModel", ""},
	{42, "modules of one size only", "TestKeysOfEveryModule", ""},
	{43, "a module makes it crash", "TestKeysOfEveryModule TestFit", ""},
	{44, "a directory stays empty", "TestPolyDirectoriesAreFilled", ""},
	{45, "what an old server left cannot be emptied", "TestByHandReplaces TestWhoLeavesIsWrittenOut", ""},
	{46, "lamps never change", "TestLampsAndFeatureKeys TestLampOfACall TestLampsFollowTheKeys", ""},
	{47, "restarting a phone from the page", "TestTheOtherEvent TestByHand", ""},
	{48, "another event reads without a restart", "TestMilderEvent", ""},
	{49, "one phone's change touches all of a number", "TestOnePhonesChangeTouchesNoOther", ""},
	{50, "finer events for years", "TestMilderEvent TestTheOtherEvent", ""},
	{51, "a refusal of the restart is not told", "TestFailures", ""},
	{52, "a vendor without its event", "TestFamilyFaultsAreNamed TestBuiltInCatalogue", ""},
	{53, "commands over HTTP were dropped by firmware", "", "phones are told by NOTIFY alone"},
	{54, "another owner means no registration", "TestAssignedPhoneRings TestSeatChangeTouchesBothPhones", ""},
	{55, "templates by organization and site", "TestNearestScopesTemplateIsServed TestLayers", ""},
	{56, "a setting for line 1 only", "TestSettingsReachEveryLine", ""},
	{57, "the built-in template vanishes behind a copy", "TestAdministratorUploadsATemplate", ""},
	{58, "a folder elsewhere is not seen", "TestFolderIsFollowed TestOverlay", ""},
	{59, "firmware needs rules by hand", "TestFirmwareByHTTP TestFirmwareUpload", ""},
	{60, "an update breaks all phones at once", "TestBrokenTemplateIsStopped TestTemplateThatDoesNotRenderFallsBack", ""},
	{61, "a new number does not reach the phone", "TestAnEditReachesThePhone", ""},
	{62, "a vendor's redirection asks for a PIN", "", "no redirection over the internet is used"},
	{63, "templates that read files", "TestHostileTemplates TestRefusedTemplates", ""},
	{64, "who forgot to log out blocks the desk", "TestSeatsFollowTheRulesInEveryHistory", ""},
	{65, "somebody sits at two phones", "TestSeatsFollowTheRulesInEveryHistory TestGuestRingsWhereHeSits", ""},
	{66, "a forward logs somebody out", "", "nothing but the seat's own code writes who sits where: TestSeatsFollowTheRulesInEveryHistory"},
	{67, "phones and people that never move", "TestSeatsFollowTheRulesInEveryHistory TestFreePhonesOfASite", ""},
	{68, "a phone locks for want of emergency numbers", "TestSnomsKnowEmergencyNumbers", ""},
}

// TestComplaintsAreAnswered: each complaint has a number of its own and a test
// that is there, or a reason.
func TestComplaintsAreAnswered(t *testing.T) {
	for i, c := range complaints {
		if c.number != i+1 || c.about == "" || (c.tests == "") == (c.why == "") {
			t.Errorf("%d: %+v", i+1, c)
		}
		thereAre(t, fmt.Sprintf("%d, %s", c.number, c.about), c.tests+" "+strings.Join(testName.FindAllString(c.why, -1), " "))
	}
	if len(complaints) != 68 {
		t.Errorf("%d of 68", len(complaints))
	}
}

var testName = regexp.MustCompile(`\bTest[A-Z]\w+`)

// thereAre wants tests of these names, with spaces between.
func thereAre(t *testing.T, what, names string) {
	t.Helper()
	rowstest.There(t, what, names)
}
