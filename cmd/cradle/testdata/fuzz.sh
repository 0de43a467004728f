#!/usr/bin/env bash
# Runs each fuzz target of the house for the time given, one after another. A
# package is built once for all its targets.
set -euo pipefail
time=${1:-10s}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
once() { # target package: the last line, or all of them where it fails
	"$work/it" -test.run '^$' -test.fuzz "^$1\$" -test.fuzztime "$time" -test.fuzzminimizetime 10x -test.fuzzcachedir "$work/corpus/$2" >"$work/said" 2>&1 ||
		{ cat "$work/said"; return 1; }
	tail -n 1 "$work/said"
}
while read -r pkg dir; do
	targets=$(grep -hoE '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go 2>/dev/null | awk '{print $2}' || true)
	[ -n "$targets" ] || continue
	go test -c -fuzz . -o "$work/it" "$pkg"
	for target in $targets; do
		echo "-- ${pkg#cradle/} $target"
		# Now and then the tool fails by its own deadline. What a target really
		# trips over is kept among its seeds, and fails again.
		(cd "$dir" && { once "$target" "$pkg" || { echo "!! failed once, again"; once "$target" "$pkg"; }; })
	done
done < <(go list -f '{{.ImportPath}} {{.Dir}}' ./...)
