#!/bin/sh
# bill.sh [SEED…]: the month's bill against tests/bill.lua, which computes it a second time: random
# years (60 resources, three price lists, a leap year; the seeds are printed and may be given), and
# each month of the sample year. TAP.
set -u
cd "$(dirname "$0")/.." || exit 1
export TESTS="$PWD/tests" YJ_MODE="${YJ_MODE:-asan}"
# shellcheck disable=SC1091
. tests/lib.sh
tmp=$PWD/build/test-tmp/bill
tested=$PWD/build/$YJ_MODE/yunjuan
sample=$PWD/build/test-tmp/pages-demo
today=$(date +%j)
today=${today#0}
seeds=${*:-"1 2 3 ${today#0}"}
count=0 failed=0
rm -rf "$tmp"
mkdir -p "$tmp/home" || exit 1

# agree WHAT FOLDER MONTH: both bills of the month are the same.
agree() {
	count=$((count + 1))
	lua5.4 tests/bill.lua rows "$2" "$3" >"$tmp/expected" 2>&1
	(cd "$2" && in_clean_env "$tmp/home" env SOURCE_DATE_EPOCH=1735660800 "$tested" bill "$3" --json) 2>"$tmp/said" |
		lua5.4 tests/bill.lua json >"$tmp/actual" 2>&1
	if diff -u "$tmp/expected" "$tmp/actual" >"$tmp/diff" && [ -s "$tmp/expected" ]; then
		echo "ok $count - $1 $3: $(wc -l <"$tmp/expected") lines, $(tail -n 1 "$tmp/expected")"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $1 $3"
	as_comment "$tmp/diff"
	as_comment "$tmp/said"
}

# A workspace in which everything that SEED invents has happened.
invent() {
	work=$tmp/seed-$1
	in_clean_env "$tmp/home" "$tested" init --officer 经办一 --email mzzs01@mz.example \
		--registers "$TESTS/fixtures/registers" "$work" >/dev/null || return 1
	(
		cd "$work" && rm -f content/prices/* && lua5.4 "$TESTS/bill.lua" invent "$1" || exit 1
		stamp=1704067200
		for step in start SQ BF TZ CX; do
			case $step in
			SQ | BF) sed -i 's/^stage: provision/stage: confirm/; s/^stage: implement/stage: confirm/' content/tickets/2024/01/$step-*/ticket.md ;;
			TZ) sed -i 's/^stage: implement/stage: trial/' content/tickets/2024/01/TZ-*/ticket.md ;;
			CX) sed -i 's/^stage: implement/stage: submit/' content/tickets/2024/01/CX-*/ticket.md ;;
			esac
			stamp=$((stamp + 3600))
			in_clean_env "$tmp/home" git add -A
			in_clean_env "$tmp/home" env GIT_AUTHOR_DATE="@$stamp +0800" GIT_COMMITTER_DATE="@$stamp +0800" \
				git commit -q --no-verify -m "$step" || exit 1
		done
	)
}

for seed in $seeds; do
	if ! invent "$seed" >"$tmp/log" 2>&1; then
		count=$((count + 1)) failed=$((failed + 1))
		echo "not ok $count - seed $seed: the workspace"
		as_comment "$tmp/log"
		continue
	fi
	for month in 2024-01 2024-02 2024-03 2024-04 2024-06; do
		agree "seed $seed" "$tmp/seed-$seed" "$month"
	done
done
if [ -d "$sample/content" ]; then
	for month in 2021-05 2021-06 2021-07 2021-08 2021-09 2021-10 2021-11 2021-12; do
		agree sample "$sample" "$month"
	done
fi
echo "1..$count"
[ "$failed" = 0 ]
