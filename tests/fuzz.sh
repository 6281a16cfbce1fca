#!/bin/sh
# fuzz.sh [PATTERN]: replays the corpus of each tests/fuzz/<name>_fuzzer.c and its mutations
# (see tests/fuzz/driver.c). An input that crashes stays in build/test-logs/fuzz/.
set -u
here=$(CDPATH='' cd "$(dirname "$0")" && pwd) || exit 1
export TESTS="$here"
# shellcheck disable=SC1091
. "$here/lib.sh"
cd "$here/.." || exit 1
logs=$PWD/build/test-logs/fuzz
programs=build/${YJ_MODE:-asan}/fuzz
mkdir -p "$logs" || exit 1

replay() {
	rm -f "$logs/$1.crash"
	in_clean_env "$PWD/build/test-tmp/fuzz-$1.home" FUZZ_CRASH="$logs/$1.crash" \
		timeout 120 "$programs/$1" >"$logs/$1.log" 2>&1 </dev/null
	echo $? >"$logs/$1.status"
}

if [ "${1:-}" = --replay ]; then
	replay "$2"
	exit 0
fi

names=
for source in tests/fuzz/*_fuzzer.c; do
	name=$(basename "$source" .c)
	# shellcheck disable=SC2254 # a pattern is meant
	case $name in *${1:-}*) [ ! -f "$source" ] || names="$names $name" ;; esac
done
if [ -z "$names" ]; then
	echo "1..0 # SKIP no fuzzers${1:+ like $1}"
	exit 0
fi
# shellcheck disable=SC2086 # words are meant
printf '%s\n' $names | xargs -P 2 -n 1 sh "$here/fuzz.sh" --replay

count=0 failed=0
for name in $names; do
	count=$((count + 1))
	status=$(cat "$logs/$name.status" 2>/dev/null)
	line=$(grep '^ok ' "$logs/$name.log" | tail -n 1)
	if [ "$status" = 0 ] && [ -n "$line" ]; then
		echo "ok $count - ${line#ok 1 - }"
		continue
	fi
	failed=$((failed + 1))
	echo "not ok $count - $name: status $status"
	as_comment "$logs/$name.log"
	[ ! -f "$logs/$name.crash" ] || echo "# the input: $logs/$name.crash"
done
echo "1..$count"
[ "$failed" = 0 ]
