#!/bin/sh
# shellcheck disable=SC1003,SC2016,SC1091,SC2154,SC2164 # $file, $dir and $id are lib.sh's; sh -e
# Bodies that make slow parsers slow: each is judged and built within the time.
. "$TESTS/lib.sh"
walk apply plan
many() { awk -v n="$1" -v s="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", s }'; }
cp "$file" ../clean
for piece in '[' '![' '](' '[a](' '*a **a ' '_a __a ' '`' '`a``' '<' '<a ' '<!--' '&' '| a ' '|---' '\\' '> ' '~~a' 'www.a.b ' 'http://a '; do
	cp ../clean "$file"
	{ echo; many $((200000 / ${#piece})) "$piece"; echo; } >>"$file"
	git add -A
	yunjuan check >/dev/null
done
# A table of 2,000 columns, and one of 20,000 rows.
cp ../clean "$file"
{
	echo
	many 2000 '| a '; echo '|'
	many 2000 '|---'; echo '|'
	many 50 "$(many 1000 '| b ')|
"
	printf '\n| a | b | c |\n|---|---|---|\n'
	many 20000 '| 一 | 二 | 三 |
'
} >>"$file"
commit 大表
yunjuan build
# All of them in one page.
cp ../clean "$file"
{
	for piece in '[' '![' '](' '*a **a ' '`' '<' '| a ' '> '; do
		echo
		many $((100000 / ${#piece})) "$piece"
		echo
	done
} >>"$file"
commit 难读
yunjuan build
