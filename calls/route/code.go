package route

import (
	"iter"
	"strings"

	"cradle/directory"
)

// Codes are the dialled codes of an organization.
type Codes = iter.Seq[*directory.Code]

// seatFeature is the feature of the codes that every phone may dial.
const seatFeature = "seat"

// code finds the longest code that what was dialled begins with, among those of
// seats alone where nothing else may be dialled. False: none.
func (p *Plan) code(d Directory, from Caller, seatsOnly bool) bool {
	var best *directory.Code
	for c := range d.Codes(from.Device.Organization) {
		rest, ok := strings.CutPrefix(p.To, c.Digits)
		if seatsOnly && c.Feature != seatFeature {
			continue
		}
		if !ok || c.Digits == "" || (rest != "" && !c.Argument) {
			continue
		}
		if best == nil || len(c.Digits) > len(best.Digits) {
			best = c
		}
	}
	if best == nil {
		return false
	}
	p.Kind, p.Feature = Feature, best.Feature
	p.Argument = strings.TrimPrefix(p.To, best.Digits)
	p.because("%s is the code of %s", best.Digits, best.Feature)
	return true
}
