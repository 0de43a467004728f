#!/usr/bin/env bash
# Runs each fuzz target of the house for the time given, one after another.
set -euo pipefail
time=${1:-10s}
once() { go test -run '^$' -fuzz "^$2\$" -fuzztime "$time" -fuzzminimizetime 10x "$1" | tail -n 1; }
for pkg in $(go list ./...); do
	dir=$(go list -f '{{.Dir}}' "$pkg")
	for target in $(grep -hoE '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go 2>/dev/null | awk '{print $2}'); do
		echo "-- ${pkg#cradle/} $target"
		# Now and then the tool fails by its own deadline. What a target really
		# trips over is kept among its seeds, and fails again.
		once "$pkg" "$target" || { echo "!! failed once, again"; once "$pkg" "$target"; }
	done
done
