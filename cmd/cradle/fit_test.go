package main

import (
	"strings"
	"testing"
)

// A layout is judged by what a model can do before anybody saves it.
func TestKeysFitAModel(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	var told struct {
		Findings []struct {
			Module, Position int
			Text             string
		}
	}
	key := func(position int, kind, value string) map[string]any {
		return map[string]any{"position": position, "type": kind, "value": value}
	}
	ask := func(model string, keys ...any) int {
		told.Findings = nil
		return a.API("POST", "/api/v1/layouts/fit", map[string]any{"model": model, "keys": keys}, &told)
	}
	if s := ask("yealink-t46u", key(2, "blf", "102")); s != 200 || len(told.Findings) != 0 {
		t.Errorf("a key that fits: %d %v", s, told)
	}
	if s := ask("yealink-t46u", key(99, "blf", "102")); s != 200 || len(told.Findings) != 1 || told.Findings[0].Position != 99 || !strings.Contains(told.Findings[0].Text, "27") {
		t.Errorf("a key past the last: %d %v", s, told)
	}
	if s := ask("acme-nothing"); s != 422 {
		t.Errorf("an unknown model: %d", s)
	}
}
