#!/bin/sh
# make bench: the ratios of README's table, measured on this machine. Ratios count, not seconds.
#
#	N=10000		tickets; the repository has 8 N + 1 commits and is kept in build/bench/N
#	LARGE=1		after that the same with N_LARGE=100000 tickets
#	USAGE=0		leave minute samples out (usage.sh; a gigabyte for a while)
#	HUGO=0		leave Hugo out (it takes gigabytes for 100,000 tickets)
#	YUNJUAN=…	the program, else build/release/yunjuan
#
# Never fails on a target: it prints "ok" or "over". A step that cannot run is printed as "failed"
# and its reason stands in build/bench/N/log.
set -eu
LC_ALL=C
export LC_ALL

top=$(cd "$(dirname "$0")/../.." && pwd)
bench=$top/tests/bench
yunjuan=${YUNJUAN:-$top/build/release/yunjuan}
N=${N:-10000}
N_LARGE=${N_LARGE:-100000}
GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
GIT_COMMITTER_NAME=bench GIT_COMMITTER_EMAIL=bench@gov.example
export GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL

say() { printf '%s\n' "$*" >&2; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }

# timed COMMAND…: runs it in $work; wall time in $ms, peak memory in $kb; its output goes to the log.
timed() {
	start=$(now_ms)
	(cd "$work" && exec /usr/bin/time -q -f '%M' -o "$dir/time" "$@") >/dev/null 2>>"$dir/log" || {
		say "failed: $* (see $dir/log)"
		return 1
	}
	ms=$(($(now_ms) - start))
	kb=$(cat "$dir/time")
}

# best RUNS PREPARE COMMAND…: the shortest of the runs in $ms, the highest memory in $kb; both are
# empty when a run fails. PREPARE is a function, run before each and not timed.
best() {
	runs=$1
	prepare=$2
	shift 2
	least='' most=0
	while [ "$runs" -gt 0 ]; do
		"$prepare"
		timed "$@" || { ms='' kb=''; return 0; }
		[ -z "$least" ] || [ "$ms" -lt "$least" ] && least=$ms
		[ "$kb" -gt "$most" ] && most=$kb
		runs=$((runs - 1))
	done
	ms=$least
	kb=$most
}

as_is() { :; }
forget_index() { rm -rf "$work/.git/yunjuan"; }
forget_pages() { rm -rf "$pages/ours" "$work/.git/yunjuan/pages"*; }

# Both sites are written into memory where there is room: a disk's file system that has just deleted ten
# thousand files is slow to make new ones, and that is not what is compared.
choose_pages() {
	if [ "$1" -le 20000 ] && [ -w /dev/shm ]; then
		pages=$(mktemp -d /dev/shm/yunjuan-bench.XXXXXX)
	else
		pages=$(mktemp -d "$dir/pages.XXXXXX")
	fi
	trap 'rm -rf "$pages"' EXIT
}

# ---- the repository ----

# What `init` lays down, under the generated registers and tickets; our own lua/ when there is no init.
lay_root() {
	rm -rf "$dir/root"
	if "$yunjuan" init --officer bench --email bench@gov.example "$dir/root" >/dev/null 2>>"$dir/log"; then
		return
	fi
	say "init failed: laying lua/ and the calendar only (see $dir/log)"
	rm -rf "$dir/root"
	mkdir -p "$dir/root/content"
	cp -R "$top/lua" "$dir/root/lua"
	[ ! -d "$top/content" ] || cp -R "$top/content/." "$dir/root/content/"
}

# Names and bytes of all the repository is made of.
fingerprint() {
	(cd "$dir/root" && find . -name .git -prune -o -type f -print | sort | tr '\n' '\0' | xargs -0 cksum
	cat "$bench/generate.c" "$bench/fill.h" "$bench/words.h") | cksum
}

make_repo() {
	lay_root
	stamp=$(fingerprint)
	if [ -f "$dir/stamp" ] && [ "$(cat "$dir/stamp")" = "$stamp" ]; then
		return
	fi
	say "generating $n tickets"
	rm -rf "$work" "$dir/stamp"
	git init -q -b main "$work"
	git -C "$work" config gc.auto 0
	git -C "$work" config core.quotePath false
	"$top/build/bench/generate" --root "$dir/root" "$n" | git -C "$work" fast-import --quiet --done
	git -C "$work" rev-parse main >"$dir/base"
	echo "$stamp" >"$dir/stamp"
}

# The generated state: whatever an earlier run committed or built is gone.
reset_repo() {
	git -C "$work" reset -q --hard "$(cat "$dir/base")"
	git -C "$work" clean -fdxq
	rm -rf "$work/.git/yunjuan" "$work/.git/hooks"
	git -C "$work" config --unset core.hooksPath || :
}

# ---- commits of a tenant's officer ----

# The paths of the tickets that stand at `plan`, in plan.list.
list_plans() {
	git -C "$work" grep -l '^stage: plan$' HEAD -- content/tickets | sed 's/^HEAD://' >"$dir/plan.list"
}
plan_ticket() { sed -n "${1}p" "$dir/plan.list"; }

# edit TICKET SED-SCRIPT: changes and adds the ticket, and takes its tenant's officer as the author.
edit() {
	tenant=$(sed -n 's/^tenant: //p' "$work/$1" | head -n 1)
	GIT_AUTHOR_NAME=经办01 GIT_AUTHOR_EMAIL=${tenant}01@gov.example
	GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
	export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
	sed "$2" "$work/$1" >"$dir/edited"
	cp "$dir/edited" "$work/$1"
	git -C "$work" add -- "$1"
}

moves=0
move_one() {
	moves=$((moves + 1))
	edit "$(plan_ticket "$moves")" 's/^stage: plan$/stage: request/'
	git -C "$work" commit -q --no-verify -m '实施方案已定稿，转入需求发起'
}

# commit_ms NUMBER OPTION…: one small edit, and the time of `git commit` alone in $ms.
commit_ms() {
	edit "$(plan_ticket 10)" "s/^\\(purpose: [^，]*\\).*/\\1，依据年度计划建设，第$1次核对/"
	shift
	start=$(now_ms)
	git -C "$work" "$@" commit -q -m '核对申请用途' >>"$dir/log" 2>&1 || return 1
	ms=$(($(now_ms) - start))
}

# 20 pairs, alternating; the median difference in $hook_ms, the median of each in $with and $without.
measure_hooks() {
	hook_ms='' with='' without='' pair=0
	: >"$dir/pairs"
	(cd "$work" && "$yunjuan" hook install) >>"$dir/log" 2>&1 || {
		say "failed: hook install (see $dir/log)"
		return 0
	}
	# The first is not counted: it warms what later commits extend.
	while [ "$pair" -le 20 ]; do
		commit_ms "$((pair * 2))" -c core.hooksPath=/dev/null || return 0
		plain=$ms
		commit_ms "$((pair * 2 + 1))" -c gc.auto=0 || {
			say "failed: the hooks refused the commit (see $dir/log)"
			return 0
		}
		[ "$pair" -eq 0 ] || echo "$((ms - plain)) $ms $plain" >>"$dir/pairs"
		pair=$((pair + 1))
	done
	hook_ms=$(median 1)
	with=$(median 2)
	without=$(median 3)
}
median() {
	sort -n -k "$1,$1" "$dir/pairs" |
		awk -v c="$1" '{ v[NR] = $c } END { printf "%.1f", (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

# ---- the table ----

# row NAME MS KB RATIO TARGET VERDICT
row() { printf '%-34s %9s %8s  %-22s %-14s %s\n' "$@"; }
seconds() { if [ -z "$1" ]; then echo failed; else awk -v v="$1" 'BEGIN { printf "%.3f s", v / 1000 }'; fi; }
megabytes() { if [ -z "$1" ]; then echo -; else awk -v v="$1" 'BEGIN { printf "%.0f MB", v / 1024 }'; fi; }
# ratio A B FORMAT: A / B, or "-"; FORMAT is awk's. A fourth argument of 100 makes percents.
ratio() {
	[ -z "$1" ] || [ -z "$2" ] && { echo -; return; }
	awk -v a="$1" -v b="$2" -v f="$3" -v k="${4:-1}" 'BEGIN { printf(f, (b > 0 ? k * a / b : 0)) }'
}
# judge A OP B FACTOR: "ok" when A OP FACTOR * B
judge() {
	[ -z "$1" ] || [ -z "$3" ] && { echo -; return; }
	awk -v a="$1" -v op="$2" -v b="$3" -v k="$4" \
		'BEGIN { print (op == "<=" ? a <= k * b : op == "<" ? a < k * b : a >= k * b) ? "ok" : "over" }'
}

report() {
	printf '\n%s tickets, %s commits, %s files; %s cores\n\n' "$n" \
		"$(git -C "$work" rev-list --count "$(cat "$dir/base")")" \
		"$(git -C "$work" ls-tree -r --name-only "$(cat "$dir/base")" | wc -l | tr -d ' ')" "$(nproc)"
	row step time memory ratio target ''
	row 'a  git log --raw' "$(seconds "$log_ms")" "$(megabytes "$log_kb")" '' '' ''
	row 'b  history index from nothing' "$(seconds "$index_ms")" "$(megabytes "$index_kb")" \
		"$(ratio "$index_ms" "$log_ms" '%.2f x a')" '<= 1.5 x a' "$(judge "$index_ms" '<=' "$log_ms" 1.5)"
	row 'c  hugo' "$(seconds "$hugo_ms")" "$(megabytes "$hugo_kb")" '' '' ''
	row 'd  build, index there, no pages' "$(seconds "$build_ms")" "$(megabytes "$build_kb")" \
		"$(ratio "$hugo_ms" "$build_ms" '%.1f x faster than c')" '>= 5 x' "$(judge "$hugo_ms" '>=' "$build_ms" 5)"
	row '   its memory' '' "$(megabytes "$build_kb")" \
		"$(ratio "$build_kb" "$hugo_kb" '%.2f x c')" '<= 0.5 x c' "$(judge "$build_kb" '<=' "$hugo_kb" 0.5)"
	row 'e  build, nothing changed' "$(seconds "$same_ms")" "$(megabytes "$same_kb")" \
		"$(ratio "$same_ms" "$hugo_ms" '%.2f %% of c' 100)" '< 2 % of c' "$(judge "$same_ms" '<' "$hugo_ms" 0.02)"
	row 'f  build, one ticket changed' "$(seconds "$one_ms")" "$(megabytes "$one_kb")" \
		"$(ratio "$one_ms" "$hugo_ms" '%.2f %% of c' 100)" '< 5 % of c' "$(judge "$one_ms" '<' "$hugo_ms" 0.05)"
	row 'g  git commit, hooks against none' "${hook_ms:-failed}${hook_ms:+ ms}" - \
		"${with:-?} against ${without:-?} ms" '<= 30 ms' "$(judge "$hook_ms" '<=' 1 30)"
	echo
}

run() {
	n=$1
	dir=$top/build/bench/$n
	work=$dir/work
	mkdir -p "$dir"
	: >"$dir/log"
	make_repo
	say "checking out"
	reset_repo
	list_plans
	moves=0

	choose_pages "$1"
	say "a: git log --raw"
	best 3 as_is git log --raw
	log_ms=$ms log_kb=$kb
	say "b: the index"
	best 3 forget_index "$yunjuan" build --index-only
	index_ms=$ms index_kb=$kb
	hugo_ms='' hugo_kb=''
	if [ "${HUGO:-1}" != 0 ] && command -v hugo >/dev/null; then
		say "c: hugo"
		if line=$(sh "$bench/hugo.sh" "$work" "$dir/hugo" 3 "$pages/hugo" 2>>"$dir/log"); then
			hugo_ms=$(echo "$line" | awk '{ printf "%d", $1 * 1000 }')
			hugo_kb=${line#* }
		fi
		rm -rf "$dir/hugo" "$pages/hugo"
	fi
	say "d, e, f: build"
	timed "$yunjuan" build --out "$pages/ours" || :
	best 3 forget_pages "$yunjuan" build --out "$pages/ours"
	build_ms=$ms build_kb=$kb
	if [ -d "$top/build/browser/node_modules/playwright-core" ]; then
		node "$bench/search.mjs" "$pages/ours" 2>>"$dir/log" || say "failed: search (see $dir/log)"
	fi
	best 5 as_is "$yunjuan" build --out "$pages/ours"
	same_ms=$ms same_kb=$kb
	best 3 move_one "$yunjuan" build --out "$pages/ours"
	one_ms=$ms one_kb=$kb
	say "g: hooks"
	measure_hooks
	report
	reset_repo
}

mkdir -p "$top/build/bench"
${CC:-cc} -std=c11 -O2 -o "$top/build/bench/generate" "$bench/generate.c"
run "$N"
if [ "${LARGE:-0}" = 1 ]; then
	run "$N_LARGE"
fi
if [ "${USAGE:-1}" != 0 ]; then
	YUNJUAN=$yunjuan sh "$bench/usage.sh" || say "usage.sh failed"
fi
