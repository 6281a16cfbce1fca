#!/bin/sh
# shellcheck disable=SC1091,SC2154,SC2164 # $file, $dir and $id are lib.sh's; sh -e
# Aliases that grow, that hold themselves, that stand for keys; tags.
. "$TESTS/lib.sh"
walk apply plan
refused() {
	fields
	git add -A
	yunjuan check 2>../said && exit 1
	grep -q "$file:[0-9]*:[0-9]*: 拒绝：" ../said
	git commit -q --no-verify -m 别名
	yunjuan build >/dev/null
	git reset -q --hard HEAD~
}
{
	echo 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]'
	i=0
	while [ "$i" -lt 12 ]; do
		j=$((i + 1))
		echo "a$j: &a$j [*a$i, *a$i, *a$i, *a$i, *a$i, *a$i, *a$i, *a$i, *a$i, *a$i]"
		i=$j
	done
	echo 'resources: *a12'
} | refused
echo 'resources: &r [*r]' | refused
printf 'kind: &k 迁云\n*k : 1\n' | refused
printf 'purpose: *nowhere\n' | refused
printf 'first: !!python/object/apply:os.system ["id"]\n' | refused
printf 'kind: 迁云\nkind: 上云\n' | refused
printf '<<: { kind: 迁云 }\n' | refused
