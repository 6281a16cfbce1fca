#!/bin/sh
# The bag of 1,000 folders of mixed papers, 350 MB, half of them incompressible, with both digests of
# each file, against `zip -6` and `7z -mmt2` on the same files. Runs take turns; the best of each counts.
#
#	FOLDERS=1000	how many
#	RUNS=3		of each
set -eu
LC_ALL=C.UTF-8
export LC_ALL

top=$(cd "$(dirname "$0")/../.." && pwd)
FOLDERS=${FOLDERS:-1000}
RUNS=${RUNS:-3}
mkdir -p "$top/build/bench"
place=$top/build/bench
[ ! -w /dev/shm ] || place=/dev/shm
work=$(mktemp -d "$place/yunjuan-bag.XXXXXX")
trap 'rm -rf "$work"' EXIT

${CC:-cc} -std=c11 -O2 -D_GNU_SOURCE -o "$top/build/bench/papers" "$top/tests/bench/papers.c"
"$top/build/bench/papers" "$work/papers" "$FOLDERS"
cd "$work"

# timed NAME COMMAND…: adds "ms kb" to the file NAME.
timed() {
	name=$1
	shift
	rm -f out.zip
	start=$(date +%s%N)
	/usr/bin/time -q -f %M -o kb "$@" >/dev/null 2>log || { cat log >&2; return 1; }
	echo "$((($(date +%s%N) - start) / 1000000)) $(cat kb) $(stat -c %s out.zip)" >>"$name"
}
best() { sort -n "$1" | head -n 1 | cut -d' ' -f "$2"; }
row() { printf '%-34s %9s %8s  %-22s %-14s %s\n' "$@"; }
line() {
	row "$1" "$(best "$2" 1 | awk '{ printf "%.2f s", $1 / 1000 }')" \
		"$(best "$2" 2 | awk '{ printf "%.0f MB", $1 / 1024 }')" "$3" "$4" "$5"
}

while [ "$RUNS" -gt 0 ]; do
	timed zip zip -6 -qr out.zip papers
	timed 7z 7z a -tzip -mmt2 -bso0 -bsp0 out.zip papers
	timed bag "$top/build/release/bench/bag" papers out.zip
	RUNS=$((RUNS - 1))
done
cp out.zip one.zip
timed again "$top/build/release/bench/bag" papers out.zip
same=differ
! cmp -s one.zip out.zip || same='the same'

fastest=$(printf '%s\n%s\n' "$(best zip 1)" "$(best 7z 1)" | sort -n | head -n 1)
ours=$(best bag 1)
kb=$(best bag 2)
printf '\n%s folders, %s; %s cores\n\n' "$FOLDERS" "$(du -sh papers | cut -f 1)" "$(nproc)"
row step time memory ratio target ''
line 'zip -6' zip "$(best zip 3 | awk '{ printf "%.1f MB", $1 / 1e6 }')" '' ''
line '7z -tzip -mmt2' 7z "$(best 7z 3 | awk '{ printf "%.1f MB", $1 / 1e6 }')" '' ''
line 'bag, SHA-256 and SM3 of each file' bag "$(best bag 3 | awk '{ printf "%.1f MB", $1 / 1e6 }')" '' ''
row '   against the faster' '' '' "$(awk -v a="$fastest" -v b="$ours" 'BEGIN { printf "%.1f x as fast", a / b }')" \
	'>= 3 x' "$(awk -v a="$fastest" -v b="$ours" 'BEGIN { print (a >= 3 * b ? "ok" : "over") }')"
row '   its memory' '' "$((kb / 1024)) MB" '' '< 100 MB' "$([ "$kb" -lt 102400 ] && echo ok || echo over)"
row '   two runs, byte by byte' '' '' "$same" 'the same' ''
echo
