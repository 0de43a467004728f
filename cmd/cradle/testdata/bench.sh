#!/usr/bin/env bash
# Own benchmarks of the hot paths, with allocations. With a folder of outside
# generators as the first argument also figures beside the peers found there:
# both are measured in turn in one run, and only their ratio counts.
# Environment: ROUNDS (3), SECS (3), CALLS (200,800), OUT (a new folder in /tmp), ONLY (own sip reg media dtls cores prov storm),
# PRIO (how both sides get the processor; "chrt -r 1" is nearly quiet on a machine that others use).
# media is the relay: in user space, inside the kernel, and from RTP to SRTP (SDES). MOST (1000,1200,1400,1600,1800) are the
# steps by which it is loaded until it loses packets. dtls is the relay from DTLS-SRTP to SDES-SRTP, loaded by phonesim.
# cores is how many calls are carried when relay and generator share all cores: TWO (1000,1400,1800,2200,2600) are the
# steps, GENPRIO is for the generator what PRIO is for both; it must not wait behind the relay, such as "chrt -r 2".
# reg is the registrar by itself: rates, CPU and memory beside Kamailio, TLS, and what a kill costs, with the ratios to judge by.
set -euo pipefail
here=$(cd "$(dirname "$0")/../../.." && pwd)
BENCH=${1:-}
ONLY=${ONLY:-own sip reg media dtls cores prov storm}
ROUNDS=${ROUNDS:-3} SECS=${SECS:-3} CALLS=${CALLS:-200,800}
has() { [[ " $ONLY " == *" $1 "* ]]; }
cd "$here"
if has own; then
	go test -run '^$' -bench . -benchmem -benchtime "${BENCHTIME:-200ms}" ./directory/... ./provisioning/... ./registrar/... ./media/... ./calls/... |
		grep -E '^(Benchmark|pkg:)' || true
fi
[ -n "$BENCH" ] || exit 0
BENCH=$(cd "$BENCH" && pwd)
OUT=${OUT:-$(mktemp -d /tmp/cradle-bench-XXXX)}; bin=$OUT/bin; mkdir -p "$bin"
for tool in kamailio rtpengine nginx wrk in.tftpd; do
	command -v "$tool" >/dev/null || [ -x "/usr/sbin/$tool" ] || { echo "the peer $tool is missing: apt-get install kamailio kamailio-extra-modules rtpengine-daemon nginx-light wrk tftpd-hpa"; exit 1; }
done
PATH=$PATH:/usr/sbin
ulimit -n 20000
CGO_ENABLED=0 go build -trimpath -o "$bin/cradle" ./cmd/cradle
(cd "$BENCH/sipload" && go build -o "$bin/sipload" .)
(cd "$BENCH/tftpload" && go build -o "$bin/tftpload" .)
hi=(); nice -n -10 true 2>/dev/null && hi=(nice -n -10)
[ -z "${PRIO:-}" ] || read -ra hi <<<"$PRIO"
srv=("${hi[@]}" taskset -c 0) gen=("${hi[@]}" taskset -c 1)
pids=()
stop() { kill "$1" 2>/dev/null || true; wait "$1" 2>/dev/null || true; }
trap 'for p in "${pids[@]}"; do stop "$p"; done' EXIT
cpu() { awk '{sub(/^.*\) /,""); print ($12+$13)/100}' "/proc/$1/stat"; }
emit() { while IFS= read -r l; do case $l in {*) printf '{"label":"%s","pin":1,"r":%s}\n' "$2" "$l" >>"$OUT/$1.jsonl";; *) echo "$2: $l" >&2;; esac; done; }

office() { # an office of N phones, each with an extension
	cat <<Y
administrator: {email: bench@bench.test, password: "a long bench password"}
organization: {name: Bench, domain: bench.test}
sites: [{name: Here, networks: [127.0.0.0/8], adoption: closed, tftp: full}]
limits: {calls: 10000}
extensions:
Y
	seq 0 $(($1 - 1)) | awk -v sdes="${sdes:-}" '{printf "  - {number: \"%d\", name: Phone %d, site: Here%s}\n", 10000+$1, $1, sdes && $1%2 ? ", sip: {media_encryption: sdes}" : ""}'
	echo devices:
	seq 0 $(($1 - 1)) | awk '{printf "  - {mac: \"001565%06x\", model: yealink-t46s, site: Here, line: \"%d\"}\n", $1, 10000+$1}'
}

phones=${PHONES:-10000}
launch() { # the program on the store in $OUT/data
	"${srv[@]}" "$bin/cradle" serve --data "$OUT/data" --http 127.0.0.1:18080 --https "${https:-127.0.0.1:18443}" --sntp off --tftp 127.0.0.1:16969 --sip 127.0.0.1:15060 --sips off \
		--pnp off --metrics off --media-ports 20000-32767 --media-kernel "${kernel:-off}" --log-level warn --drain 0s >"$OUT/cradle.out" 2>>"$OUT/cradle.log" & pid=$!; pids=("$pid")
	for _ in $(seq 200); do curl -sf http://127.0.0.1:18080/readyz >/dev/null && return; sleep .1; done
	echo "cradle does not come up" >&2; exit 1
}
prepare() { # the phones, once; the first start gives each its token, which is no part of any figure
	office "$phones" >"$OUT/office.yaml"
	"$bin/cradle" setup --answers "$OUT/office.yaml" --data "$OUT/data" >/dev/null
	launch; sleep 8; stop $pid
	"$bin/cradle" export --secrets --json --data "$OUT/data" >"$OUT/export.json"
	tr '{' '\n' <"$OUT/export.json" | awk 'match($0,/"line": *"[0-9]+"/) {l=substr($0,RSTART,RLENGTH); gsub(/[^0-9]/,"",l)} /"user": *"/ && /"secret": *"/ {u=$0; sub(/.*"user": *"/,"",u); sub(/".*/,"",u); s=$0; sub(/.*"secret": *"/,"",s); sub(/".*/,"",s); if (l!="") print u, s, l; l=""}' >"$OUT/accounts"
	[ "$(wc -l <"$OUT/accounts")" = "$phones" ] || { echo "the export gave $(wc -l <"$OUT/accounts") accounts instead of $phones" >&2; exit 1; }
	mv "$OUT/data" "$OUT/settled"
}
ours() { # start on a store that no earlier step has written to
	[ -d "$OUT/settled" ] || prepare
	rm -rf "$OUT/data"; cp -r "$OUT/settled" "$OUT/data"
	launch
}
kam() {
	sed "s/^children=.*/children=2/" "$BENCH/conf/kamailio.cfg" >"$OUT/kam.cfg"
	"${srv[@]}" kamailio -f "$OUT/kam.cfg" -DD -E -M 16 -m 1024 -b 4194304 -x tlsf -X tlsf >"$OUT/kam.log" 2>&1 & pid=$!; pids=("$pid"); sleep 1.5
}
load() { "${gen[@]}" "$bin/sipload" "$@" 2>&1; }

if has sip; then for _ in $(seq "$ROUNDS"); do
	# Calls first: registrations leave bindings of ports that nobody listens at.
	kam
	load call -pid $pid -secs "$SECS" -window 128 -hold 20 | emit sip "kamailio call"
	for m in fresh refresh; do load register -pid $pid -mode $m -secs "$SECS" | emit sip "kamailio $m"; done
	stop $pid
	ours
	load call -target 127.0.0.1:15060 -pid $pid -secs "$SECS" -window 128 -hold 20 -accounts "$OUT/accounts" | emit sip "cradle call"
	for m in fresh refresh; do load register -target 127.0.0.1:15060 -pid $pid -mode $m -secs "$SECS" -accounts "$OUT/accounts" | emit sip "cradle $m"; done
	stop $pid
done; fi

pss() { local t=0 p; for p in "$1" $(pgrep -P "$1"); do t=$((t + $(awk '/^Pss:/ {print $2}' "/proc/$p/smaps_rollup"))); done; echo "$t"; } # KiB of a process and its children
middle() { cut -d: -f2 | sort -g | awk '{v[NR]=$1} END {print (NR%2 ? v[(NR+1)/2] : (v[NR/2]+v[NR/2+1])/2)}'; }
median() { grep -F "\"label\":\"$1\"" "$OUT/reg.jsonl" | grep -o "\"$2\":[0-9.]*" | middle; }
step() { grep -F "\"label\":\"$1\"" "$OUT/media.jsonl" | grep -o "\"calls\":$2,[^}]*" | grep -o "\"$3\":[0-9.]*" | middle; } # label calls field
ratio() { # what peer ours must aim
	awk -v w="$1" -v p="$2" -v o="$3" -v m="$4" -v a="$5" 'BEGIN {r=p>0 ? o/p : 0; printf "%-34s peer %10.4g  ours %10.4g  ratio %5.2f  must %s, aim %s: %s\n", w, p, o, r, m, a, (r<=a ? "aim" : r<=m ? "must" : "MISSED")}'
}
if has reg; then
	for _ in $(seq "$ROUNDS"); do
		kam; for m in fresh refresh; do load register -pid $pid -mode $m -secs "$SECS" | emit reg "kamailio reg $m"; done; stop $pid
		ours; for m in fresh refresh; do load register -target 127.0.0.1:15060 -pid $pid -mode $m -secs "$SECS" -accounts "$OUT/accounts" | emit reg "cradle reg $m"; done; stop $pid
	done
	# Memory: one binding for each phone, then ten: each run of the generator comes from sockets of its own.
	# What Go's collector has not swept yet is no binding: it sweeps every two minutes, and gives back slowly.
	settle=${SETTLE:-180}
	kam; empty=$(pss $pid)
	load register -pid $pid -aors "$phones" -prime=false -rounds 1 -secs 0 | emit reg "kamailio bindings"; kam1=$(($(pss $pid) - empty))
	for i in $(seq 2 10); do load register -pid $pid -first $((i * phones)) -aors "$phones" -prime=false -rounds 1 -secs 0 >/dev/null; done; kam10=$(($(pss $pid) - empty)); stop $pid
	ours; empty=$(pss $pid)
	load register -target 127.0.0.1:15060 -pid $pid -accounts "$OUT/accounts" -prime=false -rounds 1 -secs 0 | emit reg "cradle bindings"; sleep "$settle"; our1=$(($(pss $pid) - empty))
	for _ in $(seq 2 10); do load register -target 127.0.0.1:15060 -pid $pid -accounts "$OUT/accounts" -prime=false -rounds 1 -secs 0 >/dev/null; done; burst=$(($(pss $pid) - empty)); sleep "$settle"; our10=$(($(pss $pid) - empty)); stop $pid
	echo "memory for $phones bindings: Kamailio $kam1 KiB, ours $our1 KiB; for $((10 * phones)): Kamailio $kam10 KiB, ours $our10 KiB, and $burst KiB right after the load"
	for m in fresh:0.8:0.55 refresh:0.75:0.5; do
		IFS=: read -r m must aim <<<"$m"
		ratio "CPU s for 10,000, $m" "$(median "kamailio reg $m" srv_cpu_s_per_10k_regs)" "$(median "cradle reg $m" srv_cpu_s_per_10k_regs)" "$must" "$aim"
		ratio "time of one at full rate, $m, us" "$(awk -v r="$(median "kamailio reg $m" regs_per_s)" 'BEGIN {print 1e6/r}')" "$(awk -v r="$(median "cradle reg $m" regs_per_s)" 'BEGIN {print 1e6/r}')" "$must" "$aim"
	done
	ratio "bytes a binding at $((10 * phones))" 1024 "$(awk -v k="$our10" -v n="$((10 * phones))" 'BEGIN {print k*1024/n}')" 1 0.49
	echo "idle phones on TLS, and back after a kill under 2,000 phones (must: first in 5 s, all in 60 s; aim: 1 s, 20 s):"
	go test -run '^$' -bench 'IdleTLSPhones|BackAfterKill' -benchtime 1x -count "$ROUNDS" ./cmd/cradle | grep ^Benchmark
fi

engine() { "${srv[@]}" rtpengine -f -E --no-log-timestamps -L 2 --table=-1 -i 127.0.0.1 -n 127.0.0.1:2224 -m 10000 -M 29999 --num-threads=2 --timeout=600 >"$OUT/rtpe.log" 2>&1 & pid=$!; pids=("$pid"); sleep 1.5; }
rtpe() { # legs calls
	engine
	load rtp -rtpengine 127.0.0.1:2224 -pid $pid -calls "$2" -secs "$SECS" -legs "$1" ${ramp--ramp} | emit media "rtpengine${on:-} $1"
	stop $pid
}
relay() { # label legs calls
	ours
	local before; before=$(program "$pid")
	load rtp -sip -target 127.0.0.1:15060 -pid $pid -calls "$3" -secs "$SECS" -legs "$2" ${ramp--ramp} -warm "${warm:-1}" -accounts "$OUT/accounts" | emit media "$1 $2"
	[ -z "$before" ] || paste -d ' ' <(echo "$before") <(program "$pid") | awk -v c="$3" '$4>$2 {printf "{\"kind\":\"program\",\"calls\":\"%s\",\"packets\":%d,\"ns_per_packet\":%.0f}\n", c, $4-$2, ($3-$1)/($4-$2)}' | emit media "$1 program"
	stop $pid
}
program() { # what the program in the kernel has taken: ns and runs
	{ cat /proc/"$1"/fdinfo/* 2>/dev/null || true; } | awk '/^run_time_ns:/ {t=$2} /^run_cnt:/ {n=$2} END {if (n!="") print t, n}'
}
if has media; then
	for _ in $(seq "$ROUNDS"); do
		rtpe rtp-rtp "$CALLS"; relay "cradle" rtp-rtp "$CALLS"
		for c in ${CALLS//,/ }; do # until the calls are in the kernel a few seconds pass
			sysctl -qw kernel.bpf_stats_enabled=1 || true
			kernel=auto warm=10 relay "cradle in the kernel" rtp-rtp "$c"
			sysctl -qw kernel.bpf_stats_enabled=0 || true
		done
		rtpe rtp-rtp "${MOST:=1000,1200,1400,1600,1800}"; relay "cradle" rtp-rtp "$MOST"
	done
fi

# Relay and generator share all cores; the highest step is the last one before packets are lost.
cores() { # label
	local c loss late best=0
	for c in ${TWO//,/ }; do
		[ -n "$(step "$1" "$c" loss_pct)" ] || break
		loss=$(step "$1" "$c" loss_pct) late=$(step "$1" "$c" gen_worst_late_ms)
		echo "  $1, $c calls: $loss % lost, $(step "$1" "$c" srv_cores) cores, generator late by $late ms$(awk -v l="$late" 'BEGIN {if (l>20) print ": disturbed, does not count"}')"
		awk -v l="$late" 'BEGIN {exit !(l<=20)}' || continue
		awk -v l="$loss" 'BEGIN {exit !(l<0.1)}' || break
		best=$c
	done
	echo "calls on $(nproc) cores below 0.1 % loss, $1: $best"
}
if has cores; then
	TWO=${TWO:-1000,1400,1800,2200,2600} pinned=("${srv[@]}") pinnedgen=("${gen[@]}")
	srv=("${hi[@]}") gen=("${hi[@]}") # the generator is the world outside: it may go first
	[ -z "${GENPRIO:-}" ] || read -ra gen <<<"$GENPRIO"
	for _ in $(seq "$ROUNDS"); do
		ramp='' on=" on all cores" rtpe rtp-rtp "$TWO"
		ramp='' relay "cradle on all cores" rtp-rtp "$TWO"
		ramp='' kernel=auto warm=10 relay "cradle in the kernel, on all cores" rtp-rtp "$TWO"
	done
	srv=("${pinned[@]}") gen=("${pinnedgen[@]}")
	for l in "rtpengine on all cores" "cradle on all cores" "cradle in the kernel, on all cores"; do cores "$l rtp-rtp"; done
fi

between() { "${gen[@]}" timeout 180 "$bin/phonesim" traffic --json --near dtls --far sdes --calls "$CALLS" --time "${SECS}s" --pid "$pid" "$@" 2>&1; }
if has media || has dtls; then
	rm -rf "$OUT/settled" "$OUT/data"; sdes=1
	if has media; then
		for _ in $(seq "$ROUNDS"); do rtpe rtp-srtp "$CALLS"; relay "cradle" rtp-srtp "$CALLS"; rtpe rtp-srtp "1000,1100,1200"; relay "cradle" rtp-srtp "1000,1100,1200"; done
	fi
	if has dtls; then
		go build -trimpath -o "$bin/phonesim" ./cmd/phonesim
		for _ in $(seq "$ROUNDS"); do
			engine; between --ng 127.0.0.1:2224 | emit media "rtpengine dtls-sdes"; stop $pid
			ours; between --server 127.0.0.1:15060 --accounts "$OUT/accounts" | emit media "cradle dtls-sdes"; stop $pid
		done
		for c in ${CALLS//,/ }; do ratio "DTLS to SDES, $c calls, CPU us" "$(step "rtpengine dtls-sdes" "$c" srv_cpu_s_per_1m_pkts)" "$(step "cradle dtls-sdes" "$c" srv_cpu_s_per_1m_pkts)" 0.8 0.65; done
	fi
	rm -rf "$OUT/settled" "$OUT/data"; sdes=
fi

# A storm has no peer: all phones switch on at the same instant, boot and
# register; "before" is how they were first onboarded, then the power failed. The
# appliance and the phones share both cores. Where there is an HTTPS door, phones
# that were pointed at HTTP move to it on their first day.
if has storm; then
	go build -trimpath -o "$bin/phonesim" ./cmd/phonesim
	for way in http://127.0.0.1:18080/p/=off https://127.0.0.1:18443/p/= http://127.0.0.1:18080/p/= tftp://127.0.0.1:16969/=off; do
		https=${way#*=} ours; taskset -apc 0,1 "$pid" >/dev/null; a=$(cpu "$pid")
		"$bin/phonesim" storm --count "$phones" --model yealink-t46s --mac-base 001565000000 --url "${way%=*}" --register --again --parallel 512 --timeout 200s --json >"$OUT/storm.json" || true
		echo "${way%%:*} (https ${way#*=}): $(cat "$OUT/storm.json"), $(awk -v a="$a" -v b="$(cpu "$pid")" 'BEGIN {print b-a}') CPU s, memory at its peak $(awk '/VmHWM/ {print int($2/1024)}' "/proc/$pid/status") MB"
		stop $pid
	done
fi

tree() { local t=0 p; for p in "$1" $(pgrep -P "$1"); do t=$(awk -v a="$t" -v b="$(cpu "$p")" 'BEGIN {print a+b}'); done; echo "$t"; }
http() { # label pid url [wrk args]
	local label=$1 p=$2 url=$3 a b o; shift 3
	a=$(tree "$p"); o=$("${gen[@]}" wrk -t1 -c32 -d"${SECS}s" --latency "$@" "$url" 2>&1); b=$(tree "$p")
	awk -v l="$label" -v a="$a" -v b="$b" '/requests in/ {n=$1} /Requests\/sec/ {q=$2} /Socket errors/ {e=$4+$6+$8+$10} /Non-2xx/ {e+=$NF}
		END {printf "{\"label\":\"%s\",\"pin\":1,\"r\":{\"kind\":\"http\",\"req_per_s\":%s,\"srv_cpu_s_per_10k\":%.4f,\"errors\":%d}}\n", l, q, (b-a)*1e4/n, e}' <<<"$o" >>"$OUT/prov.jsonl"
}
tftp() { printf '{"label":"%s","pin":1,"r":%s}\n' "$1" "$("${gen[@]}" "$bin/tftpload" -target "$3" -file "$4" -blksize "$5" -window 32 -secs "$SECS" -pid "$2")" >>"$OUT/prov.jsonl"; }
if has prov; then
	ours; mkdir -p "$OUT/www"; chmod 755 "$OUT" "$OUT/www"
	curl -sf http://127.0.0.1:18080/p/001565000000.cfg >"$OUT/www/phone.cfg"; chmod 644 "$OUT/www/phone.cfg"
	stop $pid
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -keyout "$OUT/www/phone.key" -out "$OUT/www/phone.crt" 2>/dev/null; chmod 644 "$OUT/www"/phone.*
	sed "s#@DIR@#$OUT/www#g" "$BENCH/conf/nginx.conf" >"$OUT/nginx.conf"
	for _ in $(seq "$ROUNDS"); do
		"${srv[@]}" nginx -c "$OUT/nginx.conf" -p "$OUT/www" & n=$!; pids=("$n"); sleep .7
		http "nginx http keepalive" $n http://127.0.0.1:8080/phone.cfg
		http "nginx https close" $n https://127.0.0.1:8443/phone.cfg -H "Connection: close"
		stop $n
		ours
		http "cradle http keepalive" $pid http://127.0.0.1:18080/p/001565000000.cfg
		http "cradle https close" $pid https://127.0.0.1:18443/p/001565000000.cfg -H "Connection: close"
		tftp "cradle tftp 512" $pid 127.0.0.1:16969 001565000000.cfg 512
		tftp "cradle tftp 1428" $pid 127.0.0.1:16969 001565000000.cfg 1428
		stop $pid
		"${srv[@]}" in.tftpd -L -a 127.0.0.1:6969 -s "$OUT/www" & n=$!; pids=("$n"); sleep .5
		tftp "tftpd-hpa 512" $n 127.0.0.1:6969 phone.cfg 512
		tftp "tftpd-hpa 1428" $n 127.0.0.1:6969 phone.cfg 1428
		stop $n
	done
fi
pids=()
if command -v python3 >/dev/null && compgen -G "$OUT/*.jsonl" >/dev/null; then python3 "$BENCH/summary.py" "$OUT"/*.jsonl; fi
echo "raw lines: $OUT"
