package provisioning_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// delta says how the files of a model differ from those of the reference: for
// each state and file "= state file", then "-from,to" for lines of the reference
// that are not there (to is one less than from where none goes), each followed by
// "+" lines that stand in their place.
func delta(reference string, of, got shown) string {
	var b strings.Builder
	fmt.Fprintf(&b, "differs from %s:\n", reference)
	names := map[string]bool{}
	for name := range of {
		names[name] = true
	}
	for name := range got {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if st, _, _ := strings.Cut(name, " "); st == "seen" || st == "lobby" {
			continue
		}
		switch text, there := got[name]; {
		case !there:
			fmt.Fprintf(&b, "= %s\nis not there\n", name)
		case text != of[name]:
			fmt.Fprintf(&b, "= %s\n", name)
			writeEdits(&b, lines(of[name]), lines(text))
		}
	}
	return b.String()
}

func lines(text string) []string {
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

func writeEdits(b *strings.Builder, from, to []string) {
	same := inCommon(from, to)
	i, j := 0, 0
	for _, pair := range append(same, [2]int{len(from), len(to)}) {
		if i < pair[0] || j < pair[1] {
			fmt.Fprintf(b, "-%d,%d\n", i+1, pair[0])
			for _, line := range to[j:pair[1]] {
				fmt.Fprintf(b, "+%s\n", line)
			}
		}
		i, j = pair[0]+1, pair[1]+1
	}
}

// maxEdits is how many lines may differ before files count as different altogether.
const maxEdits = 3000

// inCommon pairs the lines that both have, in order, by Myers' O(ND) algorithm.
func inCommon(a, b []string) [][2]int {
	var trace []diagonals
	ends := diagonals{0, 0, 0}
	for d := 0; d <= maxEdits; d++ {
		trace = append(trace, ends)
		next := make(diagonals, 2*d+5)
		for k := -d; k <= d; k += 2 {
			x, _ := ends.step(k, d)
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			next[k+d+2] = x
			if x >= len(a) && x-k >= len(b) {
				return backwards(trace, len(a), len(b))
			}
		}
		ends = next
	}
	return nil
}

// diagonals says how far the paths with one difference less have come on the
// diagonals -d-1 to d+1.
type diagonals []int

// step is where the d-th difference leads to on diagonal k, and from which one.
func (v diagonals) step(k, d int) (x, from int) {
	at := k + d + 1
	if k == -d || k != d && v[at-1] < v[at+1] {
		return v[at+1], k + 1
	}
	return v[at-1] + 1, k - 1
}

func backwards(trace []diagonals, x, y int) (pairs [][2]int) {
	for d := len(trace) - 1; d >= 0; d-- {
		start, from := trace[d].step(x-y, d)
		for ; x > start; x, y = x-1, y-1 {
			pairs = append(pairs, [2]int{x - 1, y - 1})
		}
		if x = trace[d][from+d+1]; d > 0 {
			y = x - from
		}
	}
	slices.Reverse(pairs)
	return pairs
}

func TestDelta(t *testing.T) {
	got := delta("x", shown{"full f": "a\nb\nc\nd\ne\n", "idle f": "a\n", "line f": "a\n", "seen f": "x\n"}, shown{"full f": "b\nX\nY\nd\ne\nZ\n", "idle f": "a\n", "seen f": "y\n"})
	want := "differs from x:\n= full f\n-1,1\n-3,3\n+X\n+Y\n-6,5\n+Z\n= line f\nis not there\n"
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestInCommon: what is in common is in both, in order, and nothing is missed
// that a line-by-line look would find.
func TestInCommon(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 3}, {"abc", "", 0}, {"", "abc", 0}, {"abcabba", "cbabac", 4}, {"xaxcxabc", "abcy", 3}, {"a", "b", 0}} {
		a, b := strings.Split(c.a, ""), strings.Split(c.b, "")
		pairs := inCommon(a, b)
		i, j := -1, -1
		for _, p := range pairs {
			if p[0] <= i || p[1] <= j || a[p[0]] != b[p[1]] {
				t.Errorf("%q and %q: %v", c.a, c.b, pairs)
			}
			i, j = p[0], p[1]
		}
		if len(pairs) != c.want {
			t.Errorf("%q and %q: %v, want %d", c.a, c.b, pairs, c.want)
		}
	}
}
