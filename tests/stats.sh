#!/bin/sh
# stats.sh: sizes of functions and files in C, to compare with style.md's models (median 10 to
# 17 lines, p90 27 to 60). A function counts from its name to its closing brace.
set -u
cd "$(dirname "$0")/.." || exit 1

# "lines name file:line" of each function in the files of standard input.
functions() {
	if ctags --version 2>/dev/null | grep -q Universal; then
		xargs ctags -x --kinds-C=f --fields=+ne --_xformat='%{end} %n %N %F' 2>/dev/null |
			awk '{ print $1 - $2 + 1, $3, $4 ":" $2 }'
	else
		# Our style puts the name and the two braces at the start of their lines.
		# shellcheck disable=SC2016 # awk's own $
		xargs awk '
		FNR == 1 { open = 0 }
		/^[a-z_A-Z][a-z_A-Z0-9]*\(/ { start = FNR; name = $0; sub(/\(.*/, "", name); open = 0 }
		/^\{/ { open = start != 0 }
		/^}/ {
			if (open && start)
				print FNR - start + 1, name, FILENAME ":" start
			open = start = 0
		}' /dev/null
	fi
}

report() {
	folder=$1
	[ -d "$folder" ] || return
	find "$folder" -type f -name '*.c' | LC_ALL=C sort | functions | sort -k1,1n -k3 |
		awk -v folder="$folder" '
		{ lines[NR] = $1; name[NR] = $2; place[NR] = $3; sum += $1 }
		END {
			if (NR == 0) {
				print folder ": no functions"
				exit
			}
			printf "%s: %d functions, %d lines in them; median %d, p90 %d, longest %d\n", folder,
				NR, sum, lines[int((NR + 1) / 2)], lines[int(NR * 0.9 + 0.999)], lines[NR]
			for (i = NR; i > 0 && i > NR - 8 && lines[i] > 60; i--)
				printf "  %4d lines  %s  %s\n", lines[i], name[i], place[i]
		}'
	find "$folder" -type f \( -name '*.c' -o -name '*.h' -o -name '*.sh' \) -exec wc -l {} + |
		awk '$2 != "total" { files++; sum += $1 } $2 != "total" && $1 > 600 { long[++n] = $0 }
		END {
			printf "  %d files, %d lines, %d over 600 lines\n", files, sum, n
			for (i = 1; i <= n; i++)
				print "  " long[i]
		}'
}

report gen
report tests
