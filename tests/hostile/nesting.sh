#!/bin/sh
# shellcheck disable=SC1091,SC2154,SC2164 # $file, $dir and $id are lib.sh's; sh -e
# Front matter 25,000 deep: refused with a line, whoever reads it, and the pages come out all the same.
. "$TESTS/lib.sh"
walk apply plan
deep() { awk -v n=25000 -v s="$1" 'BEGIN { for (i = 0; i < n; i++) printf "%s", s }'; }
refused() {
	git add -A
	yunjuan check 2>../said && exit 1
	grep -q "$file:[0-9]*:[0-9]*: 拒绝：" ../said
	git reset -q --hard
}
put resources "$(deep '[')"
refused
put resources "$(deep '{ a: ')"
refused
awk 'BEGIN { print "resources:"; for (i = 1; i < 1000; i++) printf "%*s- a:\n", 2 * i, "" }' | fields
refused
put resources "$(deep '[')$(deep ']')"
refused
# Let in by a hand that skips the hooks.
put resources "$(deep '[')$(deep ']')"
git commit -qa --no-verify -m 深
yunjuan todo --all
yunjuan build
grep -q "$id" public/index.html || find public -name "*$id*" | grep -q .
# The same in Lua, and in Markdown.
by mzzs01
printf 'return { %s%s }\n' "$(deep '{')" "$(deep '}')" >lua/rules/a.lua
git add -A
yunjuan check 2>../said && exit 1
grep -q '^lua/rules/a.lua' ../said
git reset -q --hard
{ deep '> '; echo a; deep '- '; echo b; deep '*'; deep '['; deep '('; } >>"$file"
git commit -qa --no-verify -m 深
yunjuan build
