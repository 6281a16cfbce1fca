#!/bin/sh
# all.sh [quick]: every suite in order, each printing TAP. Shows one line a suite and what
# failed, was skipped or is expected to fail; ends with "N passed, N failed". YJ_MODE says
# which build is tested (asan unless told). Full output: build/test-logs/<suite>.log.
set -u
cd "$(dirname "$0")/.." || exit 1
export TESTS="$PWD/tests" YJ_MODE="${YJ_MODE:-asan}"
# shellcheck disable=SC1091
. tests/lib.sh
quick=${1:-}
logs=build/test-logs
rm -rf "$logs"
mkdir -p "$logs/unit" build/test-tmp || exit 1
all_passed=0 all_failed=0

now() {
	date +%s.%N
}

# suite NAME COMMAND…
suite() {
	name=$1 log=$logs/$1.log
	shift
	start=$(now)
	"$@" >"$log" 2>&1 </dev/null
	status=$?
	end=$(now)
	sum_up "$log" "$status" >"$log.sum"
	read -r passed failed note <"$log.sum"
	all_passed=$((all_passed + passed))
	all_failed=$((all_failed + failed))
	word=ok
	[ "$failed" = 0 ] || word=FAILED
	awk -v word="$word" -v name="$name" -v passed="$passed" -v failed="$failed" \
		-v seconds="$end $start" 'BEGIN {
			split(seconds, t, " ")
			printf "%-6s %-28s %4d passed, %d failed  %.1f s\n", word, name, passed, failed,
				t[1] - t[2]
		}'
	tail -n +2 "$log.sum"
	if [ -n "$note" ]; then
		echo "       $note:"
		tail -n 30 "$log" | sed 's/^/       # /'
	fi
	rm -f "$log.sum"
}

# "passed failed note" of a TAP log, then the lines worth showing. A skipped or expectedly
# failing test counts as passed. A suite that stopped early or said nothing has failed.
sum_up() {
	awk -v status="$2" '
	/^(not )?ok($|[ \t])/ {
		seen++
		shown = 0
		excused = $0 ~ /# *(SKIP|TODO|skip|todo)/
		if ($1 == "ok" || excused)
			passed++
		else
			failed++
		if (excused)
			show[++lines] = "       " $0
		else if ($1 == "not")
			shown = 1
	}
	/^1\.\.[0-9]+/ {
		planned = 1
		plan = substr($1, 4) + 0
		shown = 0
		if (plan == 0 && $0 ~ /#/)
			show[++lines] = "       " $0
	}
	shown { show[++lines] = "       " $0 }
	END {
		if (status != 0 && !failed) {
			failed++
			note = "ended with status " status
		} else if (planned && plan != seen) {
			failed++
			note = "planned " plan " tests, ran " seen
		} else if (!planned && !seen) {
			failed++
			note = "printed no test"
		}
		print passed + 0, failed + 0, note
		for (i = 1; i <= lines; i++)
			print show[i]
	}' "$1"
}

for source in tests/unit/*.c; do
	[ -f "$source" ] || continue
	unit=$(basename "$source" .c)
	suite "unit/$unit" in_clean_env "$PWD/build/test-tmp/unit-$unit.home" \
		timeout 300 "build/$YJ_MODE/unit/$unit"
done
suite style sh tests/style.sh
[ ! -f tests/docs.sh ] || suite docs sh tests/docs.sh
suite commands sh tests/run.sh
suite hostile sh tests/hostile.sh
suite fuzz sh tests/fuzz.sh
[ "$quick" = quick ] || [ ! -f tests/pages.sh ] || suite pages sh tests/pages.sh
[ "$quick" = quick ] || [ ! -f tests/browser.sh ] || suite browser sh tests/browser.sh
[ "$quick" = quick ] || suite bill sh tests/bill.sh

echo "$all_passed passed, $all_failed failed"
[ "$all_failed" = 0 ]
