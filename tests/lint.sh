#!/bin/sh
# lint.sh: what other programs know about our files. TAP; a program that is not there is a SKIP.
set -u
cd "$(dirname "$0")/.." || exit 1
mkdir -p build/lint || exit 1
count=0 failed=0
log=build/lint/log

has() {
	command -v "$1" >/dev/null 2>&1
}

# result WHAT STATUS: one line, with the log below it when it failed.
result() {
	count=$((count + 1))
	if [ "$2" = 0 ]; then
		echo "ok $count - $1"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $1"
	head -n 60 "$log" | sed 's/^/# /'
}

skip() {
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

# each COMMAND…: runs COMMAND on the files that standard input lists, if any.
each() {
	tr '\n' '\0' | xargs -0 -r -n 40 -P 2 "$@" >"$log" 2>&1
}

c_files() {
	find gen tests -type f \( -name '*.c' -o -name '*.h' \) ! -path 'tests/cmd/*' | LC_ALL=C sort
}

if has cppcheck; then
	c_files | grep '^\(\./\)*gen/.*\.c$' >build/lint/sources
	cppcheck --enable=warning,style,performance,portability --error-exitcode=1 -j 2 --quiet \
		--std=c11 --library=posix --inline-suppr --cppcheck-build-dir=build/lint \
		-Igen -Itests/unit -D_GNU_SOURCE -U__cplusplus '-DYUNJUAN_VERSION="0"' \
		--suppress=missingIncludeSystem --suppress=readdirCalled --suppress=unmatchedSuppression \
		--suppress=variableScope --suppress=constParameter --suppress=constVariable \
		--suppress=constParameterCallback --suppress=constParameterPointer \
		--suppress=constVariablePointer --suppress=normalCheckLevelMaxBranches \
		--file-list=build/lint/sources >"$log" 2>&1
	result cppcheck $?
else
	skip cppcheck 'not installed'
fi

if has shellcheck; then
	{
		find . \( -path ./.git -o -path ./build -o -path ./public \) -prune -o \
			-type f -name '*.sh' -print
		echo .ci/run
	} | LC_ALL=C sort | each shellcheck
	result shellcheck $?
	find tests/cmd -type f -name cmd 2>/dev/null | LC_ALL=C sort | each shellcheck -s sh -S warning
	result 'shellcheck of tests/cmd' $?
else
	skip shellcheck 'not installed'
fi

luac=
for name in luac5.4 luac54 luac; do
	[ -n "$luac" ] || ! has "$name" || luac=$name
done
if [ -n "$luac" ]; then
	find lua -type f -name '*.lua' | LC_ALL=C sort | tr '\n' '\0' |
		xargs -0 -r -n 1 "$luac" -p >"$log" 2>&1
	result "$luac -p" $?
else
	skip 'luac -p' 'not installed'
fi

# Other versions break lines at other places.
format=
for name in clang-format-14 clang-format; do
	[ -n "$format" ] || ! "$name" --version 2>/dev/null | grep -q 'version 14\.' || format=$name
done
if [ -n "$format" ]; then
	c_files | each "$format" --dry-run -Werror
	status=$?
	sed -n 's/^\([^: ]*\):[0-9]*:[0-9]*: error: .*/\1/p' "$log" | LC_ALL=C sort | uniq -c |
		awk '{ print $2 ": " $1 " places; repair: '"$format"' -i " $2 }' >"$log.short"
	[ ! -s "$log.short" ] || mv "$log.short" "$log"
	result clang-format "$status"
else
	skip clang-format 'needs version 14'
fi

sh tests/style.sh >"$log" 2>&1
status=$?
grep -v '^ok ' "$log" >"$log.not"
mv "$log.not" "$log"
result 'tests/style.sh' "$status"

echo "1..$count"
[ "$failed" = 0 ]
