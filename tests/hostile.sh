#!/bin/sh
# hostile.sh [PATTERN]: runs tests/hostile/*.sh, each in a fresh folder, with a limit of 20
# seconds and of memory. A script exits 0 when the program bore it, 77 to skip (its last line
# says why). Zip bombs, ../ names, deep nesting, cut files belong there.
set -u
here=$(CDPATH='' cd "$(dirname "$0")" && pwd) || exit 1
export TESTS="$here"
# shellcheck disable=SC1091
. "$here/lib.sh"
tmp=$here/../build/test-tmp
mkdir -p "$tmp" || exit 1
tmp=$(CDPATH='' cd "$tmp" && pwd) || exit 1
memory_mb=1024

# Address space cannot be bounded under a sanitizer, which maps terabytes; resident memory can.
# hard_rss_limit_mb is looked at ten times a second, so single big pieces are bounded as well.
# shellcheck disable=SC3045 # ulimit -v: dash, bash and busybox have it
limited() {
	case ${YJ_MODE:-asan} in
	asan) export ASAN_OPTIONS="hard_rss_limit_mb=$memory_mb:max_allocation_size_mb=$memory_mb" ;;
	tsan) ;;
	*) ulimit -v $((memory_mb * 1024)) ;;
	esac
	in_clean_env "$log/home" timeout 20 sh -e "$1"
}

count=0 failed=0
for script in "$here"/hostile/*.sh; do
	name=$(basename "$script" .sh)
	# shellcheck disable=SC2254 # a pattern is meant
	case $name in *${1:-}*) [ -f "$script" ] || continue ;; *) continue ;; esac
	count=$((count + 1))
	work=$tmp/hostile-$name log=$tmp/hostile-$name.log
	rm -rf "$work" "$log"
	mkdir -p "$work" "$log" || exit 1
	(cd "$work" && limited "$script") >"$log/output" 2>&1 </dev/null
	status=$?
	if has_sanitizer_report "$log/output"; then
		status=sanitizer
	fi
	case $status in
	0)
		echo "ok $count - $name"
		rm -rf "$work" "$log"
		continue
		;;
	77)
		echo "ok $count - $name # SKIP $(tail -n 1 "$log/output")"
		continue
		;;
	124) echo "not ok $count - $name: more than 20 seconds" ;;
	sanitizer) echo "not ok $count - $name: a sanitizer stopped it" ;;
	*) echo "not ok $count - $name: status $status" ;;
	esac
	failed=$((failed + 1))
	as_comment "$log/output" 30
	echo "# see $work"
done
if [ "$count" = 0 ]; then
	echo "1..0 # SKIP no hostile inputs${1:+ like $1}"
else
	echo "1..$count"
fi
[ "$failed" = 0 ]
