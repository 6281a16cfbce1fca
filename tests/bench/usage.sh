#!/bin/sh
# usage.sh: minute samples of 500 machines and 30 days (21.6 million rows, about 1 GB), by machine and by
# time, read by `yunjuan usage`, by DuckDB with two threads (npm's @duckdb/node-api, installed below
# build/) and by `wc -l`. The rows that docs/usage.sql makes in DuckDB are imported behind ours: each must
# be there already with the same figures. What is written here is removed at the end.
#
#	MACHINES=500 DAYS=30	how much
#	DUCKDB=0		leave DuckDB out
#	YUNJUAN=…		the program, else build/release/yunjuan
set -eu
LC_ALL=C
export LC_ALL

top=$(cd "$(dirname "$0")/../.." && pwd)
bench=$top/tests/bench
yunjuan=${YUNJUAN:-$top/build/release/yunjuan}
dir=$top/build/bench/usage
mkdir -p "$dir/npm"
trap 'rm -rf "$dir/work" "$dir"/*.csv' EXIT
trap 'exit 1' HUP INT TERM

say() { printf '%s\n' "$*" >&2; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }
row() { printf '%-34s %9s %8s  %s\n' "$@"; }

# best COMMAND…: of three runs the shortest in $ms, the highest memory in $kb. What the run before wrote is
# put aside, not removed: ext4 is slow to give out inodes that were freed in the last seconds.
best() {
	ms='' kb=0
	for run in 1 2 3; do
		[ ! -d "$dir/work/content/usage" ] || mv "$dir/work/content/usage" "$dir/work/before-$(now_ms)-$run"
		start=$(now_ms)
		(cd "$dir/work" && exec /usr/bin/time -q -f '%M' -o "$dir/time" "$@") >"$dir/said" 2>"$dir/log"
		took=$(($(now_ms) - start))
		[ -n "$ms" ] && [ "$ms" -le "$took" ] || ms=$took
		[ "$(cat "$dir/time")" -le "$kb" ] || kb=$(cat "$dir/time")
	done
}

seconds() { awk -v ms="$1" 'BEGIN { printf "%.2f s", ms / 1000 }'; }

install_duckdb() {
	[ "${DUCKDB:-1}" != 0 ] && command -v npm >/dev/null || return 1
	[ -d "$dir/npm/node_modules/@duckdb" ] && return
	(cd "$dir/npm" && npm init -y && npm install --no-audit --no-fund @duckdb/node-api) >"$dir/log" 2>&1
}

# One order of rows: four lines of the table.
measure() {
	samples=$dir/$1.csv
	say "samples by $1"
	"$dir/samples" "${MACHINES:-500}" "${DAYS:-30}" "$1" >"$samples"
	bytes=$(stat -c %s "$samples")
	best wc -l "$samples"
	wc_ms=$ms
	row "by $1: wc -l" "$(seconds "$wc_ms")" '' ''
	duck_ms=''
	if [ -n "$duckdb" ]; then
		(cd "$dir/npm" && node "$bench/usage.mjs" "$samples" "$top/docs/usage.sql" "$dir/days.csv") >"$dir/duckdb"
		while IFS="$tab" read -r name took; do
			row "by $1: $name" "$took s" '' ''
		done <"$dir/duckdb"
		duck_ms=$(awk -F "$tab" '$2 * 1000 < least || NR == 1 { least = $2 * 1000 } END { printf "%d", least }' "$dir/duckdb")
	fi
	best "$yunjuan" usage "$samples"
	row "by $1: yunjuan usage" "$(seconds "$ms")" "$((kb / 1024)) MB" "$(awk -v ms="$ms" -v wc="$wc_ms" -v duck="$duck_ms" -v bytes="$bytes" \
		'BEGIN { printf "%.2f GB/s, %.1f x wc -l", bytes / ms / 1e6, ms / (wc > 0 ? wc : 1); if (duck != "") printf(", %.1f x faster than DuckDB (>= 5 x: %s)", duck / ms, (duck >= 5 * ms ? "ok" : "over")) }')"
	[ -z "$duck_ms" ] || (cd "$dir/work" && "$yunjuan" usage --daily "$dir/days.csv" | sed -n "2s/^.*：/by $1: DuckDB's rows against ours: /p")
	rm -f "$samples" "$dir/days.csv"
}

tab=$(printf '\t')
${CC:-cc} -std=c11 -O2 -o "$dir/samples" "$bench/samples.c"
duckdb=yes
install_duckdb || { duckdb='' && say "DuckDB is left out (npm could not install it, see $dir/log)"; }
rm -rf "$dir/work"
"$yunjuan" init "$dir/work" >/dev/null 2>&1
echo "usage: ${MACHINES:-500} machines, ${DAYS:-30} days; DuckDB $(sed -n 's/.*"version": "\(.*\)".*/\1/p' "$dir/npm/node_modules/@duckdb/node-api/package.json" 2>/dev/null || :)"
measure machine
measure time
