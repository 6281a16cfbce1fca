#!/bin/sh
# run.sh [PATTERN]: the cases of tests/cmd whose name holds PATTERN (a shell pattern). A case is
# a folder <command>-<case>:
#
#	cmd      sh script, run with `sh -e` in a fresh folder, build/test-tmp/<case>
#	in/      copied into that folder first
#	stdout   expected, when there; so is stderr. A commit's or digest's 40 or 64 digits are
#	         written HEX, the fresh folder DIR
#	status   expected exit status (0 when absent)
#	out/     files that must stand in the folder with these bytes
#	xfail    the reason why the case is known to fail
#
# BLESS=1 shows the difference and rewrites stdout, stderr, status and out/. What a failed case
# left behind stays in build/test-tmp/<case>, and <case>.log beside it.
set -u
here=$(CDPATH='' cd "$(dirname "$0")" && pwd) || exit 1
export TESTS="$here"
# shellcheck disable=SC1091
. "$here/lib.sh"
tmp=$here/../build/test-tmp
mkdir -p "$tmp" || exit 1
tmp=$(CDPATH='' cd "$tmp" && pwd) || exit 1
nl='
'

# Puts HEX and DIR in place of what differs from run to run.
normalize() {
	hex='(^|[^0-9a-f])([0-9a-f]{64}|[0-9a-f]{40})($|[^0-9a-f])'
	quoted=$(printf '%s\n' "$work" | sed 's/[][\.*^$|]/\\&/g')
	# Twice: neighbours share the character between them.
	sed -E -e "s|$quoted|DIR|g" -e "s/$hex/\\1HEX\\3/g" -e "s/$hex/\\1HEX\\3/g" "$1"
}

# Compares one expected file with what came; blesses when asked. Adds to $wrong.
compare() {
	expected=$1 actual=$2 what=$3
	cmp -s "$expected" "$actual" && return
	if [ -n "${BLESS:-}" ]; then
		[ -f "$expected" ] && diff -u "$expected" "$actual"
		mkdir -p "$(dirname "$expected")" && cp "$actual" "$expected"
		return
	fi
	wrong="$wrong $what"
	diff -u --label "expected $what" --label "actual $what" "$expected" "$actual" >>"$log/why" 2>&1
}

run_case() {
	name=$1 case_dir=$here/cmd/$1 work=$tmp/$1 log=$tmp/$1.log wrong=
	rm -rf "$work" "$log"
	mkdir -p "$work" "$log" || return 1
	[ ! -d "$case_dir/in" ] || cp -R "$case_dir/in/." "$work" || return 1
	(cd "$work" && in_clean_env "$log/home" timeout "${YJ_TIMEOUT:-60}" sh -e "$case_dir/cmd") \
		<"/dev/null" >"$log/stdout.raw" 2>"$log/stderr.raw"
	echo $? >"$log/status"
	normalize "$log/stdout.raw" >"$log/stdout"
	normalize "$log/stderr.raw" >"$log/stderr"
	: >"$log/why"
	check_case >"$log/bless" 2>&1
	report_case >"$log/tap"
	[ -z "$wrong" ] || return 1
	rm -rf "$work"
}

check_case() {
	[ ! -f "$case_dir/xfail" ] || BLESS=''
	if has_sanitizer_report "$log/stderr.raw" "$log/stdout.raw"; then
		BLESS=''
		wrong="$wrong sanitizer"
	fi
	if [ ! -f "$case_dir/status" ] && [ "$(cat "$log/status")" = 0 ]; then
		:
	elif [ -f "$case_dir/status" ] || [ -n "${BLESS:-}" ]; then
		compare "$case_dir/status" "$log/status" status
	else
		echo 0 >"$log/status.expected"
		compare "$log/status.expected" "$log/status" status
	fi
	# A new case with no expectation yet is blessed with what it printed.
	if [ -n "${BLESS:-}" ] && [ ! -f "$case_dir/stdout" ] && [ ! -f "$case_dir/stderr" ] &&
		[ ! -d "$case_dir/out" ]; then
		for stream in stdout stderr; do
			[ ! -s "$log/$stream" ] || cp "$log/$stream" "$case_dir/$stream"
		done
	fi
	for stream in stdout stderr; do
		[ ! -f "$case_dir/$stream" ] || compare "$case_dir/$stream" "$log/$stream" "$stream"
	done
	[ -d "$case_dir/out" ] || return 0
	(cd "$case_dir/out" && find . -type f | LC_ALL=C sort) >"$log/out"
	while IFS= read -r file; do
		if [ -f "$work/$file" ]; then
			compare "$case_dir/out/$file" "$work/$file" "out/${file#./}"
		else
			wrong="$wrong out/${file#./}"
			echo "missing: ${file#./}" >>"$log/why"
		fi
	done <"$log/out"
}

# One line of TAP without its number, and why.
report_case() {
	reason=
	[ ! -f "$case_dir/xfail" ] || reason=$(head -n 1 "$case_dir/xfail")
	if [ -z "$wrong" ] && [ -f "$case_dir/xfail" ]; then
		wrong=' xfail'
		echo "not ok - $name: passes now; remove its xfail"
	elif [ -z "$wrong" ]; then
		echo "ok - $name"
	elif [ -n "$reason" ]; then
		echo "not ok - $name # TODO $reason"
		wrong=
	else
		echo "not ok - $name:$wrong"
		head -n 60 "$log/why" | sed 's/^/# /'
		case " $wrong " in *' status '* | *' sanitizer '*) as_comment "$log/stderr" 30 ;; esac
		echo "# see $work and $log"
	fi
	[ ! -s "$log/bless" ] || sed 's/^/# /' "$log/bless"
}

if [ "${1:-}" = --case ]; then
	run_case "$2"
	exit 0
fi

names=
for dir in "$here"/cmd/*/; do
	[ -f "$dir/cmd" ] || continue
	name=$(basename "$dir")
	# shellcheck disable=SC2254 # a pattern is meant
	case $name in *${1:-}*) names="$names$name$nl" ;; esac
done
if [ -z "$names" ]; then
	echo "1..0 # SKIP no cases${1:+ like $1}"
	exit 0
fi
program=$here/../build/${YJ_MODE:-asan}/yunjuan
if [ ! -x "$program" ]; then
	printf '1..1\nnot ok 1 - %s is not built: make MODE=%s programs\n' "${program#"$here/../"}" \
		"${YJ_MODE:-asan}"
	exit 1
fi
names=$(printf '%s' "$names" | LC_ALL=C sort)
for name in $names; do
	rm -rf "$tmp/$name.log"
done
printf '%s\n' "$names" | xargs -P 2 -n 1 sh "$here/run.sh" --case

count=0 failed=0
for name in $names; do
	count=$((count + 1))
	tap=$tmp/$name.log/tap
	if [ ! -f "$tap" ]; then
		mkdir -p "$tmp/$name.log"
		echo "not ok - $name: the runner itself failed" >"$tap"
	fi
	grep -q '^not ok.*# TODO' "$tap" || ! grep -q '^not ok' "$tap" || failed=$((failed + 1))
	sed "s/^ok - /ok $count - /; s/^not ok - /not ok $count - /" "$tap"
done
echo "1..$count"
[ "$failed" = 0 ]
