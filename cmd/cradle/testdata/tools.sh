#!/usr/bin/env bash
# Installs what the checks need and this machine lacks.
set -euo pipefail
need=()
want() { command -v "$1" >/dev/null || need+=("${2:-$1}"); }
want curl; want tftp tftp-hpa; want sipp sip-tester; want baresip; want linphonec linphone-cli; want sipsak; want svmap sipvicious; want chromium; want pulseaudio; want parec pulseaudio-utils; want pngquant; want cc gcc; want ip iproute2; want openssl
if [ ${#need[@]} -gt 0 ]; then
	if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
		echo "please install: ${need[*]}"; exit 1
	fi
	export DEBIAN_FRONTEND=noninteractive
	apt-get update -qq
	apt-get install -y -qq --no-install-recommends "${need[@]}" >/dev/null
fi
lint=v2.12.2
if ! command -v golangci-lint >/dev/null && [ ! -x "$(go env GOPATH)/bin/golangci-lint" ]; then
	CGO_ENABLED=0 go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$lint"
fi
