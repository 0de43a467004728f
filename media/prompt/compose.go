package prompt

import (
	"strconv"
	"strings"
	"time"
)

// Digits names the phrases of a number that is read digit by digit, as extensions are.
func Digits(s string) (names []string) {
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			names = append(names, string(c))
		case c == '*':
			names = append(names, "star")
		case c == '#':
			names = append(names, "hash")
		}
	}
	return names
}

// german tells whether a language is put together as German is; all others are as English.
func german(language string) bool {
	base, _, _ := strings.Cut(strings.ToLower(language), "-")
	return base == "de"
}

// Number names the phrases of a whole number, up to 999,999,999; what is larger is read digit by digit.
func Number(language string, n int) []string {
	switch {
	case n < 0:
		return append([]string{"minus"}, Number(language, -n)...)
	case n > 999_999_999:
		return Digits(strconv.Itoa(n))
	case german(language):
		return zahl(n)
	}
	return number(n)
}

func number(n int) []string {
	for _, unit := range []struct {
		size int
		name string
	}{{1_000_000, "million"}, {1000, "thousand"}, {100, "hundred"}} {
		if n >= unit.size {
			names := append(number(n/unit.size), unit.name)
			if n %= unit.size; n == 0 {
				return names
			}
			return append(names, number(n)...)
		}
	}
	return small(n)
}

func small(n int) []string {
	if n < 20 || n%10 == 0 {
		return []string{strconv.Itoa(n)}
	}
	return []string{strconv.Itoa(n - n%10), strconv.Itoa(n % 10)}
}

// zahl is a number in German: the ones come before the tens, and a one before a noun is "ein".
func zahl(n int) []string {
	switch {
	case n >= 1_000_000:
		names := []string{"million"}
		if m := n / 1_000_000; m > 1 {
			names = append(zahl(m), "millions")
		}
		return rest(names, n%1_000_000)
	case n >= 1000:
		return rest(append(before(n/1000), "thousand"), n%1000)
	case n >= 100:
		return rest(append(before(n/100), "hundred"), n%100)
	case n > 20 && n%10 != 0:
		return []string{"and-" + strconv.Itoa(n%10), strconv.Itoa(n - n%10)}
	}
	return []string{strconv.Itoa(n)}
}

func rest(names []string, n int) []string {
	if n == 0 {
		return names
	}
	return append(names, zahl(n)...)
}

// before is a number in front of a noun.
func before(n int) []string {
	names := zahl(n)
	if last := len(names) - 1; names[last] == "1" {
		names[last] = "one-before"
	}
	return names
}

// Date names the phrases of a day without its year.
func Date(language string, t time.Time) []string {
	weekday, month, day := strings.ToLower(t.Weekday().String()), strings.ToLower(t.Month().String()), t.Day()
	ones, tens := strconv.Itoa(day%10), strconv.Itoa(day-day%10)
	compound := day > 20 && day%10 != 0
	switch {
	case german(language) && compound:
		return []string{weekday, "and-" + ones, "day-" + tens, month}
	case german(language):
		return []string{weekday, "day-" + strconv.Itoa(day), month}
	case compound:
		return []string{weekday, month, tens, "day-" + ones}
	}
	return []string{weekday, month, "day-" + strconv.Itoa(day)}
}

// Time names the phrases of a time of day.
func Time(language string, t time.Time) []string {
	h, m := t.Hour(), t.Minute()
	if german(language) {
		names := append(before(h), "oclock")
		if m > 0 {
			names = append(names, zahl(m)...)
		}
		return names
	}
	half := "am"
	if h >= 12 {
		half = "pm"
	}
	names := small((h+11)%12 + 1)
	switch {
	case m > 0 && m < 10:
		names = append(names, "oh", strconv.Itoa(m))
	case m >= 10:
		names = append(names, small(m)...)
	}
	return append(names, half)
}
