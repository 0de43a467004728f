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
