# lib.sh: what the tests share. Sourced by the runners and, as `. "$TESTS/lib.sh"`, by cases.
# It only defines functions; a case runs under `sh -e`.
# shellcheck shell=sh

# in_clean_env HOME COMMAND…: runs COMMAND with a fixed clock, author and language, and nothing
# of the person's own. `yunjuan` on its PATH is build/$YJ_MODE/yunjuan (asan unless told).
# git reads no settings but the name of the first branch, and looks for no repository above
# build/test-tmp, where the folders of tests lie.
in_clean_env() {
	env_home=$1
	shift
	env_root=$(CDPATH='' cd "${TESTS:-$(dirname "$0")}/.." && pwd) || return 1
	mkdir -p "$env_home" "$env_home.tmp" || return 1
	env -i PATH="$env_root/build/${YJ_MODE:-asan}:$PATH" HOME="$env_home" \
		TMPDIR="$env_home.tmp" TESTS="$env_root/tests" YJ_MODE="${YJ_MODE:-asan}" \
		TZ=UTC LC_ALL=C.UTF-8 YUNJUAN_THREADS=2 SOURCE_DATE_EPOCH=1620610200 \
		GIT_CONFIG_NOSYSTEM=1 GIT_CEILING_DIRECTORIES="$env_root/build/test-tmp" \
		GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=init.defaultBranch GIT_CONFIG_VALUE_0=main \
		GIT_AUTHOR_NAME=经办一 GIT_AUTHOR_EMAIL=mzjy01@mz.example \
		GIT_AUTHOR_DATE=2021-05-10T09:00:00+08:00 \
		GIT_COMMITTER_NAME=经办一 GIT_COMMITTER_EMAIL=mzjy01@mz.example \
		GIT_COMMITTER_DATE=2021-05-10T09:00:00+08:00 \
		ASAN_OPTIONS="exitcode=99:handle_abort=1:${ASAN_OPTIONS:-}" \
		UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}" \
		TSAN_OPTIONS="exitcode=99:handle_abort=1:${TSAN_OPTIONS:-}" \
		"$@"
}

# has_sanitizer_report FILE…: a sanitizer complained, whatever the exit status became.
has_sanitizer_report() {
	grep -qE '(Address|Leak|Thread|Memory|UndefinedBehavior)Sanitizer|: runtime error: ' "$@" 2>/dev/null
}

# as_comment FILE [LINES]: the start of a file as TAP comments.
as_comment() {
	head -n "${2:-40}" "$1" | sed 's/^/# /'
}

# at_time TIME: from here on it is TIME (2021-05-12T10:00:00+08:00) for git and yunjuan.
at_time() {
	SOURCE_DATE_EPOCH=$(date -u -d "$1" +%s)
	export SOURCE_DATE_EPOCH GIT_AUTHOR_DATE="$1" GIT_COMMITTER_DATE="$1"
}

# as_officer NAME EMAIL: from here on commits are this officer's.
as_officer() {
	export GIT_AUTHOR_NAME="$1" GIT_AUTHOR_EMAIL="$2"
	export GIT_COMMITTER_NAME="$1" GIT_COMMITTER_EMAIL="$2"
}
