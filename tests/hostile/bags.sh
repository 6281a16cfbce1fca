#!/bin/sh
# Bags that are wrong in one way each (see bags.lua): the one check that must refuse it does, within
# two seconds and little memory, and leaves nothing behind. Then the same for folders.
# part=form: the zip and the names; part=content: the rest (bags-content.sh).
part=${part:-form}
mkdir zips
total=$(lua5.4 "$TESTS/hostile/bags.lua" zips)
[ "$total" -ge 60 ]
count=0
limit_kb=400000
[ "${YJ_MODE:-asan}" != asan ] || limit_kb=700000

# refused RULE PATH
refused() {
	status=0
	/usr/bin/time -q -f '%M' -o ../memory timeout 5 yunjuan verify "$2" >../said 2>&1 || status=$?
	if [ "$status" != 1 ] || ! grep -q "\[$1\]" ../said; then
		echo "$2: status $status, expected [$1]"
		head -n 5 ../said
		return 1
	fi
	if [ "$(tail -n 1 ../memory)" -gt "$limit_kb" ]; then
		echo "$2: $(cat ../memory) KB"
		return 1
	fi
	# One line a finding, whatever the names are.
	! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177]')" ../said
	count=$((count + 1))
}

yunjuan verify zips/good.good.zip >../said 2>&1
grep -q '^结论：内容完好，但没有签名$' ../said
for path in zips/*.zip; do
	name=${path#zips/}
	case $part/$name in
	*/good.good.zip) ;;
	form/zip-* | form/name-* | content/[!nz]*) refused "${name%%.*}" "$path" ;;
	esac
done
[ "$count" -ge 60 ]
[ "$part" = content ] || exit 0

# Unpacked: what a zip cannot be is tried with folders.
unzip -q zips/good.good.zip
# folder RULE COMMAND…: a copy of the folder, changed by COMMAND in it.
folder() {
	rule=$1
	shift
	rm -rf copy
	cp -R top copy
	(cd copy && "$@")
	refused "$rule" copy
}
link_up() { ln -s / data/up; }
link_inside() { mv data/a.txt data/d.txt && ln -s d.txt data/a.txt; }
link_folder() { mv data/b data/e && ln -s e data/b; }
folder file-link link_up
folder file-link link_inside
folder file-link link_folder
folder file-special mkfifo data/pipe
folder bag-unlisted touch data/more
folder bag-missing rm data/a.txt
folder bag-oxum sh -c 'echo >>data/a.txt'
folder bag-digest sh -c 'printf "乙\n" >data/a.txt'
folder bag-tag sh -c 'echo >>说明.txt'
two_lines() { touch "data/$(printf 'a\nb')"; }
folder name-control two_lines
folder name-deep mkdir -p "data/$(awk 'BEGIN { for (i = 0; i < 60; i++) printf "a/" }')"
folder bag-declaration rm bagit.txt
# Nothing at all, and what is no bag.
mkdir empty
refused bag-declaration empty
status=0
yunjuan verify nowhere 2>../said || status=$?
[ "$status" = 3 ]
status=0
yunjuan verify /dev/null 2>../said || status=$?
[ "$status" = 2 ]
echo "$count bags refused"
