package custom

import (
	"regexp"
	"strconv"
	"strings"
)

// faultLine is the line of the finished file that a check speaks of.
var faultLine = regexp.MustCompile(`line (\d+)`)

// lineOfFault finds the template's line behind a fault of the finished file.
func lineOfFault(err error, text string, s Sample) int {
	m := faultLine.FindStringSubmatch(err.Error())
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	for _, o := range says(s.File.Format, s.Own) {
		if o.line == n {
			return lineOf(text, o.key)
		}
	}
	return 0
}

// action stands for whatever a template writes into a key.
const action = `(?:\{\{.*?\}\}|\d+)`

// lineOf is the first of linesOf; 0: there is none.
func lineOf(text, key string) int {
	if all := linesOf(text, key); len(all) > 0 {
		return all[0]
	}
	return 0
}

// linesOf finds the template's lines that write a key: its numbers may come from
// an action. Of an XML key the element or the naming attribute counts.
func linesOf(text, key string) (all []int) {
	last := key[strings.LastIndexAny(key, " ")+1:]
	if numbered.MatchString(last) {
		if all = linesWith(text, regexp.MustCompile(`\b`+last+`\b`)); len(all) > 0 {
			return all
		}
	}
	var pattern strings.Builder
	for i, piece := range digits.Split(last, -1) {
		if i > 0 {
			pattern.WriteString(action)
		}
		pattern.WriteString(regexp.QuoteMeta(piece))
	}
	match, err := regexp.Compile(pattern.String())
	if err != nil {
		return nil
	}
	all = linesWith(text, match)
	if _, rest, found := strings.Cut(last, "."); found && len(all) == 0 { // element.name
		return linesOf(text, rest)
	}
	return all
}

// linesWith are the lines that a pattern fits, those that only close an element
// left out.
func linesWith(text string, pattern *regexp.Regexp) (all []int) {
	number := 0
	for line := range strings.Lines(text) {
		number++
		before, _, _ := strings.Cut(line, "</")
		if pattern.MatchString(before) {
			all = append(all, number)
		}
	}
	return all
}
