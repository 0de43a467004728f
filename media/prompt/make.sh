#!/bin/sh
# make.sh [LANGUAGE...]: speaks the sentences of *.txt and writes sounds/LANGUAGE/NAME.g722 (16 kHz, 64 kbit/s).
# Needs festival, festvox-us-slt-hts, espeak-ng and sox. English is said by festival's HTS voice, which was preferred
# to flite's slt and to espeak-ng; German by espeak-ng, the only one there is.
set -e
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- $(ls ./*.txt | sed 's|./||; s|[.]txt||')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { # LANGUAGE TEXT FILE
	case $1 in
	en) echo "$2" | text2wave -eval '(voice_cmu_us_slt_arctic_hts)' -o "$3" ;;
	*) espeak-ng -v "$1" -s 145 -w "$3" "$2" ;;
	esac
}

for language; do
	mkdir -p "$work/$language"
	grep -v '^#' "$language.txt" | while IFS='|' read -r name text; do
		name=$(echo $name)
		say "$language" "$(echo $text)" "$work/raw.wav" </dev/null
		# No silence before and behind, one level, 30 ms to breathe.
		sox "$work/raw.wav" -r 16000 -c 1 -b 16 "$work/$language/$name.wav" \
			norm -8 highpass 100 silence 1 0.01 0.3% reverse silence 1 0.01 0.3% reverse norm -5 pad 0.02 0.06
	done
	rm -rf "sounds/$language"
	mkdir -p "sounds/$language"
	go run ./pack.go "$work/$language" "sounds/$language"
done
