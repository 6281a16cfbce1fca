#!/bin/sh
# browser.sh [NAME…]: the pages in a real browser, from file://: the modules of tests/browser/ (forms, print, …)
# on the sample year, as pages.sh left it or made anew. TAP. Without Chromium, node or the npm packages it says
# so and skips. `sh tests/deps.sh browser` installs the former; npm ci brings the latter into build/browser.
set -u
cd "$(dirname "$0")/.." || exit 1
export TESTS="$PWD/tests"
# shellcheck disable=SC1091
. tests/lib.sh
tmp=$PWD/build/test-tmp
demo=$tmp/browser-demo made=$tmp/pages-demo program=$PWD/build/release/yunjuan log=$tmp/browser.log
mkdir -p "$tmp" build/browser || exit 1

skip() {
	echo "1..0 # SKIP $1"
	exit 0
}

for needed in node npm unzip sha256sum openssl pdftotext pdfinfo; do
	command -v "$needed" >/dev/null 2>&1 || skip "no $needed: sh tests/deps.sh browser"
done
[ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
	command -v google-chrome >/dev/null 2>&1 || skip 'no Chromium: sh tests/deps.sh browser'
if ! cmp -s tests/browser/package-lock.json build/browser/package-lock.json ||
	[ ! -d build/browser/node_modules/playwright-core ]; then
	cp tests/browser/package.json tests/browser/package-lock.json build/browser/
	npm ci --silent --no-audit --no-fund --ignore-scripts --prefix build/browser >"$log" 2>&1 ||
		{ rm -f build/browser/package-lock.json; skip 'npm cannot install playwright-core (no network?)'; }
fi
if [ ! -x "$program" ]; then
	printf '1..1\nnot ok 1 - build/release/yunjuan is not built: make\n'
	exit 1
fi

# The evening of the sample year's last day; pages.sh has replayed it already when all tests run.
in_year() {
	in_clean_env "$tmp/browser.home" env -u GIT_AUTHOR_DATE -u GIT_COMMITTER_DATE -u GIT_AUTHOR_NAME \
		-u GIT_AUTHOR_EMAIL -u GIT_COMMITTER_NAME -u GIT_COMMITTER_EMAIL SOURCE_DATE_EPOCH=1640944800 "$@"
}
rm -rf "$demo" "$tmp"/forms-* "$tmp"/print-*
if [ -n "$(find "$made/public/index.html" -newer "$program" 2>/dev/null)" ]; then
	cp -R "$made" "$demo"
else
	in_year "$program" demo "$demo" >"$log" 2>&1
fi
if ! (cd "$demo" && in_year "$program" build) >>"$log" 2>&1; then
	printf '1..1\nnot ok 1 - the sample year is built\n'
	as_comment "$log"
	exit 1
fi

if [ $# = 0 ]; then
	for module in tests/browser/*.test.mjs; do
		name=${module##*/}
		set -- "$@" "${name%.mjs}"
	done
fi
LC_ALL=C.UTF-8 exec node tests/browser/run.mjs "$demo/public" "$program" "$tmp" "$@"
