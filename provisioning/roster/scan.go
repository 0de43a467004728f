package roster

import (
	"fmt"
	"regexp"
	"strings"

	"cradle/directory"
)

// maxScanned bounds what is looked at of one line, in bytes.
const maxScanned = 512

var (
	// spelled is a MAC in pairs or in groups of four.
	spelled = regexp.MustCompile(`(?i)[0-9a-f]{2}(?:[:._ -][0-9a-f]{2}){5}|[0-9a-f]{4}(?:[.-][0-9a-f]{4}){2}`)
	// digits is a run of hexadecimal digits; only one of exactly 12 can be a MAC.
	digits = regexp.MustCompile(`(?i)[0-9a-f]+`)
	// marked is what follows the word MAC, as bar codes and stickers have it.
	marked = regexp.MustCompile(`(?i)mac(?:[ _-]?(?:id|addr(?:ess)?))?[ :=#]*([0-9a-f]{12}|[0-9a-f]{2}(?:[:._ -][0-9a-f]{2}){5})(?:[^0-9a-f]|$)`)
)

// Scan finds the MAC in what a person or a scanner typed, whatever stands around
// it. Where there are several, the one that is called MAC counts. Errors wrap ErrRow.
func Scan(text string) (directory.MAC, error) {
	if len(text) > maxScanned {
		return "", fmt.Errorf("%w: %d bytes, at most %d", ErrRow, len(text), maxScanned)
	}
	found := map[directory.MAC]bool{}
	take := func(s string) {
		if mac, err := directory.ParseMAC(bare(s)); err == nil && !group(mac) {
			found[mac] = true
		}
	}
	if m := marked.FindStringSubmatch(text); m != nil {
		take(m[1])
	}
	if len(found) == 0 {
		rest := spelled.ReplaceAllStringFunc(text, func(s string) string { take(s); return " " })
		for _, s := range digits.FindAllString(rest, -1) {
			if len(s) == 12 {
				take(s)
			}
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("%w: there is no MAC in %q", ErrRow, text)
	case 1:
		for mac := range found {
			return mac, nil
		}
	}
	return "", fmt.Errorf("%w: there are %d MACs in %q", ErrRow, len(found), text)
}

func bare(s string) string {
	return strings.NewReplacer(":", "", "-", "", ".", "", "_", "", " ", "").Replace(s)
}

// group addresses and zero are no phone's.
func group(mac directory.MAC) bool {
	return mac == "000000000000" || strings.IndexByte("13579bdf", mac[1]) >= 0
}
