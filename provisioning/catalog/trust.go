package catalog

import (
	"cmp"
	"fmt"
	"slices"
)

// The ways in which phones are given our certificate authority.
const (
	asFile   = "file"   // they fetch it
	asInline = "inline" // their settings hold it
)

// trusts says whether the family's phones can be given our authority, and how.
func (f *Family) trusts(y *familyYAML) error {
	w := way(cmp.Or(y.TLS.Authority, ByNothing), "template")
	fetched := slices.ContainsFunc(f.Files, func(file *File) bool { return file.Kind == Authority })
	switch {
	case !slices.Contains([]string{asFile, asInline, ByNothing}, w.By) || !slices.Contains(knownSure, w.Sure):
		return fmt.Errorf("tls.authority: %q is none of file, inline, none, with or without one of %v", y.TLS.Authority, knownSure)
	case w.By == asFile && !fetched:
		return fmt.Errorf("tls.authority: %q, and there is no file of kind authority", asFile)
	case w.By != ByNothing:
		f.TLS.Authority, f.TLS.Inline, f.TLS.AuthoritySure = true, w.By == asInline, w.Sure
	default:
		f.TLS.ByHand = y.TLS.ByHand
	}
	return nil
}
