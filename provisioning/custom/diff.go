package custom

import (
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"cradle/provisioning/catalog"
)

// maxDiff bounds one difference that is shown, in bytes.
const maxDiff = 64 << 10

// Diff is the unified difference of two files with three lines around; empty:
// they are equal.
func Diff(name string, before, after []byte) string {
	if string(before) == string(after) {
		return ""
	}
	d := tidy(udiff.Unified(name, name, string(before), string(after)))
	if len(d) > maxDiff {
		d = d[:strings.LastIndexByte(d[:maxDiff], '\n')+1] + "...\n"
	}
	return d
}

// tidy takes lines out of a difference that are only said to go and to come back:
// edits are found by character, and an insertion may begin in the line before.
func tidy(diff string) string {
	lines := strings.SplitAfter(diff, "\n")
	for i := 0; i < len(lines); {
		goes := i
		for i < len(lines) && strings.HasPrefix(lines[i], "-") && !strings.HasPrefix(lines[i], "--- ") {
			i++
		}
		for comes := i; goes < comes && i < len(lines) && strings.HasPrefix(lines[i], "+") && lines[goes][1:] == lines[i][1:]; i++ {
			lines[goes], lines[i] = " "+lines[goes][1:], ""
			goes++
		}
		i = max(i, goes+1)
	}
	return strings.Join(lines, "")
}

// Touches reports whether two files of a phone differ in a setting that begins
// with one of these keys, or is one of those that end with "=": those that make
// it restart.
func Touches(file *catalog.File, before, after []byte, keys []string) bool {
	was := map[string]string{}
	for _, s := range says(file.Format, before) {
		was[s.key] = s.value
	}
	watched := func(key string) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return strings.HasPrefix(key+"=", k) })
	}
	for _, s := range says(file.Format, after) {
		old, known := was[s.key]
		delete(was, s.key)
		if (!known || old != s.value) && watched(s.key) {
			return true
		}
	}
	for key := range was {
		if watched(key) {
			return true
		}
	}
	return false
}
