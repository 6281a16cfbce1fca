#!/bin/sh
# style.sh: the house's own rules, by grep. TAP; each failure names its lines.
set -u
cd "$(dirname "$0")/.." || exit 1
scratch=build/style.$$
mkdir -p "$scratch" || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

# none WHAT: ok when standard input is empty, else each of its lines is an offence. Stands at
# the end of pipelines, so the count is kept in a file.
none() {
	cat >"$scratch/found"
	echo "$1" >>"$scratch/asked"
	count=$(wc -l <"$scratch/asked")
	if [ ! -s "$scratch/found" ]; then
		echo "ok $((count)) - $1"
		return
	fi
	: >"$scratch/failed"
	echo "not ok $((count)) - $1"
	head -n 20 "$scratch/found" | sed 's/^/# /'
}

# C files apart: code.txt holds file:line:code without comments and with empty literals,
# literals.txt file:line:literal. Both as the compiler would read them, line by line.
find gen tests -type f \( -name '*.c' -o -name '*.h' \) | LC_ALL=C sort >"$scratch/files"
: >"$scratch/literals.txt"
# shellcheck disable=SC2046 # our file names hold no spaces
LC_ALL=C awk -v literals="$scratch/literals.txt" '
FNR == 1 { comment = 0 }
{
	code = ""
	rest = $0
	while (rest != "") {
		if (comment) {
			at = index(rest, "*/")
			if (at == 0)
				break
			rest = substr(rest, at + 2)
			comment = 0
			continue
		}
		if (!match(rest, /["\047]|\/\*|\/\//)) {
			code = code rest
			break
		}
		token = substr(rest, RSTART, RLENGTH)
		code = code substr(rest, 1, RSTART - 1)
		rest = substr(rest, RSTART + RLENGTH)
		if (token == "//")
			break
		if (token == "/*") {
			comment = 1
			continue
		}
		at = 1
		while (at <= length(rest) && substr(rest, at, 1) != token)
			at += substr(rest, at, 1) == "\\" ? 2 : 1
		if (token == "\"" && code !~ /^[ \t]*#[ \t]*include/)
			print FILENAME ":" FNR ":" substr(rest, 1, at - 1) >literals
		# What an include names is kept.
		code = code token (code ~ /^[ \t]*#[ \t]*include/ ? substr(rest, 1, at - 1) : "") token
		rest = substr(rest, at + 1)
	}
	print FILENAME ":" FNR ":" code
}' $(cat "$scratch/files") /dev/null >"$scratch/code.txt"
grep '^gen/' "$scratch/code.txt" | grep -E ':[ 	]*#[ 	]*include' >"$scratch/includes.txt"

# One library, one room; the helper of the build, which compiles Lua, is in none.
library() {
	grep -E "[<\"]($2)[>\"]" "$scratch/includes.txt" | grep -v -e "^gen/$3/" -e '^gen/embed\.c:' |
		none "$1 only in gen/$3"
}
library libgit2 'git2\.h|git2/[^>]*' repo
library Lua 'lua[0-9.]*/[^>]*|lua\.h|lauxlib\.h|lualib\.h|luaconf\.h' law
library libyaml 'yaml\.h' model
library cmark 'cmark[^>]*' model
library OpenSSL 'openssl/[^>]*' seal
library libzip 'zip\.h|zipconf\.h' parcel
library GMime 'gmime/[^>]*|glib[^>]*|gio/[^>]*' parcel
library libdeflate 'libdeflate\.h' parcel
library zlib 'zlib\.h' flate
library libzstd 'zstd\.h' flate
library utf8proc 'utf8proc\.h' parcel
library libxlsxwriter 'xlsxwriter[^>]*' sheet

# Floors: a room includes rooms below it only. gen/*.c stands on the roof.
awk -F : '
BEGIN {
	split("base 1 calendar 2 seal 2 repo 2 flate 2 sheet 3 model 3 law 4 trail 5 ledger 6 judge 7 " \
	      "site 8 parcel 8 cmd 9", words, " ")
	for (i = 1; i in words; i += 2)
		floor[words[i]] = words[i + 1]
}
{
	n = split($1, path, "/")
	room = n > 2 ? path[2] : ""
	if (room != "" && !(room in floor)) {
		print $1 ": the room " room " has no floor in tests/style.sh"
		next
	}
	if (!match($0, /"[^"]*"/))
		next
	name = substr($0, RSTART + 1, RLENGTH - 2)
	if (name ~ /\.\./) {
		print $0 " (name the room, not a way to it)"
		next
	}
	other = name
	if (!sub(/\/.*/, "", other))
		next
	if (!(other in floor))
		print $0 " (no such room)"
	else if (room != "" && other != room && floor[other] >= floor[room])
		print $0 " (floor " floor[other] " from floor " floor[room] ")"
	else if (other != room && name ~ /_internal\.h$/)
		print $0 " (internal to " other ")"
}' "$scratch/includes.txt" | none "a room includes only what lies below it"

# The law stands in lua/ alone. Names and ids of flows, stages and parties come from there.
# Ordinary words that are an id or a name too, one a line:
cat >"$scratch/allowed" <<'END'
start
forward
bureau
apply
check
report
export
request
revoke
verify
refuse
tenant
test
使用单位
END
for file in lua/flows/*.lua lua/parties.lua; do
	[ ! -f "$file" ] || sed 's/--.*//' "$file"
done | tr '\n\t' '  ' |
	grep -oE '(flow|stage|party) *\{ *id *= *"[^"]*", *name *= *"[^"]*"(, *short *= *"[^"]*")?' \
		>"$scratch/law"
sed 's/[^"]*"\([^"]*\)".*/\1/' "$scratch/law" | LC_ALL=C sort -u | grep -vxF -f "$scratch/allowed" |
	grep -E '.{5}' >"$scratch/ids"
sed 's/^[^"]*"[^"]*"//' "$scratch/law" | grep -oE '"[^"]+"' | tr -d '"' | LC_ALL=C sort -u |
	grep -vxF -f "$scratch/allowed" >"$scratch/names"
grep '^gen/[^:]*\.c:' "$scratch/literals.txt" >"$scratch/said"
LC_ALL=C awk -F : -v ids="$scratch/ids" '
BEGIN { while ((getline id <ids) > 0) known[id] = 1 }
{ text = $0; sub(/^[^:]*:[^:]*:/, "", text) }
text in known' "$scratch/said" | none "no id of a flow, stage or party in gen/"
LC_ALL=C awk -v names="$scratch/names" '
BEGIN { while ((getline name <names) > 0) known[++count] = name }
{
	text = $0
	sub(/^[^:]*:[^:]*:/, "", text)
	# Names of less than four characters are ordinary words unless they stand alone.
	for (i = 1; i <= count; i++)
		if (length(known[i]) < 12 ? text == known[i] : index(text, known[i])) {
			print $0 " (" known[i] ")"
			next
		}
}' "$scratch/said" | none "no name of a flow, stage or party in gen/"
LC_ALL=C grep -E ':[^:]*:.*(第(一|二|三|四|五|六|七|八|九|十|百|[0-9])+条|(^|[^0-9%])[1-9][0-9]?\([1-9][0-9]?\))' \
	"$scratch/said" | none "no number of an article in gen/"

# C: conditions, functions that cannot be used safely, sizes.
LC_ALL=C awk '
function judge(   at, depth, c) {
	# Cuts each condition out of `text` and looks at it once its last parenthesis is there.
	while (match(text, /(^|[^A-Za-z0-9_])(if|while|switch) \(/)) {
		depth = 1
		for (at = RSTART + RLENGTH; depth > 0 && at <= length(text); at++) {
			c = substr(text, at, 1)
			depth += (c == "(") - (c == ")")
		}
		if (depth > 0)
			return
		c = substr(text, RSTART + RLENGTH, at - RSTART - RLENGTH - 1)
		if (c ~ /[^=!<>]=[^=]/ || c ~ /(<<|>>)=/)
			print place ": " c
		text = substr(text, at)
	}
	text = ""
}
{
	split($0, part, ":")
	place = part[1] ":" part[2]
	line = substr($0, length(place) + 2)
	if (part[1] != file)
		text = ""
	file = part[1]
	text = text " " line
	judge()
}' "$scratch/code.txt" | none "no assignment inside a condition"
grep -E '(^|[^A-Za-z0-9_])(strcpy|strcat|sprintf|vsprintf|gets)[ 	]*\(' "$scratch/code.txt" |
	none "no strcpy, strcat, sprintf, gets"
find gen tests lua templates .ci -type f \( -name '*.[ch]' -o -name '*.sh' -o -name '*.lua' -o \
	-name '*.html' -o -name '*.css' -o -name '*.js' \) ! -path '*/corpus/*' ! -path 'tests/cmd/*' \
	-exec wc -l {} + 2>/dev/null | awk '$2 != "total" && $1 > ($2 ~ /^tests\// ? 950 : 700) { print $2 ": " $1 " lines" }' |
	none "no file over 700 lines (950 in tests)"

# The repository stands alone.
find . \( -path ./.git -o -path ./build -o -path ./public \) -prune -o -type f \
	! -path ./tests/style.sh -exec grep -nIE '\.\./shared(/|$)|/work/shared' {} + |
	none "nothing reads ../shared"

echo "1..$(($(wc -l <"$scratch/asked")))"
[ ! -f "$scratch/failed" ]
