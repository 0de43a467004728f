package directory

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText bounds names and other short texts, in bytes.
const maxText = 200

// encodePlain and decodePlain keep records that hold no secret as JSON.
func encodePlain(r any) ([]byte, error) { return json.Marshal(r) }

func decodePlain(data []byte, r any) error {
	if err := json.Unmarshal(data, r); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// checkBounded judges a text of one line: valid UTF-8 without control characters,
// at most that many bytes.
func checkBounded(what, s string, most int) error {
	switch {
	case len(s) > most:
		return invalid("%s is longer than %d bytes", what, most)
	case !utf8.ValidString(s):
		return invalid("%s is not valid UTF-8", what)
	case strings.ContainsFunc(s, unicode.IsControl):
		return invalid("%s %q has a control character", what, s)
	}
	return nil
}

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInvalid, fmt.Sprintf(format, args...))
}

// checkText judges a short text that people see: valid UTF-8 without control
// characters, bounded, and not empty where it is required.
func checkText(what, s string, required bool) error {
	if required && strings.TrimSpace(s) == "" {
		return invalid("%s is empty", what)
	}
	return checkBounded(what, s, maxText)
}

// checkDigits judges a string of decimal digits of a length.
func checkDigits(what, s string, least, most int) error {
	if len(s) < least || len(s) > most || !allDigits(s) {
		return invalid("%s %q is not %d to %d digits", what, s, least, most)
	}
	return nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// checkE164 judges an E.164 number: "+" and 4 to 15 digits that do not begin with 0.
func checkE164(what, s string) error {
	if len(s) < 5 || len(s) > 16 || s[0] != '+' || s[1] == '0' || !allDigits(s[1:]) {
		return invalid("%s %q is not + and 4 to 15 digits", what, s)
	}
	return nil
}

// checkOneOf judges a word of a list; the empty word means the default.
func checkOneOf(what, s string, words ...string) error {
	for _, w := range words {
		if s == w {
			return nil
		}
	}
	if s == "" {
		return nil
	}
	return invalid("%s %q is none of %s", what, s, strings.Join(words, ", "))
}

// firstError gives the first error of a list of checks.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// lengthFirst makes a sort key in which shorter digit strings come first, so that
// 99 sorts before 101.
func lengthFirst(digits string) string { return string(rune('A'+min(len(digits), 25))) + digits }
