package main

import (
	"testing"

	"cradle/provisioning/rowstest"
)

// seatRow is a demand on seats, in our words, and the tests that show it; what is
// still to come is said in open.
type seatRow struct{ row, about, tests, open string }

var seatRows = []seatRow{ //nolint:gochecknoglobals // a table
	{"F010", "a phone we do not know dials no code", "TestWhoIsTalking", ""},
	{"F017", "a Phone ID on the screen of a free phone", "TestIdlePageFollowsWhoSits TestE2ESeatsFollow", ""},
	{"F018", "the phones of the number's site", "TestFreePhonesOfASite", ""},
	{"F019", "phones that are logged in by hand only", "TestSeatsFollowTheRulesInEveryHistory TestFreePhonesOfASite TestE2ETelephonyInChromium", ""},
	{"F020", "whom to ask when nothing is free", "TestTheOperatorsContactIsToldToEverybody TestE2EInventoryInChromium", ""},
	{"F021", "the dialog Handset login", "TestE2ETelephonyInChromium", ""},
	{"F022", "no login without a phone chosen", "TestE2ETelephonyInChromium", ""},
	{"F023", "told when it is done, within 10 s", "TestLoginIsPendingUntilThePhoneAnswers TestReach TestE2ETelephonyInChromium", ""},
	{"F024", "an occupied phone is named and nothing changes", "TestSeats TestE2ETelephonyInChromium", ""},
	{"F025", "OK closes", "TestE2ETelephonyInChromium", ""},
	{"F026", "it rings where it is logged in", "TestE2EStrangersHotDesk TestE2ESeatsFollow", ""},
	{"F027", "the action becomes its opposite", "TestE2ETelephonyInChromium", ""},
	{"F028", "log-out leaves it nowhere", "TestPeopleLogInAtEveryScreen TestSeatCodes", ""},
	{"F029", "one number, one handset", "TestSeats TestSeatsThroughTheAPIInEveryHistory", ""},
	{"F030", "an assigned phone is refused", "TestSeats TestE2ETelephonyInChromium", ""},
	{"F031", "the PIN logs in at the handset", "TestPeopleLogInAtEveryScreen TestHotDeskByCode", ""},
	{"F032", "pending while it is processed", "TestLoginIsPendingUntilThePhoneAnswers", ""},
	{"F034", "caller ID and rights move along", "TestDecide TestWhoIsShown", ""},
	{"F035", "records name the guest", "TestDecide", ""},
	{"F036", "virtual and base extension", "TestSeats", ""},
	{"F037", "a base that does not allow it says so", "TestPhonesThatAreNotShared TestSeatCodes", ""},
	{"F038", "no code set, no move", "TestTrueReasonsAreInTheHistory TestRefusalsAreEqual", ""},
	{"F039", "codes are hashed and limited", "TestPINsAndSecretCodes TestThreeWrongLock TestNoSecretLiesInTheStore", ""},
	{"F040", "not allowed at first", "TestMenuOffersWhatCanBeDone", ""},
	{"F041", "the warning beside it", "TestE2EInventoryInChromium", ""},
	{"F042", "anybody of the organization with a code", "TestSeatCodes", ""},
	{"F043", "the dialogue of the code", "TestSitDownByCode TestSeatCodes", ""},
	{"F044", "accepted when both are right", "TestSitDownByCode", ""},
	{"F045", "else denied, and nothing changes", "TestRefusalsAreEqual TestLockIsNotHeard", ""},
	{"F046", "calls ring at the new phone, not at the old", "TestSitDownByCode TestCodesOverSIPInRandomOrder TestE2ESeatsFollow", ""},
	{"F047", "the own phone is silent and dials codes only", "TestDecide TestGuestRingsWhereHeSits", ""},
	{"F048", "calls to the base are busy until there is voicemail", "TestDecide", ""},
	{"F049", "moving on to another phone", "TestSeatCodes TestE2ESeatsFollow", ""},
	{"F050", "home by the code at the own phone", "TestSeatCodes TestPhonesBootRegisterAndTalk", ""},
	{"F051", "home by the portal", "TestSeatHistory", ""},
	{"F052", "where it is just now", "TestSeatsThroughTheAPIInEveryHistory", ""},
	{"F053", "two guests, one phone", "TestSeatCodes TestSeatsFollowTheRulesInEveryHistory", ""},
	{"F054", "shared phones are marked", "TestSharedPhonesAreMarked TestE2EInventoryInChromium", ""},
	{"F055", "who comes home leaves his guest where he is", "TestSeatCodes TestSeatsFollowTheRulesInEveryHistory", ""},
	{"F056", "guest and host at once", "TestSeatsFollowTheRulesInEveryHistory TestCodesFollowTheRulesInEveryHistory", ""},
	{"F057", "coming home asks for nothing", "TestSeatCodes", ""},
	{"F058", "first the guest, then oneself", "TestSeatCodes TestCodesFollowTheRulesInEveryHistory", ""},
	{"F059", "only phones of the organization", "TestOtherOrganization TestOrganizationsDoNotSeeEachOther", ""},
	{"F060", "a switch, and where it is", "TestSeatsThroughTheAPIInEveryHistory", ""},
	{"F061", "one history for all doors", "TestSeatHistory TestPeopleLogInAtEveryScreen TestLogInAndOutBySoftkey", ""},
	{"F062", "whose flag and whose code", "TestEveryRouteAsEveryRole TestOwnNumbersAndSeats TestE2EOwnTelephonyInChromium", ""},
	{"F063", "a spoken dialogue; the third wrong one locks", "TestThreeWrongLock TestRefusalsAreEqual TestSitDownByCode", ""},
	{"F064", "rights and limits that exist are the person's", "TestDecide", ""},
	{"F165", "one PIN for every handset's door", "TestPeopleLogInAtEveryScreen TestHotDeskByCode", ""},
	{"F166", "the first PIN is replaced", "TestSeatCodes TestPeopleLogInAtEveryScreen TestTicket", ""},
	{"F167", "a chosen PIN is never shown", "TestNoSecretLiesInTheStore TestASecretNeverPrints", ""},
	{"F168", "the first one is shown to administrators", "TestE2ESecretsInChromium TestE2ETelephonyInChromium", ""},
	{"F169", "three wrong ones lock it", "TestThreeWrongLock TestAHundredPhonesGuess TestPeopleLogInAtEveryScreen", ""},
	{"F170", "reset", "TestResetPIN TestPeopleLogInAtEveryScreen", ""},
	{"F171", "then the first one again, to be replaced", "TestRefusalsAndLocks TestSeatCodes", ""},
	{"F172", "ended by # or by waiting", "TestSitDownByCode", ""},
	{"F229", "both forms of the code, from SIP phones", "TestSeatCodes TestCodesOverSIPInRandomOrder TestE2EStrangersHotDesk", ""},
	{"F232", "Telephony opens with the first site by name", "TestE2ETelephonyInChromium", ""},
	{"F233", "another site is chosen; a single one stands as text", "TestE2ETelephonyInChromium TestE2EBareTelephonyInChromium", ""},
	{"F234", "search by number and by whom it is assigned to", "TestE2ETelephonyInChromium TestE2EThousandNumbersInChromium", ""},
	{"F235", "Refresh, and what changes is there without it", "TestE2ETelephonyInChromium", ""},
	{"F236", "options by pointer, keyboard and touch", "TestE2ETelephonyInChromium TestE2EThousandNumbersInChromium", ""},
	{"F237", "options only where active and not main, by the API too", "TestMainAndReservedNumbers TestLoginIsPendingUntilThePhoneAnswers TestE2ETelephonyInChromium", ""},
	{"F238", "six columns", "TestE2ETelephonyInChromium", ""},
	{"F239", "both numbers ring the same phone, from inside until there are trunks", "TestDecide", ""},
	{"F240", "main, unassigned, a user, a label alone", "TestE2ETelephonyInChromium", ""},
	{"F241", "the user is shown by the label where there is one", "TestLabelLeavesTheUser TestE2EThousandNumbersInChromium", ""},
	{"F242", "main numbers are read-only", "TestMainAndReservedNumbers TestE2ETelephonyInChromium", ""},
	{"F243", "Reserved", "TestMainAndReservedNumbers TestE2ETelephonyInChromium", ""},
	{"F244", "Active", "TestMainAndReservedNumbers TestE2ETelephonyInChromium", ""},
	{"F245", "Pending, and not for ever", "TestLoginIsPendingUntilThePhoneAnswers TestPendingIsClearedAtStart", ""},
	{"F246", "Logged in, or N/A", "TestE2ETelephonyInChromium", ""},
	{"F247", "details in a pop-up", "TestE2ETelephonyInChromium", ""},
	{"F248", "features on a page, saved, and not left by mistake", "TestE2ETelephonyInChromium", ""},
	{"F249", "it shows number, extension and default PIN", "TestE2ETelephonyInChromium TestE2EThousandNumbersInChromium", ""},
	{"F250", "users who have a number cannot be chosen", "TestE2ETelephonyInChromium", ""},
	{"F251", "the assigned name appears", "TestE2ETelephonyInChromium", ""},
	{"F252", "the same action takes it back", "TestE2ETelephonyInChromium", ""},
	{"F253", "a label of two parts", "TestE2ETelephonyInChromium", ""},
	{"F254", "the label leaves the assignment", "TestLabelLeavesTheUser", ""},
	{"F255", "both parts are on the phone", "TestTwoPartLabel TestE2ETelephonyInChromium", ""},
	{"F256", "Reset PIN on the row, for exactly this number", "TestResetPIN TestE2ETelephonyInChromium", ""},
	{"F257", "the same at the user and in one's own profile", "TestE2ETelephonyInChromium TestE2EOwnTelephonyInChromium TestOwnNumbersAndSeats TestOwnLoginIsOfTheSite", ""},
	{"F258", "what is missing is said", "TestEveryRouteAsEveryRole TestE2ETelephonyInChromium TestE2EBareTelephonyInChromium TestE2EOwnTelephonyInChromium", ""},
	{"F259", "six actions in their order", "TestE2ETelephonyInChromium", ""},
	{"F260", "a number of nobody logs in as a shared one", "TestSeats TestE2ETelephonyInChromium", ""},
	{"F261", "the main number is listed, and first", "TestE2ETelephonyInChromium", ""},
	{"X01", "*30", "TestSeatCodes", ""}, {"X02", "*30 at the own phone", "TestSeatCodes TestCodesFollowTheRulesInEveryHistory", ""},
	{"X03", "# changes nothing", "TestDigits TestSitDownByCode", ""},
	{"X10", "PINs that are guessed are refused", "TestChosenDigits TestPINsAndSecretCodes", ""},
	{"X16", "search keeps what matches", "TestE2ETelephonyInChromium", ""},
	{"X17", "taken over at the phone, refused from afar", "TestSeats TestSeatCodes TestSeatsFollowTheRulesInEveryHistory", ""},
	{"X18", "one desk phone a number", "TestSeats TestFiftyPhonesClaimOnePerson", ""},
	{"X19", "programs go on ringing", "TestASoftphoneGoesWhereItsUserGoes TestProgramsArePersonal TestSeatsFollowTheRulesInEveryHistory", ""},
	{"X20", "a code of its own, and its lock", "TestPINWhereNoCodeIsSet TestThreeWrongLock TestTrueReasonsAreInTheHistory TestOwnersPhoneIsToldOfALock", ""},
	{"X21", "coming home is in the audit", "TestTheAuditTellsEveryChangeAndShowsEveryAlteration TestSeatHistory", ""},
	{"X34", "the department is the guest's", "TestDepartmentIsThePersons", ""},
	{"X35", "six random digits, or as many as are said", "TestDefaultPINsAreAsLongAsSaid TestPINsAndSecretCodes", ""},
	{"D05", "a free phone asks for number and PIN", "TestHotDeskByCode TestPeopleLogInAtEveryScreen TestPickAtAnEmptyPhone TestPhonesBootRegisterAndTalk TestActivationKeyAtAnEmptyPhone TestActivationKeys TestActivationKeysCannotBeTriedOut TestActivationKey TestE2EConnectionInChromium", ""},
	{"D20", "in force at once, on the screen within 10 s, no reboot", "TestE2ESeatsFollow TestSeatChangeTouchesBothPhones TestDeskStaysPersonFollows TestMilderEvent", ""},
	{"D21", "the floor view", "TestE2EFloorInChromium", ""},
	{"D22", "log-out by night, idle, or time", "TestE2EFloorInChromium TestNightlyRelease TestLastNight TestIdleLimit TestEndOfTheStay", "queues"},
	{"D23", "emergency calls with the desk's place", "TestDecide TestGuestCallsForHelpFromTheDesk TestEmergency TestPhonesBootRegisterAndTalk", ""},
	{"D24", "seats outlive everything", "TestRestartInTheMiddleOfEveryDialogue TestRestartInTheMiddleOfTheSoftkeysDialogue TestKilledUnderLoad TestKilledAtAnyInstantNothingAcknowledgedIsLost TestSeatsFollowTheRulesInEveryHistory", ""},
}

// TestSeatRowsAreShown: each row has tests that are there, or says what is open.
func TestSeatRowsAreShown(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range seatRows {
		if seen[r.row] || r.about == "" || r.tests == "" && r.open == "" {
			t.Errorf("%+v", r)
		}
		seen[r.row] = true
		rowstest.There(t, r.row+", "+r.about, r.tests)
	}
}
