#!/bin/sh
# shellcheck disable=SC1091,SC2154,SC2164 # $file, $dir and $id are lib.sh's; sh -e
# Characters that turn the line around are not let loose on a page: in titles, opinions, names, bodies.
. "$TESTS/lib.sh"
walk apply plan
turned=$(printf '\342\200\256')
put title "甲${turned}乙"
printf '\n| 甲 |\n|---|\n| %s乙 |\n' "$turned" >>"$file"
git add -A
git commit -q --no-verify -m "意见${turned}另"
by mzzs01
sed -i "s|^name: .*|name: 甲${turned}局|" content/parties/mzwj.md
git commit -qa --no-verify -m 名册
yunjuan build
if grep -rlF "$turned" public; then
	echo 'a file of the dashboard has U+202E in it'
	exit 1
fi
