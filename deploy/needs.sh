#!/bin/sh
# Brings what building (`build`), testing (`test`) or proving (`prove`) needs beside Rust, Node and make. On Debian and Ubuntu,
# as root or with sudo, missing packages are installed; elsewhere one line names the first thing missing.
set -eu

missing() {
	echo "medchat: missing $1" >&2
	exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

has_postgres() {
	has initdb && return 0
	for folder in /usr/lib/postgresql/*/bin; do [ -x "$folder/initdb" ] && return 0; done
	return 1
}

has_chromium() { [ -x "${MEDCHAT_CHROMIUM:-/usr/bin/chromium}" ]; }

has_cyrillic() { ! has fc-list || [ -n "$(fc-list ':lang=ru' family | head -1)" ]; }

packages=""
want() { packages="$packages $1"; }

has cargo || missing "Rust: install it with rustup, rust-toolchain.toml names the version"
has node || missing "Node 20.19 or newer"
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
	missing "Node 20.19 or newer: this is $(node --version)"

has cc || want build-essential
if [ "${1:-build}" = test ]; then
	has_postgres || want postgresql
	has nats-server || [ -x /usr/sbin/nats-server ] || want nats-server
	has_chromium || want chromium
	has_cyrillic || want fonts-dejavu-core
fi
if [ "${1:-build}" = prove ]; then
	has xfs_io || [ -x /usr/sbin/xfs_io ] || want xfsprogs
	has eatmydata || want eatmydata
	has nft || [ -x /usr/sbin/nft ] || want nftables
	has ip || want iproute2
	has sysctl || [ -x /usr/sbin/sysctl ] || want procps
fi

[ -n "$packages" ] || exit 0
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if ! has apt-get || { [ -n "$as_root" ] && ! sudo -n true 2>/dev/null; }; then
	missing "packages (names as in Debian):$packages"
fi
$as_root apt-get update -qq >/dev/null
# shellcheck disable=SC2086  # both are lists of words
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $packages >/dev/null ||
	missing "packages that apt-get could not install:$packages"
