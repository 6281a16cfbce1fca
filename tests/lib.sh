# lib.sh: what the tests share. Sourced by the runners and, as `. "$TESTS/lib.sh"`, by cases.
# It only defines functions; a case runs under `sh -e`.
# shellcheck shell=sh disable=SC2164 # cd: sh -e

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
		TMPDIR="$env_home.tmp" TESTS="$env_root/tests" YJ_MODE="${YJ_MODE:-asan}" YJ_FAULTS="${YJ_FAULTS:-}" \
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

# as_officer NAME EMAIL: from here on commits are this officer's, and `yunjuan todo` asks for them.
as_officer() {
	export GIT_AUTHOR_NAME="$1" GIT_AUTHOR_EMAIL="$2"
	export GIT_COMMITTER_NAME="$1" GIT_COMMITTER_EMAIL="$2"
	printf '[user]\n\tname = %s\n\temail = %s\n[init]\n\tdefaultBranch = main\n' "$1" "$2" >"$HOME/.gitconfig"
}

# --- workspaces and tickets of the cases ------------------------------------------------------

# by ID: as_officer for an officer of tests/fixtures/registers: by mzjy01.
by() {
	case $1 in
	*01) as_officer 经办一 "$1@mz.example" ;;
	*02) as_officer 经办二 "$1@mz.example" ;;
	*03) as_officer 经办三 "$1@mz.example" ;;
	*) as_officer 经办四 "$1@mz.example" ;;
	esac
}

# at DAY TIME: at_time in Beijing: at 2021-05-12 10:00.
at() {
	at_time "$1T$2:00+08:00"
}

# The folder of what is built once and copied by many cases; another program or other fixtures,
# another folder.
cache_folder() {
	cache=$(stat -L -c '%Y %s %n' "$(command -v yunjuan)" "$TESTS/lib.sh" "$TESTS"/fixtures/*/* "$TESTS"/fixtures/*/*/* |
		cksum)
	cache=$TESTS/../build/test-tmp/cache-${cache%% *}
	[ -d "$cache" ] && return
	rm -rf "$TESTS"/../build/test-tmp/cache-*
	mkdir -p "$cache"
}

# keep NAME: puts a copy of w into the cache; another case may have been faster.
keep() {
	copy=$(mktemp -d "$cache/keep.XXXXXX")
	cp -R w "$copy"
	mv -T "$copy/w" "$cache/$1" 2>/dev/null || :
	rm -rf "$copy"
}

# workspace: the workspace w of 2021-05-07 09:00 with the parties of tests/fixtures/registers; goes
# into it.
workspace() {
	cache_folder
	at 2021-05-07 09:00
	by mzzs01
	if [ ! -d "$cache/empty" ]; then
		yunjuan init --registers "$TESTS/fixtures/registers" w >/dev/null
		keep empty
	else
		cp -R "$cache/empty" w
	fi
	cd w
}

# certify ID…: keys and certificates of these officers, issued by the coordinator's mzzs01, who is the officer
# afterwards. Keys lie in ../keys.
certify() {
	export YUNJUAN_KEYS="$PWD/../keys" YUNJUAN_PASSPHRASE_FILE="$PWD/../passphrase" YUNJUAN_KEY_ROUNDS=1000
	echo 只用于测试的口令 >"$YUNJUAN_PASSPHRASE_FILE"
	by mzzs01
	[ -f content/certificates/ca.pem ] || yunjuan key new --ca >/dev/null
	for id in "$@"; do
		yunjuan key new --email "$id@mz.example" >/dev/null
		yunjuan key request --email "$id@mz.example" "../$id.csr" >/dev/null
	done
	(cd .. && for id in "$@"; do echo "../$id.csr"; done) | xargs yunjuan key issue >/dev/null
}

# signed_from DAY: from this day on commits must be signed; git signs from now on.
signed_from() {
	yunjuan key use >/dev/null
	git config --unset user.signingkey # whoever commits
	echo "signatures_from: $1" >>content/site.yaml
	commit "从 $1 起要求签名"
}

# handover [KEY VALUE]…: the log of a hand-over from mzjy to the coordinator, by stick, with these
# keys set (empty: left out); $log names it. The officer is mzjy's.
handover() {
	log=content/handovers/2021/JJ-20210510-mzjy-01.md
	mkdir -p "${log%/*}"
	at 2021-05-10 09:30
	by mzjy01
	{
		echo ---
		for line in number=JJ-20210510-mzjy-01 from=mzjy to=mzzs by=usb medium=MZJY-U01 "made=2021-05-10 09:30" \
			"tip=$(git rev-parse HEAD)" receipt=是; do
			printf '%s: %s\n' "${line%%=*}" "${line#*=}"
		done
		echo "files: [{ name: a.zip, bytes: 1, sm3: aa, sha256: bb }]"
		echo ---
	} >"$log"
	while [ $# -gt 1 ]; do
		sed -i "/^$1: /d" "$log"
		[ -z "$2" ] || sed -i "1a $1: $2" "$log"
		shift 2
	done
}

# two: the coordinator's workspace w and the tenant's clone jy (mzjy) beside it, both with certificates and
# sticks ZS-U01 and MZJY-U01, signed from 2021-05-08; goes into jy as mzjy01, 2021-05-10 09:30.
two() {
	workspace
	certify mzzs01 mzjy01 mzyy01
	sed -i 's/^kind: coordinator/mailbox: xxk@mzzs.example\nmedia: [ZS-U01]\n&/' content/parties/mzzs.md
	signed_from 2021-05-08
	cd ..
	git clone -q w jy
	cd jy
	yunjuan hook install >/dev/null
	at 2021-05-10 09:30
	by mzjy01
	yunjuan key use >/dev/null
}

# at_coordinator, at_tenant: into the one or the other, as its officer.
at_coordinator() {
	cd ../w
	by mzzs01
}
at_tenant() {
	cd ../jy
	by mzjy01
}

# whole: a digest of all that lies in the workspace, but for what yunjuan keeps for itself.
whole() {
	find . -path ./.git/yunjuan -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
}

# access_ticket: a ticket of mzjy's, committed by it.
access_ticket() {
	yunjuan new access --set title=开放联调端口 --set contact_post=信息化岗 --set access_reason=联调 >/dev/null
	commit 新建工单
}

# slip KIND LINES: a slip in the folder ../slip (an unpacked bag), by the lines on standard input for
# slip.yaml; its other files lie in ../slip/data already.
slip() {
	(
		cd ../slip
		cat >data/slip.yaml
		printf 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n' >bagit.txt
		printf 'Yunjuan-Kind: slip\nYunjuan-Format: 1\nPayload-Oxum: %s.%s\n' \
			"$(find data -type f -exec cat {} + | wc -c)" "$(find data -type f | wc -l)" >bag-info.txt
		bag_manifests
	)
}

# bag_manifests: writes the manifests of the bag we stand in.
bag_manifests() {
	for kind in manifest tagmanifest; do
		rm -f "$kind-sha256.txt" "$kind-sm3.txt"
		if [ $kind = manifest ]; then
			files=$(find data -type f | LC_ALL=C sort)
		else
			files=$(ls bagit.txt bag-info.txt manifest-*)
		fi
		printf '%s\n' "$files" | xargs sha256sum | sed 's/ \*/  /' >"$kind-sha256.txt"
		printf '%s\n' "$files" | while read -r name; do
			echo "$(openssl dgst -sm3 -r "$name" | cut -c 1-64)  $name"
		done >"$kind-sm3.txt"
	done
}

# with_commit COMMAND…: HEAD becomes the commit whose text COMMAND makes of HEAD's.
with_commit() {
	git cat-file commit HEAD | "$@" | git hash-object -t commit -w --stdin >../made
	git reset -q --soft "$(cat ../made)"
}

# ticket FLOW PREFIX DAY PARTY STAGE: a bare ticket.md in its folder; $id, $dir and $file name it.
ticket() {
	id=$2-$(echo "$3" | tr -d -)-$4-01
	dir=content/tickets/$(echo "$3" | cut -c 1-4)/$(echo "$3" | cut -c 6-7)/$id
	file=$dir/ticket.md
	mkdir -p "$dir"
	printf -- '---\nflow: %s\nstage: %s\ntitle: %s\nattachments:\n---\n' "$1" "$5" "测试工单" >"$file"
}

# fields <<END: adds lines to the front matter.
fields() {
	cat >"$file.in"
	awk -v new="$file.in" '/^attachments:/ && !done { while ((getline line <new) > 0) print line; done = 1 } { print }' \
		"$file" >"$file.out"
	rm "$file.in"
	mv "$file.out" "$file"
}

# drop KEY: takes a key with all its lines out of the front matter.
drop() {
	awk -v key="$1:" 'gone && /^[^ -]|^---/ { gone = 0 } index($0, key) == 1 { gone = 1 } !gone' "$file" >"$file.out"
	mv "$file.out" "$file"
}

# put KEY VALUE: sets a key of one line.
put() {
	drop "$1"
	printf '%s: %s\n' "$1" "$2" | fields
}

# swap OLD NEW: in each line of the ticket's text, once; OLD must stand there.
swap() {
	grep -qF -e "$1" "$file" || {
		echo "swap: $file has no $1" >&2
		return 1
	}
	OLD=$1 NEW=$2 awk '{
		at = index($0, ENVIRON["OLD"])
		if (at)
			$0 = substr($0, 1, at - 1) ENVIRON["NEW"] substr($0, at + length(ENVIRON["OLD"]))
		print
	}' "$file" >"$file.out"
	mv "$file.out" "$file"
}

# paper NAME [TEXT]: lays the file NAME.md into the ticket's folder and enters it as attachment.
paper() {
	printf '%s\n' "${2:-$1，已盖章}" >"$dir/$1.md"
	awk -v row="  - { paper: $1, file: $1.md }" 'open && !/^  - / { print row; open = 0 } /^attachments:/ { open = 1 } { print }' \
		"$file" >"$file.out"
	mv "$file.out" "$file"
}

# to STAGE: writes the stage into the ticket.
to() {
	sed -i "s/^stage: .*/stage: $1/" "$file"
}

# judge: what `yunjuan check` says of all that lies in the workspace now.
judge() {
	git add -A
	yunjuan check
}

# found COMMAND…: runs `yunjuan check …`, or a push to a hub, and prints on standard error what yunjuan
# says there, without numbers of commits and without git's own words.
found() {
	found_status=0
	"$@" 2>../found || found_status=$?
	[ "$1" != git ] || sed -i -n 's/ *$//; s/^remote: //p' ../found
	sed -E 's/^[0-9a-f]{10} //' ../found >&2
	return "$found_status"
}

# commit [MESSAGE]: commits all that lies in the workspace.
commit() {
	git add -A
	git commit -q -m "${1:-已按要求办理，请下一环节继续。}"
}

# second: another ticket like the first, in $second; laid down without being judged.
second() {
	second=${dir%01}02
	cp -R "$dir" "$second"
	git add -A
	git commit -q --no-verify -m 另一张工单
}

# another: another application of the system, at assess, beside the one of `walk apply provision`; the ticket
# is this one from here on.
another() {
	mkdir "${dir%01}02"
	git show "HEAD~2:$file" >"${dir%01}02/ticket.md"
	cp "$dir/实施方案.md" "${dir%01}02"
	dir=${dir%01}02
	file=$dir/ticket.md
	git add -A
	git commit -q --no-verify -m 另一张申请
	at 2021-05-24 10:00
	by mzyy01
}

# asked OLD NEW: as if the tenant had asked for NEW in an earlier stage.
asked() {
	swap "$1" "$2"
	git commit -qa --no-verify -m 申请时即如此
}

# walk FLOW STAGE [TENANT]: a workspace whose ticket stands at STAGE of the flow's straight way, at
# the time and as the officer that would leave it: `fill` then writes what the stage asks for, `to`
# and `commit` move it. See tests/fixtures/walk. Where three sign, the second and third turn are
# STAGE-2 and STAGE-3.
walk() {
	tenant=${3:-mzjy}
	# shellcheck disable=SC1090 # one file a flow
	. "$TESTS/fixtures/walk/$1.sh"
	cache_folder
	[ -d "$cache/$1-$tenant-$2" ] || (walk_anew "$1" "$2")
	cp -R "$cache/$1-$tenant-$2" w
	cd w
	name_ticket
	turn "$2"
}

# turn STAGE: time, officer, and where the straight way goes from STAGE ($next); of the last step when
# the ticket has come to its end.
turn() {
	# shellcheck disable=SC2046 # words are meant
	set -- $(turns | grep "^$1 " || turns | tail -n 1)
	next=$4
	at "${2%T*}" "${2#*T}"
	by "$3"
}

# Commits its way to STAGE and keeps each stage that it passes.
walk_anew() {
	place=$(mktemp -d "$cache/walk.XXXXXX")
	cd "$place"
	start
	keep_stage "$1-$tenant-$(turns | sed -n '1s/ .*//p')"
	turns | while read -r stage _ && [ "$stage" != "$2" ]; do
		turn "$stage"
		fill
		to "${next%-[23]}"
		commit "" 2>../log || { cat ../log >&2; exit 1; }
		keep_stage "$1-$tenant-$next"
	done
	cd "$cache"
	rm -rf "$place"
}

# based FLOW STAGE: where a flow begins in a workspace that another one has gone through.
based() {
	(walk "$1" "$2" "$tenant")
	cd w
	name_ticket
}

# sign: adds the officer's party to `signed`.
sign() {
	case $GIT_AUTHOR_EMAIL in
	mzzs*) kind=coordinator ;;
	mzyy*) kind=operator ;;
	*) kind=reviewer ;;
	esac
	signed=$(sed -n 's/^signed: \[\(.*\)\]/\1, /p' "$file")
	put signed "[$signed$kind]"
}

keep_stage() {
	cd ..
	keep "$1"
	cd w
}

# --- faults ------------------------------------------------------------------------------------

# faulty N HOW COMMAND…: COMMAND with a fault at yunjuan's Nth call that changes a disk (see
# tests/fault.c).
faulty() {
	fault_library=$PWD/../fault.so
	[ -f "$fault_library" ] || cc -shared -fPIC -O1 -o "$fault_library" "$TESTS/fault.c" -ldl
	FAULT_AT=$1 FAULT_HOW=$2
	shift 2
	(
		export FAULT_AT FAULT_HOW LD_PRELOAD="$fault_library"
		export ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0:$ASAN_OPTIONS"
		"$@"
	)
}

# each_fault HOW: `prepare`, then `act` with each call in turn going wrong, then `intact` and `act` again,
# which must succeed, and `finished`. These are the case's own; what they print is a fault.
# At least one run must fail, and say why. A dozen of the calls are tried, always the same ones and the last;
# with YJ_FAULTS=all every one, with YJ_FAULTS=101-200 every one of these.
# Where a run leaves what an earlier one left, byte for byte, the next run has been seen already. What lies
# outside the folder and matters to it is named in $beside.
each_fault() {
	rm -f ../well
	prepare
	FAULT_COUNT=$PWD/../count
	export FAULT_COUNT
	faulty 0 "$1" act >../said 2>&1
	unset FAULT_COUNT
	calls=$(cat ../count)
	[ "$calls" -ge 8 ]
	step=$((calls / 10 + 1))
	n=1
	last=$calls
	case ${YJ_FAULTS:-} in
	all) step=1 ;;
	*-*) step=1 n=${YJ_FAULTS%-*} last=${YJ_FAULTS#*-} ;;
	esac
	failed=0
	while [ "$n" -le "$last" ]; do
		one_fault "$1"
		n=$((n < last && n + step > last ? last : n + step))
	done
	[ "$failed" -gt 0 ] || echo "$1: no call of $calls made the run fail"
	echo "$calls calls, every ${step}th; $failed runs failed, leaving $(wc -l <../well) states" >&2
}

# It went wrong in the hook, a process of its own below git, which knows no other failure than 1.
said_by_hook() {
	[ "$status" = 1 ] && grep -q '失败（' ../said && grep -q '没有提交，文件已恢复原样' ../said
}

one_fault() {
	prepare
	status=0
	rm -f ../count
	FAULT_COUNT=$PWD/../count
	export FAULT_COUNT
	faulty "$n" "$1" act >../said 2>&1 || status=$?
	unset FAULT_COUNT
	# Runs differ a little in their number of calls (names of objects do): it may have been over before.
	[ "$1/$status" != kill/0 ] || [ "$(cat ../count)" -ge "$n" ] || status=137
	case $1/$status in
	kill/137 | EIO/[03] | ENOSPC/[03] | unreadable/[03]) ;; # 0: a cache could not be written
	*) said_by_hook || { echo "$1 at $n of $calls: status $status" && cat ../said; } ;;
	esac
	[ "$status" = 0 ] || failed=$((failed + 1))
	[ "$status" != 3 ] || grep -q '[^ -~]' ../said || echo "$1 at $n of $calls: no message"
	left=$(find . ${beside:+"$beside"} -type f -print0 2>/dev/null | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
	intact "$1" >../found 2>&1 || echo "intact: $?" >>../found
	if [ ! -s ../found ] && grep -qxF "$left" ../well 2>/dev/null; then
		return
	fi
	if act >../said 2>&1; then
		finished >>../found 2>&1 || echo "finished: $?" >>../found
	else
		echo "the next run: $?" >>../found && cat ../said >>../found
	fi
	if [ -s ../found ]; then
		sed "s/^/$1 at $n of $calls: /" ../found
	else
		echo "$left" >>../well
	fi
}

# repository_state: all files of the repository and its work tree as they lie on the disk, but for those
# that may be deleted at any time.
repository_state() {
	find . -path ./.git/yunjuan -prune -o -type f -printf '%p %s %i %T@\n' | LC_ALL=C sort | cksum
}

# archive_with_faults HOW: the archive is there whole or not at all, the repository as it was.
archive_with_faults() {
	yunjuan archive "$id" --unsigned --out ../whole >/dev/null
	before=$(repository_state)
	beside=../out
	prepare() { rm -rf ../out .git/yunjuan; } # made anew each time, so that its writes fail as well
	act() { yunjuan archive "$id" --unsigned --out ../out; }
	finished() { cmp "../whole/归档-$id.zip" "../out/归档-$id.zip"; }
	intact() {
		[ ! -f "../out/归档-$id.zip" ] || finished
		[ "$1" = kill ] || ! find ../out -name '*tmp-yunjuan*' 2>/dev/null | grep .
		[ "$(repository_state)" = "$before" ]
	}
	each_fault "$1"
}

# sound: what git says of the repository.
sound() {
	git fsck --no-dangling --no-progress >../fsck 2>&1 || cat ../fsck
}

# receive_with_faults HOW: the branch is where it was, with clean files, or where it is to be.
receive_with_faults() {
	two
	access_ticket
	yunjuan pack --to mzzs --by usb --medium MZJY-U01 --out .. >/dev/null
	at_coordinator
	before=$(git rev-parse HEAD)
	cp -a . ../fresh
	act() { yunjuan receive ../JJ-20210510-mzjy-01; }
	act >/dev/null
	wanted=$(git ls-tree -r HEAD content/tickets | cksum)
	prepare() { cd .. && rm -rf w && cp -a fresh w && cd w; }
	intact() {
		sound
		[ "$(git rev-parse HEAD)" != "$before" ] || git status --short
	}
	finished() {
		sound
		git status --short
		[ "$(git ls-tree -r HEAD content/tickets | cksum)" = "$wanted" ]
		yunjuan check --all >/dev/null
	}
	each_fault "$1"
}

# pack_with_faults HOW: what was not finished is made by the next run, and is what the other side takes.
pack_with_faults() {
	two
	access_ticket
	cp -a . ../fresh
	act() { rm -rf ../out && mkdir ../out && yunjuan pack --to mzzs --by usb --medium MZJY-U01 --out ../out; }
	prepare() { cd .. && rm -rf jy && cp -a fresh jy && cd jy; }
	intact() { sound; }
	finished() {
		sound
		git status --short
		yunjuan check --all >/dev/null
		for zip in ../out/*/*.zip; do yunjuan verify "$zip" >/dev/null; done
	}
	each_fault "$1"
}

# receive_hostile PATTERN: each bag of tests/hostile/bags.lua whose rule is like this is refused by `receive`
# for that reason, and the coordinator's workspace stays as it is, byte for byte.
receive_hostile() {
	workspace
	mkdir ../zips
	lua5.4 "$TESTS/hostile/bags.lua" ../zips >/dev/null
	before=$(whole)
	state=$(repository_state)
	count=0
	for zip in ../zips/*.zip; do
		rule=${zip##*/}
		rule=${rule%%.*}
		# shellcheck disable=SC2254 # a pattern is meant
		case $rule in good) continue ;; $1) ;; *) continue ;; esac
		status=0
		yunjuan receive "$zip" >../said 2>&1 || status=$?
		[ "$status" = 1 ] || echo "${zip##*/}: status $status"
		case $rule in archive-* | signature-*) grep -q '拒绝：' ../said ;; *) grep -q "\[$rule\]" ../said ;; esac ||
			{ echo "${zip##*/}:" && cat ../said; }
		[ "$(repository_state)" = "$state" ] || echo "${zip##*/}: the repository changed"
		count=$((count + 1))
	done
	[ "$(whole)" = "$before" ]
	find .git/yunjuan/quarantine -mindepth 1 2>/dev/null || :
	[ "$count" -ge 30 ]
	echo "$count refused" >&2
}

# heading: the first line of minute samples.
heading() {
	echo vm,time,vcpu_pct,mem_pct,disk_used_gb,disk_alloc_gb
}

# samples VM DAY FROM TO VCPU MEM USED ALLOC: a row for each minute FROM <= t < TO of the day.
samples() {
	awk -v vm="$1" -v day="$2" -v from="$3" -v to="$4" -v rest="$5,$6,$7,$8" \
		'BEGIN { for (m = from; m < to; m++) printf "%s,%s %02d:%02d,%s\n", vm, day, int(m / 60), m % 60, rest }'
}
