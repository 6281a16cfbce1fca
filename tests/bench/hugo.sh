#!/bin/sh
# hugo.sh REPO OUT [RUNS [PAGES]]: lay the tickets of REPO's HEAD out as Hugo's page bundles below OUT, build
# the site RUNS times (2), each from nothing, and print "SECONDS KB": the shortest time and the
# highest peak memory. The papers stay behind: Hugo gets the lighter half of the work.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
repo=$1
out=$2
runs=${3:-2}
pages=${4:-$out/public}
# Nothing is written outside OUT.
export HUGO_CACHEDIR="$out/cache"

rm -rf "$out"
mkdir -p "$out/content"
cp -R "$here/hugo/." "$out/"
git -C "$repo" archive HEAD content/tickets |
	tar -x -C "$out" --wildcards --transform='s,/ticket\.md$,/index.md,' '*/ticket.md'

best='' peak=0 i=0
while [ "$i" -lt "$runs" ]; do
	rm -rf "$pages" "$out/resources"
	/usr/bin/time -q -f '%e %M' -o "$out/time" hugo --quiet -s "$out" -d "$pages" >"$out/log" 2>&1 || {
		cat "$out/log" >&2
		exit 1
	}
	read -r seconds kb <"$out/time"
	best=$(printf '%s\n' ${best:+"$best"} "$seconds" | sort -n | head -n 1)
	[ "$kb" -gt "$peak" ] && peak=$kb
	i=$((i + 1))
done
echo "$best $peak"
