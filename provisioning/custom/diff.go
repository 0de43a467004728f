package custom

import (
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// maxDiff bounds one difference that is shown, in bytes.
const maxDiff = 64 << 10

// Diff is the unified difference of two files with three lines around; empty:
// they are equal.
func Diff(name string, before, after []byte) string {
	if string(before) == string(after) {
		return ""
	}
	d := udiff.Unified(name, name, string(before), string(after))
	if len(d) > maxDiff {
		d = d[:strings.LastIndexByte(d[:maxDiff], '\n')+1] + "...\n"
	}
	return d
}
