package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cradle/provisioning/onboard"
)

// alarmKind finds the kinds of alarms where they are declared or said.
var alarmKind = regexp.MustCompile(`(?:[Aa]larm\w*\s+(?:onboard\.)?Alarm\s*=|provisioning\.Alarm\{[^}]*Kind:)\s*"(\w+)"`)

// TestEveryAlarmIsSaidInWords: whatever kind of alarm any room raises, people are
// told what it means, and nothing is explained that nobody raises.
func TestEveryAlarmIsSaidInWords(t *testing.T) {
	raised := map[onboard.Alarm]bool{}
	err := filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && (e.Name() == "node_modules" || e.Name() == ".git"):
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		for _, m := range alarmKind.FindAllSubmatch(text, -1) {
			raised[onboard.Alarm(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for kind := range raised {
		if words := kind.Words(); words == string(kind) || !strings.HasSuffix(words, ".") || strings.Contains(words, "_") {
			t.Errorf("%s: %q", kind, words)
		}
	}
	for kind := range onboard.AlarmWords {
		if !raised[kind] {
			t.Errorf("nobody raises %q", kind)
		}
	}
	if len(raised) < 13 {
		t.Errorf("only %d kinds are found", len(raised))
	}
}
