package settings

import (
	"archive/zip"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSummerTime(t *testing.T) {
	for _, c := range []struct {
		zone, posix string
		ahead       int
		start, end  [5]int // month, week, weekday, hour, day in 2026
	}{
		{"Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3", 3600, [5]int{3, 5, 0, 2, 29}, [5]int{10, 5, 0, 3, 25}},
		{"America/New_York", "EST5EDT,M3.2.0,M11.1.0", 3600, [5]int{3, 2, 0, 2, 8}, [5]int{11, 1, 0, 2, 1}},
		{"Australia/Sydney", "AEST-10AEDT,M10.1.0,M4.1.0/3", 3600, [5]int{10, 1, 0, 2, 4}, [5]int{4, 1, 0, 3, 5}},
		{"Australia/Lord_Howe", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 1800, [5]int{10, 1, 0, 2, 4}, [5]int{4, 1, 0, 2, 5}},
		{"Asia/Jerusalem", "IST-2IDT,M3.4.4/26,M10.5.0", 3600, [5]int{3, 4, 5, 2, 27}, [5]int{10, 5, 0, 2, 25}},
		{"America/Santiago", "<-04>4<-03>,M9.1.6/24,M4.1.6/24", 3600, [5]int{9, 1, 0, 0, 6}, [5]int{4, 1, 0, 0, 5}},
		{"Europe/Dublin", "GMT0IST,M3.5.0/1,M10.5.0", 3600, [5]int{3, 5, 0, 1, 29}, [5]int{10, 5, 0, 2, 25}},
		{"Asia/Tokyo", "JST-9", 0, [5]int{}, [5]int{}},
		{"America/Sao_Paulo", "<-03>3", 0, [5]int{}, [5]int{}},
		{"Africa/Casablanca", "<+01>-1", 0, [5]int{}, [5]int{}}, // Ramadan follows no rule
		{"Asia/Kathmandu", "<+0545>-5:45", 0, [5]int{}, [5]int{}},
		{"UTC", "UTC0", 0, [5]int{}, [5]int{}},
	} {
		loc, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		got := clockOf(loc, 2026)
		if got.posix != c.posix || got.summer != c.ahead {
			t.Errorf("%s is %s, %d s ahead in summer; want %s, %d", c.zone, got.posix, got.summer, c.posix, c.ahead)
		}
		for what, pair := range map[string][2][5]int{"start": {parts(got.start), c.start}, "end": {parts(got.end), c.end}} {
			if pair[0] != pair[1] {
				t.Errorf("%s: %s of summer time is %v, want %v", c.zone, what, pair[0], pair[1])
			}
		}
	}
}

func parts(c change) [5]int {
	return [5]int{c.month, c.week, c.weekday, c.seconds / 3600, c.day}
}

// otherwise are zones whose file says it otherwise: Ireland counts winter as the
// exception, and Palestine's changes follow Ramadan for years to come.
var otherwise = []string{"Eire", "Europe/Dublin", "Asia/Gaza", "Asia/Hebron"}

// TestEveryZone holds what is derived against the footer of every zone's file.
func TestEveryZone(t *testing.T) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skipf("no compiler: %v", err)
	}
	files, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Skipf("no zone files beside the compiler: %v", err)
	}
	defer files.Close()
	seen := 0
	for _, f := range files.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
		loc, err := time.LoadLocationFromTZData(f.Name, data)
		if err != nil {
			t.Fatal(err)
		}
		want := lines[len(lines)-1]
		if got := clockOf(loc, 2026).posix; got != want && !slices.Contains(otherwise, f.Name) {
			t.Errorf("%s is %s, its file says %s", f.Name, got, want)
		}
		seen++
	}
	if seen < 300 {
		t.Errorf("only %d zones", seen)
	}
}
