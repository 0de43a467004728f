#!/usr/bin/env bash
# Two phones of different vendors boot from a fresh appliance, register, call
# each other and are heard. Prints a time line; exit status 0 only if all of it
# happened. Everything stays on loopback and in a folder that is removed.
set -euo pipefail
bin=$(cd "${1:-bin}" && pwd)
dir=$(mktemp -d)
pids=()
finish() {
	status=$?
	for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done
	for p in "${pids[@]}"; do wait "$p" 2>/dev/null || true; done
	if [ $status != 0 ]; then
		printf '\nthe demonstration failed; the last lines of each part:\n'
		tail -n 15 "$dir"/*.log 2>/dev/null || true
	fi
	rm -rf "$dir"
	exit $status
}
trap finish EXIT
start=$(date +%s%N)
say() { printf '%7.2f s  %s\n' "$(awk -v a="$start" -v b="$(date +%s%N)" 'BEGIN {print (b-a)/1e9}')" "$*"; }
until_true() { # seconds, command...
	local end=$(( $(date +%s) + $1 )); shift
	until "$@" 2>/dev/null; do [ "$(date +%s)" -lt "$end" ] || return 1; sleep 0.1; done
}

cat >"$dir/office.yaml" <<'Y'
administrator: {email: ada@acme.example, password: "correct horse battery staple"}
organization: {name: Acme Ltd, domain: acme.example}
sites:
  - {name: London, timezone: Europe/London, networks: [127.0.0.0/8], adoption: lobby, emergency: ["112"], emergency_route: "102"}
extensions:
  - {number: "101", name: Ada Lovelace, site: London}
  - {number: "102", name: Grace Hopper, site: London}
devices:
  - {mac: "80:5e:c0:12:34:56", model: yealink-t46u, site: London, name: Ada's desk, line: "101"}
  - {mac: "00:04:13:aa:bb:01", model: snom-d785, site: London, name: Grace's desk, line: "102"}
Y

port=$(( 20000 + RANDOM % 8000 ))
http=127.0.0.1:$port tftp=127.0.0.1:$((port + 1)) sip=127.0.0.1:$((port + 2))
"$bin/cradle" serve --data "$dir/data" --http "$http" --https off --sntp off --tftp "$tftp" --sip "$sip" --sips off --pnp off \
	--metrics off --media-ports 40000-40099 --log-level warn >"$dir/cradle.out" 2>"$dir/cradle.log" & pids+=($!)
until_true 10 grep -q '^setup: ' "$dir/cradle.out"
say "the appliance is up and waits for its wizard"
token=$(sed -n 's/^setup: .*token=//p' "$dir/cradle.out")
"$bin/cradle" setup --answers "$dir/office.yaml" --url "http://$http" --token "$token" >"$dir/setup.log" 2>&1
say "the wizard is done: Acme Ltd, one site, two extensions, two phones"

"$bin/phonesim" boot --model yealink-t46u --mac 80:5e:c0:12:34:56 --url "http://$http/p/" --control "$dir/a" >"$dir/a.log" 2>&1 & pids+=($!)
"$bin/phonesim" boot --model snom-d785 --mac 00:04:13:aa:bb:01 --url "tftp://$tftp/" --control "$dir/b" >"$dir/b.log" 2>&1 & pids+=($!)
until_true 20 test -S "$dir/a"; say "the first phone fetched its settings over HTTP and registered"
until_true 20 test -S "$dir/b"; say "the second phone fetched its settings and registered"

"$bin/phonesim" call --control "$dir/a" --control "$dir/b" --to 102 --json >"$dir/call.log" 2>&1
say "101 called 102: it rang, was answered, and each heard the other's tone"
sed 's/^/           /' "$dir/call.log" | cut -c1-160
"$bin/phonesim" call --control "$dir/b" --control "$dir/a" --to 101 --json >"$dir/call2.log" 2>&1
say "102 called 101 back, and both were heard"
say "done"
