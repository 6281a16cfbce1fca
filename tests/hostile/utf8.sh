#!/bin/sh
# shellcheck disable=SC1091,SC2154,SC2164 # $file, $dir and $id are lib.sh's; sh -e
# What is no UTF-8, in a ticket, in a register, in a name, in an opinion: a line, never a crash, and
# pages that are UTF-8.
. "$TESTS/lib.sh"
walk apply plan
for bytes in '\377' '\300\257' '\355\240\200' '\364\220\200\200' '\346\226' '\0' '\001' '\033[31m'; do
	# shellcheck disable=SC2059 # a format is meant
	{ printf "title: 测$bytes试\n"; } >../line
	drop title
	fields <../line
	git add -A
	yunjuan check 2>../said && { echo "title with $bytes was taken"; exit 1; }
	grep -q "$file.*拒绝：" ../said
	iconv -f UTF-8 -t UTF-8 <../said >/dev/null
	git commit -q --no-verify -m 字节
	yunjuan todo --all --json >../todo
	iconv -f UTF-8 -t UTF-8 <../todo >/dev/null
	yunjuan build >/dev/null
	find public -name '*.html' -exec iconv -f UTF-8 -t UTF-8 {} + >/dev/null
	git reset -q --hard HEAD~
done
printf '\377\376\n' >>"$file"
git add -A
yunjuan check 2>../said && exit 1
git commit -q --no-verify -m 正文
yunjuan build >/dev/null
git reset -q --hard HEAD~
printf '办理\377意见\n' >../message
echo 补充 >>"$file"
git -c i18n.commitEncoding=UTF-8 commit -qa -F ../message
printf 'tree %s\nparent %s\nauthor \377\033 <mzjy01@mz.example> 1620700000 +0800\ncommitter a <b> 1620700000 +0800\n\n\377\n' \
	"$(git rev-parse 'HEAD^{tree}')" "$(git rev-parse HEAD)" | git hash-object -t commit -w --stdin --literally >../odd
git reset -q --hard "$(cat ../odd)"
yunjuan build >/dev/null
find public -name '*.html' -exec iconv -f UTF-8 -t UTF-8 {} + >/dev/null
