#!/bin/sh
# shellcheck disable=SC1091,SC2154,SC2164 # $file, $dir and $id are lib.sh's; sh -e
# Keys and values of a megabyte, a hundred thousand keys, a file too large.
. "$TESTS/lib.sh"
walk apply plan
many() { awk -v n="$1" -v s="$2" 'BEGIN { for (i = 0; i < n; i++) printf s, i }'; }
refused() {
	git add -A
	yunjuan check 2>../said && exit 1
	grep -q "$file.*拒绝：" ../said
	[ "$(wc -c <../said)" -lt 3000000 ]
	git commit -q --no-verify -m 大
	yunjuan todo --all >/dev/null
	yunjuan build >/dev/null
	git reset -q --hard HEAD~
}
{ many 1000000 k; echo ': 1'; } | fields
refused
{ many 300000 k; echo ': 1'; } | fields
refused
many 60000 'k%d: 1\n' | fields
refused
many 1200000 x >>"$file"
git add -A
yunjuan check 2>../said && exit 1
grep -q "$file.*拒绝：" ../said
git reset -q --hard
# Within bounds it is only long.
{ printf 'title: '; many 100000 x; echo; } >../long
drop title
fields <../long
git add -A
yunjuan check
