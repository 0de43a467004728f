package feature

// seat is how codes log a person in at a phone. Logging in needs prompts and
// digits during a call, which this exchange does not have: it says so clearly
// and changes nothing.
func seat(d Desk, _ string) {
	d.Refuse(403, "hot desking is not available yet")
}
