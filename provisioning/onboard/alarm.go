package onboard

// Alarm is what an administrator has to see, as a word for machines.
type Alarm string

// The alarms of this room; empty: none.
const (
	AlarmToken       Alarm = "token"       // a phone that has had its token asks without it
	AlarmConflict    Alarm = "conflict"    // a second address asks for a phone nobody has approved
	AlarmCertificate Alarm = "certificate" // a certificate of another phone, or of many
	AlarmMisses      Alarm = "misses"      // one source inside the site networks guesses
	AlarmIgnored     Alarm = "ignored"     // a source outside guessed and is not heard for a while
	AlarmSweep       Alarm = "sweep"       // many MACs of one prefix, wherever the requests come from
	AlarmAdoption    Alarm = "adoption"    // more new phones than may be adopted
	AlarmRemote      Alarm = "remote"      // a one-time address was used twice
	AlarmCatalogue   Alarm = "catalogue"   // models of one's own are broken and do not count
)

// AlarmWords says in plain words what each kind of alarm means and what to look
// at, those of other rooms too.
var AlarmWords = map[Alarm]string{
	AlarmToken:       "A phone that has had its own address asks without it. It was reset or moved: re-arm it. If it was neither, somebody else asks under its MAC.",
	AlarmConflict:    "A second address asks for a phone that nobody has approved. One of the two is not the phone: look at both before you approve.",
	AlarmCertificate: "Somebody shows the certificate of one phone and asks for the settings of another. It was refused.",
	AlarmMisses:      "An address inside the sites' networks asks for many phones that do not exist. It guesses, or phones were not imported.",
	AlarmIgnored:     "Addresses outside the sites' networks asked for too many phones that do not exist, and are ignored for a while.",
	AlarmSweep:       "Somebody walks through the MAC addresses of one vendor. What is asked for that way is refused.",
	AlarmAdoption:    "More new phones ask than the site takes in: approve or delete those that wait, or raise the limit.",
	AlarmRemote:      "The one-time address of a remote phone was used a second time. The second asker got nothing.",
	AlarmCatalogue:   "Models of your own are broken and do not count until they are mended.",
	"rollout":        "A roll-out has stopped by itself: fewer phones are registered than was agreed.",
	"sip_source":     "The right credentials of a phone came from an address that is not on its list. They may be known to somebody else.",
	"sip_plain":      "A phone that has to register over TLS came without it and was refused.",
	"secret_locked":  "The PIN or secret code of an extension was guessed at too often and takes no more attempts for a while.",
	"phone_barred":   "From one phone several extensions were locked by guessing. It takes no PIN and no secret code for a while.",
	"sip_ban":        "An address sends more SIP requests than it may and gets no answer for a while.",
}

// Words are those of AlarmWords; a kind that has none speaks for itself.
func (a Alarm) Words() string {
	if words, is := AlarmWords[a]; is {
		return words
	}
	return string(a)
}
