#!/bin/sh
# pages.sh: replays the sample year into build/test-tmp/pages-demo and reads every page of its
# dashboard. The demo is made by the release program, because sanitizers would take long; the
# build is repeated by build/$YJ_MODE/yunjuan (asan unless told). TAP.
set -u
cd "$(dirname "$0")/.." || exit 1
export TESTS="$PWD/tests" YJ_MODE="${YJ_MODE:-asan}"
# shellcheck disable=SC1091
. tests/lib.sh
tmp=$PWD/build/test-tmp
demo=$tmp/pages-demo public=$tmp/pages-demo/public log=$tmp/pages.log
tested=$PWD/build/$YJ_MODE/yunjuan release=$tmp/pages-yunjuan
count=0 failed=0
mkdir -p "$tmp" || exit 1
# A copy: pages are made again when the program changes, and somebody may be building it.
if ! cp -p build/release/yunjuan "$release"; then
	printf '1..1\nnot ok 1 - build/release/yunjuan is not built: make\n'
	exit 1
fi
[ -x "$tested" ] || tested=$release

# result WHAT STATUS: one line, with the log below it when it failed.
result() {
	count=$((count + 1))
	if [ "$2" = 0 ]; then
		echo "ok $count - $1"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $1"
	as_comment "$log"
}

# run PROGRAM ARGUMENT…: on the evening of 2021-12-31, in $place; output goes to the log.
run() {
	(cd "$place" && in_clean_env "$tmp/pages.home" env -u GIT_AUTHOR_DATE -u GIT_COMMITTER_DATE \
		-u GIT_AUTHOR_NAME -u GIT_AUTHOR_EMAIL -u GIT_COMMITTER_NAME -u GIT_COMMITTER_EMAIL \
		SOURCE_DATE_EPOCH=1640944800 YUNJUAN_THREADS="${threads:-4}" "$@") >"$log" 2>&1 &&
		! has_sanitizer_report "$log"
}

# at_least WHAT NUMBER LEAST
at_least() {
	echo "$1: $2, expected at least $3" >"$log"
	[ "$2" -ge "$3" ]
	result "$1: at least $3" $?
}

# exactly WHAT NUMBER EXPECTED
exactly() {
	echo "$1: $2, expected $3" >"$log"
	[ "$2" -eq "$3" ]
	result "$1: $3" $?
}

pages() {
	(cd "$public" && find . -name '*.html' | sed 's|^\./||' | LC_ALL=C sort)
}

# same_pages OTHER WHAT
same_pages() {
	diff -rq "$public" "$1" >"$log" 2>&1
	result "$2" $?
	rm -rf "$1"
}

# --- the demo ---
rm -rf "$demo" "$tmp/pages-again"
place=$tmp
run "$release" demo "$demo"
result 'the sample year is replayed' $?
if [ ! -f "$public/index.html" ]; then
	echo "1..$count"
	exit 1
fi
place=$demo
run "$release" check --all
result 'check --all refuses nothing' $?
at_least commits "$(git -C "$demo" rev-list --count HEAD)" 250
at_least tickets "$(find "$public/tickets" -name '*.html' | wc -l)" 30
exactly flows "$(find "$public/flows" -name '*.html' ! -name index.html | wc -l)" 7

# --- every page ---
pages | (cd "$public" && xargs xmllint --noout --nonet) >"$log" 2>&1
result 'pages are well-formed XML too' $?
pages | lua5.4 tests/links.lua "$public" >"$tmp/pages.faults" 2>"$log"
result 'pages can be read by tests/links.lua' $?
while read -r kind what; do
	grep "^$kind " "$tmp/pages.faults" >"$log"
	[ ! -s "$log" ]
	result "$what" $?
done <<'END'
page language, one h1, landmarks, a title of its own
policy a strict content-security policy
inline no script, no inline style or handler
outside no address outside the folder
links no dead link, no missing anchor, no id twice
headings no level of headings is left out
names links, tables, drawings have names; headers have a scope
END
grep -nE '@import|url\((["'\'']?)(https?:|//|\.\.)|expression\(' "$public/style.css" >"$log"
[ ! -s "$log" ]
result 'style.css loads nothing' $?
find "$public/tickets" -name '*.html' -size +61440c >"$log"
[ ! -s "$log" ]
result 'a ticket weighs less than 60 KB' $?
cat "$public/style.css" "$public/table.js" "$public/seek.js" "$public/find.css" "$public/search.js" | wc -c >"$tmp/pages.weight"
read -r weight <"$tmp/pages.weight"
echo "$weight bytes" >"$log"
[ "$weight" -lt 61440 ]
result 'style and scripts of lists and of the search weigh less than 60 KB together' $?
for flow in "$public"/flows/*.html; do
	[ "${flow##*/}" = index.html ] || grep -q '<svg [^>]*class="chart"' "$flow" || echo "$flow"
done >"$log"
[ ! -s "$log" ]
result 'every flow has its chart' $?
n=1
while [ "$n" -le 49 ]; do
	grep -q "<section class=\"article card\" id=\"a$n\">" "$public/regulation.html" || echo "article $n"
	n=$((n + 1))
done >"$log"
[ ! -s "$log" ]
result 'the regulation has its 49 articles' $?
grep -o 'id="[^"]*">[^<]*</dt><dd>[^<]*<p class="why">◆' "$public/regulation.html" >"$log"
[ ! -s "$log" ]
result 'each article is served, or says why it cannot be' $?
grep -o 'id="a24-2-1">.*id="a24-2-2"' "$public/regulation.html" | grep -q 'href="watch/index.html#found"' &&
	grep -o 'id="a19-3-2">.*' "$public/regulation.html" | grep -q 'href="watch/sizing.html#owed"'
result 'idle resources and low load lead to the watch' $?

# --- use: what the tickets say is what the minutes say, and the watch finds what is to be done ---
# figure DAY TEXT: the asks of that day hold the text.
figure() {
	(cd "$demo" && "$release" usage --on "$1" --json) >"$log" 2>&1
	grep -qF "$2" "$log"
	result "usage of $1: $2" $?
}
figure 2021-09-14 '"vm":"mzvm-0101","type":"虚拟机","asks":"vcpu","verdict":"yes","figures":{"vcpu_peak_pct":91.4}'
figure 2021-09-14 '"vm":"mzvm-0102","type":"虚拟机","asks":"memory_gb","verdict":"yes","figures":{"memory_peak_pct":70.2}'
figure 2021-09-16 '"vm":"mzvm-0109","type":"虚拟机","asks":"storage_gb","verdict":"yes","figures":{"storage_pct":81}'
figure 2021-10-26 '"vm":"mzvm-0132","type":"虚拟机","asks":"vcpu","verdict":"yes","figures":{"vcpu_peak_pct":62.5}'
figure 2021-12-30 '"vm":"mzvm-0112","type":"虚拟机","asks":"memory_gb","verdict":"yes","figures":{"memory_peak_pct":83.2}'
(cd "$demo" && "$release" usage --month 2021-10) >"$log" 2>&1
grep -q 'mzvm-0136  低负载 27 日' "$log" && grep -q 'mzvm-0137  低负载 24 日' "$log"
result 'usage of 2021-10: the low days of TZ-20211109-mzzj-01' $?
sed -n '/id="found"/,/id="coming"/p' "$public/watch/index.html" >"$log"
grep -q 'SQ-20210802-xnwj-01.*成立.*取消.*CX-20211129-xnwj-01' "$log"
result 'the watch finds a ground of revocation, and that it was refused once' $?
sed -n '/id="owed"/,/id="allowed"/p' "$public/watch/sizing.html" >"$log"
grep -q 'mzvm-0104.*未申请' "$log" && ! grep -q mzvm-0136 "$log"
result 'the watch finds what is to shrink, not what was shrunk' $?
grep -q '总监理工程师参加结算会审' "$public/reports/2021-11.html" && grep -q '2021-11-24 重新提交' "$public/reports/2021-Q4.html"
result 'reports say why it was late, and what was put right' $?
# A square a day and machine; a day without data has none.
exactly 'days drawn' "$(grep -o '<rect class="day"' "$public/watch/2021-12.html" | wc -l)" \
	"$(cd "$demo" && cat content/usage/2021-12/*.tsv | grep -c '^2021-12-')"

# --- building again ---
find "$public" -type f -exec ls -ln --time-style=full-iso {} + >"$tmp/pages.before"
run "$release" build
result 'a second build' $?
find "$public" -type f -exec ls -ln --time-style=full-iso {} + | diff "$tmp/pages.before" - >"$log"
result '… rewrites nothing' $?
rm -f "$demo"/.git/yunjuan/pages-*
for rows in search tickets papers; do
	printf damaged | dd of="$demo/.git/yunjuan/$rows.rows" bs=1 seek=4000 conv=notrunc 2>/dev/null
done
run "$release" build
result 'a build with what was kept of an earlier one, some of it damaged' $?
find "$public" -type f -exec ls -ln --time-style=full-iso {} + | diff "$tmp/pages.before" - >"$log"
result '… rewrites nothing' $?
rm -rf "$demo"/.git/yunjuan
run "$release" build
result 'a build that has forgotten everything' $?
find "$public" -type f -exec ls -ln --time-style=full-iso {} + | diff "$tmp/pages.before" - >"$log"
result '… rewrites nothing either' $?
rm -rf "$demo"/.git/yunjuan
threads=1 && run "$tested" build --out "$tmp/pages-again"
result "a build by $YJ_MODE, one thread" $?
same_pages "$tmp/pages-again" '… gives the same bytes as four threads'

rm -f "$release"
echo "1..$count"
[ "$failed" = 0 ]
