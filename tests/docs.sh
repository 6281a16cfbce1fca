#!/bin/sh
# docs.sh [PATTERN]: the documents against the program. Every command has its section in the
# handbook and in the manual page with just its options, and the `sh` blocks of the handbook do
# what they show. PATTERN limits the pages whose blocks are run.
#
# In a block, `$ ` begins a command and `> ` goes on with it; other lines are what it prints. There
# a … stands for the rest of its line, and a line that is only … for any number of lines. A page is
# run in a fresh folder as one shell session, after the page that its `after:` names.
set -u
here=$(CDPATH='' cd "$(dirname "$0")" && pwd) || exit 1
cd "$here/.." || exit 1
export TESTS="$here"
# shellcheck disable=SC1091
. "$here/lib.sh"
pages=content/pages commands=content/pages/handbook-commands.md manual=docs/yunjuan.1
tmp=$PWD/build/test-tmp/docs
rm -rf "$tmp"
mkdir -p "$tmp" || exit 1
count=0 failed=0

# result WHAT FILE: passed when FILE is empty, else it says why not.
result() {
	count=$((count + 1))
	if [ ! -s "$2" ]; then
		echo "ok $count - $1"
	else
		failed=$((failed + 1))
		echo "not ok $count - $1"
		as_comment "$2" 60
	fi
}

yunjuan() {
	in_clean_env "$tmp/home" yunjuan "$@"
}

# Lines that begin with an option, as "-u --unit": of the help, of a row in a table, of the manual.
options() {
	sed -e 's/\\f[A-Z]//g; s/\\-/-/g; s/`//g' |
		sed -n -e 's/^[| ]*\(-[a-z]\), \(--[a-z][a-z-]*\).*/\1 \2/p' -e 's/^[| ]*\(--[a-z][a-z-]*\).*/\1/p' | sort
}

# section FILE COMMAND: from its heading to the next.
section() {
	awk -v markdown="## $2" -v roff=".SS $2" '
		$0 == markdown || $0 == roff { inside = 1; next }
		/^## / || /^\.S[SH] / { inside = 0 }
		inside' "$1"
}

# differ ONE OTHER FILE FILE: what only one of the two sorted files has.
differ() {
	comm -23 "$3" "$4" | sed "s|^|only in $1: |"
	comm -13 "$3" "$4" | sed "s|^|only in $2: |"
}

if ! yunjuan --help >"$tmp/help" 2>"$tmp/why"; then
	echo "build/${YJ_MODE:-asan}/yunjuan is not built: make MODE=${YJ_MODE:-asan} programs" >>"$tmp/why"
	result 'yunjuan --help' "$tmp/why"
	echo 1..1
	exit 1
fi
sed -n '/^命令/,/^$/s/^  \([a-z]*\) .*/\1/p' "$tmp/help" | sort >"$tmp/commands"
for document in "$commands" "$manual"; do
	sed -n -e 's/^## \([a-z]*\)$/\1/p' -e 's/^\.SS \([a-z]*\)$/\1/p' "$document" | sort >"$tmp/sections"
	differ yunjuan "$document" "$tmp/commands" "$tmp/sections" >"$tmp/why"
	result "$document: a section a command" "$tmp/why"
done
while read -r command; do
	yunjuan "$command" --help </dev/null | sed -n '/^选项/,/^$/p' | options >"$tmp/has"
	: >"$tmp/why"
	for document in "$commands" "$manual"; do
		section "$document" "$command" | options >"$tmp/says"
		differ yunjuan "$document" "$tmp/has" "$tmp/says" >>"$tmp/why"
	done
	result "options of $command" "$tmp/why"
done <"$tmp/commands"

# Pages of the handbook that a page leads to are there.
for page in "$pages"/*.md; do
	grep -o '](handbook-[a-z]*\.html' "$page" | sed 's/](\(.*\)\.html/\1/' | sort -u |
		while read -r name; do
			[ -f "$pages/$name.md" ] || echo "${page##*/}: no page $name"
		done
done >"$tmp/why"
result 'links of the handbook' "$tmp/why"

# --- the examples ---------------------------------------------------------------------------------
# blocks PAGE FOLDER: FOLDER/script, and FOLDER/N.shown and N.where for its Nth command.
blocks() {
	awk -v page="${1##*/}" -v folder="$2" '
	function finish() {
		if (n > 0)
			printf "}\nstatus=$?\n} >\"%s/%d.came\" 2>&1 </dev/null\necho $status >\"%s/%d.status\"\n", folder, n, folder, n
		close(shown)
	}
	/^```sh$/ { inside = 1; next }
	/^```/ { inside = 0; next }
	!inside { next }
	/^\$ / {
		finish()
		shown = folder "/" ++n ".shown"
		printf "" >shown
		print page ":" NR ": " substr($0, 3) >(folder "/" n ".where")
		close(folder "/" n ".where")
		print "{\n{\n" substr($0, 3)
		next
	}
	/^> / { print substr($0, 3); next }
	$0 == ">" { print ""; next }
	{ print >shown }
	END { finish() }' "$1" >"$2/script"
}

# What a command printed against what the page shows; says nothing when they agree.
compare() {
	awk -v shown_file="$1" -v came_file="$2" '
	function fits(want, got,   at) {
		at = index(want, "…")
		return at ? substr(got, 1, at - 1) == substr(want, 1, at - 1) : got == want
	}
	# Whether shown from i on fits what came from j on.
	function match_from(i, j) {
		for (; i <= shown; i++) {
			if (want[i] == "…") {
				for (; j <= came + 1; j++)
					if (match_from(i + 1, j))
						return 1
				return 0
			}
			if (j > came || !fits(want[i], got[j++]))
				return 0
		}
		return j > came
	}
	BEGIN {
		while ((getline line <shown_file) > 0)
			want[++shown] = line
		while ((getline line <came_file) > 0) {
			sub(/[ \t]+$/, "", line)
			got[++came] = line
		}
		exit !match_from(1, 1)
	}' && return
	diff -u --label shown --label came "$1" "$2" | tail -n +3
}

# session NAME FOLDER LOG: writes LOG/session: the pages it comes after first.
session() {
	mkdir -p "$3" || return
	blocks "$pages/$1.md" "$3"
	: >"$3/session"
	set -- "$@" "$(sed -n '2,/^---$/s/^after: *//p' "$pages/$1.md")"
	[ -z "$4" ] || session "$4" "$2" "$3-before"
	[ -z "$4" ] || cat "$3-before/session" >"$3/session"
	cat "$3/script" >>"$3/session"
}

# run_page NAME FOLDER LOG: says what went otherwise than the page shows.
run_page() {
	mkdir -p "$2"
	session "$@"
	(cd "$2" && in_clean_env "$3/home" env -u GIT_AUTHOR_NAME -u GIT_AUTHOR_EMAIL -u GIT_COMMITTER_NAME \
		-u GIT_COMMITTER_EMAIL timeout "${YJ_TIMEOUT:-120}" sh "$3/session") >"$3/stray" 2>&1
	cat "$3/stray"
	n=1
	while [ -f "$3/$n.where" ]; do
		command_fault "$3/$n" >"$3/why"
		[ ! -s "$3/why" ] || cat "$3/$n.where" "$3/why"
		n=$((n + 1))
	done
}

# command_fault PREFIX: what is wrong with one command's output; nothing when it is as shown.
command_fault() {
	if [ ! -f "$1.status" ]; then
		echo 'the session stopped here'
	elif has_sanitizer_report "$1.came"; then
		cat "$1.came"
	elif [ "$(cat "$1.status")" != 0 ] && [ ! -s "$1.shown" ]; then
		# A refusal is something a page shows.
		echo "status $(cat "$1.status")"
		cat "$1.came"
	else
		compare "$1.shown" "$1.came"
	fi
}

for page in "$pages"/*.md; do
	name=$(basename "$page" .md)
	# shellcheck disable=SC2254 # a pattern is meant
	case $name in *${1:-}*) ;; *) continue ;; esac
	# shellcheck disable=SC2016 # a fence, not a command
	grep -q '^```sh$' "$page" || continue
	run_page "$name" "$tmp/$name" "$tmp/$name.log" >"$tmp/why"
	result "examples of $name" "$tmp/why"
done

echo "1..$count"
[ "$failed" = 0 ]
