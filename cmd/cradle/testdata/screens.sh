#!/usr/bin/env bash
# Takes pictures of every page of the portal, wide and narrow, light and dark,
# from the real program: one appliance whose wizard is not done yet, and one with
# phones of four vendors, a phone that waits, and a call that is up. All of them
# go to artefacts/screens; the few that the documentation shows are made small
# and copied to docs/pictures. Each page is also looked at with axe.
#   screens.sh BIN      BIN holds cradle and phonesim; needs node, chromium and ui/web's packages
#   ONLY=light,1280     only these of light, dark, 1280 and 390 (the documentation's are light,1280)
#   PAGES=phones,waiting  only these pages
set -euo pipefail
bin=$(cd "${1:-bin}" && pwd)
root=$(cd "$(dirname "$0")/../../.." && pwd)
out=$root/artefacts/screens
dir=$(mktemp -d)
pids=()
finish() {
	status=$?
	for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done
	for p in "${pids[@]}"; do wait "$p" 2>/dev/null || true; done
	if [ $status != 0 ]; then
		printf '\nthe pictures failed; the last lines of each part:\n'
		tail -n 8 "$dir"/*.log 2>/dev/null || true
	fi
	rm -rf "$dir"
	exit $status
}
trap finish EXIT
until_true() { # seconds, command...
	local end=$(( $(date +%s) + $1 )); shift
	until "$@" 2>/dev/null; do [ "$(date +%s)" -lt "$end" ] || return 1; sleep 0.1; done
}
serve() { # name, first port: http, then tftp, sip and media above it
	"$bin/cradle" serve --data "$dir/$1" --http "127.0.0.1:$2" --https off --sntp off --tftp "127.0.0.1:$(($2 + 1))" \
		--sip "127.0.0.1:$(($2 + 2))" --sips off --pnp off --metrics off --media-ports "$(($2 + 10))-$(($2 + 89))" \
		--log-level warn >"$dir/$1.out" 2>"$dir/$1.log" & pids+=($!)
	until_true 20 grep -q '^setup: ' "$dir/$1.out"
}
token() { sed -n 's/^setup: .*token=//p' "$dir/$1.out"; }
boot() { # model, MAC, control socket
	"$bin/phonesim" boot --model "$1" --mac "$2" --url "http://$http/p/" --control "$dir/$3" >"$dir/$3.log" 2>&1 & pids+=($!)
}
call() { "$bin/phonesim" call --control "$dir/$1" --control "$dir/$2" --to "$3" "${@:4}" >>"$dir/call.log" 2>&1; }

cat >"$dir/office.yaml" <<'Y'
administrator: {email: ada@acme.example, password: "correct horse battery staple"}
organization: {name: Acme Ltd, domain: acme.example}
sites:
  - {name: London, timezone: Europe/London, networks: [127.0.0.0/8], adoption: lobby, emergency: ["112", "999"], emergency_route: "104"}
  - {name: Leeds warehouse, timezone: Europe/London, networks: [192.0.2.0/24], adoption: closed, emergency: ["112", "999"], emergency_route: "104"}
users:
  - {email: grace@acme.example, first_name: Grace, last_name: Hopper, role: operator, portal: true, password: "correct horse battery staple"}
extensions:
  - {number: "101", name: Ada Lovelace, site: London}
  - {number: "102", name: Grace Hopper, site: London}
  - {number: "103", name: Alan Turing, site: London}
  - {number: "104", name: Front Desk, site: London}
  - {number: "105", name: Katherine Johnson, site: London}
devices:
  - {mac: "80:5e:c0:12:34:56", model: yealink-t46u, site: London, name: Ada's desk, line: "101"}
  - {mac: "00:04:13:aa:bb:01", model: snom-d785, site: London, name: Grace's desk, line: "102"}
  - {mac: "c0:74:ad:0a:0b:0c", model: grandstream-grp2614, site: London, name: Alan's desk, line: "103"}
  - {mac: "64:16:7f:01:02:03", model: poly-vvx450, site: London, name: Reception, line: "104"}
  - {mac: "80:5e:c0:99:88:77", model: yealink-t46u, site: Leeds warehouse, name: Packing table}
Y

base=$(( 20000 + RANDOM % 10000 ))
serve fresh $base
fresh=$base
serve office $(( base + 100 ))
http=127.0.0.1:$(( base + 100 ))
"$bin/cradle" setup --answers "$dir/office.yaml" --url "http://$http" --token "$(token office)" >"$dir/setup.log" 2>&1
boot yealink-t46u 80:5e:c0:12:34:56 ada
boot snom-d785 00:04:13:aa:bb:01 grace
boot grandstream-grp2614 c0:74:ad:0a:0b:0c alan
boot poly-vvx450 64:16:7f:01:02:03 desk
for who in ada grace alan desk; do until_true 40 test -S "$dir/$who"; done
boot snom-d785 00:04:13:5e:ed:42 unknown
until_true 40 test -S "$dir/unknown"
echo "four phones are registered and one waits in the lobby"

call ada grace 102 --talk 2s           # answered
call alan grace 105 || true            # nobody is there
call grace desk 101 --timeout 2s || true # rings, and nobody takes it
call desk alan 103 --talk 1s
# Not by the function: its $! would be a shell, and the program would outlive it.
"$bin/phonesim" call --control "$dir/ada" --control "$dir/grace" --to 102 --talk 20m >>"$dir/call.log" 2>&1 & pids+=($!)
call alan desk 777 || true              # no such number, while that call is up
echo "calls were made, and one is up"

mkdir -p "$out" "$root/docs/pictures"
cd "$root/ui/web"
BASE_URL="http://$http" EMAIL=ada@acme.example PASSWORD="correct horse battery staple" PHONE=80:5e:c0:12:34:56 \
	SETUP_URL="http://127.0.0.1:$fresh" SETUP_TOKEN="$(token fresh)" OUT="$out" npm run --silent screens
for picture in $(grep -ohE 'pictures/[a-z0-9-]+\.png' "$root"/docs/*.md | sort -u); do
	[ -f "$out/${picture#pictures/}" ] || continue
	cp "$out/${picture#pictures/}" "$root/docs/pictures/"
	pngquant --force --ext .png --quality 70-95 "$root/docs/$picture"
done
big=$(find "$root/docs/pictures" -name '*.png' -size +120k)
[ -z "$big" ] || { echo "over 120 kB: $big"; exit 1; }
ls -l "$root/docs/pictures"
