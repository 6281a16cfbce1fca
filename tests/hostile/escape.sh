#!/bin/sh
# shellcheck disable=SC1091,SC2154,SC2164 # $file, $dir and $id are lib.sh's; sh -e
# What people write comes out as text: no script, no handler, no address that runs, no picture from
# elsewhere.
. "$TESTS/lib.sh"
walk apply plan
evil='<script>alert(1)</script>"><img src=x onerror=alert(1)>'
put title "'$evil'"
cat >>"$file" <<END

## $evil

<script>alert(2)</script>
<img src=x onerror=alert(3)>
<iframe src="https://evil.example/"></iframe>
[甲](javascript:alert(4)) [乙](JaVaScRiPt:alert(5)) [丙](data:text/html,<script>alert(6)</script>) [丁](vbscript:x)
[戊]( javascript:alert(7)) <javascript:alert(8)> [己][k] [庚](&#106;avascript:alert(9))
![辛](https://evil.example/track.png) ![壬](//evil.example/a.png) ![癸](data:image/svg+xml;base64,PHN2Zz4=)
<a href="x" onclick="alert(10)">子</a> <style>body { background: url(https://evil.example/) }</style>
\`\`\`"><script>alert(11)</script>
\`\`\`

| <script>alert(12)</script> | b" onmouseover="alert(13) |
|---|---|
| <svg onload=alert(14)> | 甲 |

[k]: javascript:alert(15)
END
paper '方案' "$evil"
mv "$dir/方案.md" "$dir/方案&'.md"
swap '方案.md' "方案&'.md"
git add -A
git commit -q --no-verify -m "$evil" -m "Late-Reason: $evil"
by mzzs01
sed -i "s|^name: .*|name: '$evil 局'|; s|post: .*|post: '$evil'|" content/parties/mzwj.md
sed -i "s|^name: .*|name: '$evil 系统'|" content/systems/mzwj-jk.md
sed -i "s|^title: .*|title: '$evil'|" content/site.yaml
git commit -qa --no-verify -m 名册
yunjuan build
find public -type f \( -name '*.html' -o -name '*.svg' \) | LC_ALL=C sort >../pages
[ -s ../pages ]
none() {
	xargs -d '\n' grep -nEi "$1" <../pages >../hits || return 0
	echo "found: $1"
	cut -c 1-300 ../hits | head -n 5
	exit 1
}
# The only scripts are files of ours.
xargs -d '\n' grep -hoEi '<script[^>]*>' <../pages | LC_ALL=C sort -u >../scripts || :
grep -vE '^<script( defer)? src="[a-z./-]*\.js"( defer)?>$' ../scripts && exit 1
none '<[a-z][^>]*[[:space:]]on[a-z]+[[:space:]]*='
none '(href|src|action)="?[[:space:]]*(javascript|vbscript|data):'
none '<(iframe|object|embed|base|style[^>]*>[^<]*evil|link[^>]*evil)[ >]'
# The only forms are those to fill in, and they lead nowhere.
xargs -d '\n' grep -hoEi '<form[^>]*>' <../pages | grep -vE '^<form id="(slip" class="slip screen" data-|search" role="search" class="find")' && exit 1
xargs -d '\n' grep -hoEi '<form[^>]*>' <../pages | grep -E '(form)?action=' && exit 1
none '<img[^>]*(https?:)?//'
none '(src|url)[=(]"?(https?:)?//evil'
none '<svg onload'
# The same for what scripts read.
find public -type f -name '*.js' -o -type f -name '*.json' | LC_ALL=C sort >../pages
[ ! -s ../pages ] || none '</script'
