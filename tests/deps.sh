#!/bin/sh
# deps.sh KIND…: sees to the Debian packages that packages.txt lists for these kinds (build,
# test, browser, markup, bench). Silent when nothing is missing. Elsewhere it only says what is missing.
set -u
list=$(dirname "$0")/../packages.txt
apt='env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends -o DPkg::Lock::Timeout=300 install'

wanted=
while read -r kind package _; do
	case " $* " in *" $kind "*) wanted="$wanted $package" ;; esac
done <"$list"
[ -n "$wanted" ] || exit 0

# The pkg-config modules (any of them) or the program that a package stands for.
provided() {
	case $1 in
	libgit2-dev) any_module libgit2 ;;
	libyaml-dev) any_module yaml-0.1 ;;
	libcmark-gfm-dev) any_module libcmark-gfm ;;
	libcmark-gfm-extensions-dev) any_module libcmark-gfm ;;
	liblua5.4-dev) any_module lua5.4 lua-5.4 lua54 lua ;;
	libssl-dev) any_module libcrypto ;;
	libxlsxwriter-dev) any_module xlsxwriter ;;
	libzip-dev) any_module libzip ;;
	libgmime-3.0-dev) any_module gmime-3.0 ;;
	libdeflate-dev) any_module libdeflate ;;
	zlib1g-dev) any_module zlib ;;
	libutf8proc-dev) any_module libutf8proc utf8proc ;;
	p7zip-full) any_program 7z 7zz ;;
	pkg-config) any_program pkg-config pkgconf ;;
	lua5.4) any_program luac5.4 luac54 luac ;;
	libxml2-utils) any_program xmllint ;;
	default-jre-headless) any_program java ;;
	chromium) any_program chromium chromium-browser google-chrome ;;
	nodejs) any_program node nodejs ;;
	poppler-utils) any_program pdftotext ;;
	fonts-noto-cjk) true ;;
	*) any_program "$1" ;;
	esac
}

any_module() {
	for module in "$@"; do
		pkg-config --exists "$module" 2>/dev/null && return 0
	done
	return 1
}

any_program() {
	for program in "$@"; do
		command -v "$program" >/dev/null 2>&1 && return 0
	done
	return 1
}

missing=
if ! command -v dpkg-query >/dev/null 2>&1; then
	for package in $wanted; do
		provided "$package" || missing="$missing $package"
	done
	[ -z "$missing" ] || echo "yunjuan: 本机不是 Debian，请自行安装与这些软件包相当的软件：${missing# }" >&2
	exit 0
fi

# shellcheck disable=SC2086,SC2016 # the list is words; ${…} is dpkg-query's
have=$(dpkg-query -W -f '${db:Status-Status}:${Package} ' $wanted 2>/dev/null)
for package in $wanted; do
	case " $have" in *" installed:$package "*) ;; *) missing="$missing $package" ;; esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	as_root=
elif sudo -n true 2>/dev/null; then
	as_root='sudo -n'
else
	echo "yunjuan: 缺少软件包，请先运行：sudo apt-get install -y$missing" >&2
	exit 1
fi

echo "yunjuan: 缺少软件包，正在用 apt-get 安装：${missing# }" >&2
# shellcheck disable=SC2086
$as_root $apt $missing >/dev/null 2>&1 && exit 0
# The lists of packages may be old or absent.
# shellcheck disable=SC2086
if $as_root apt-get -qq update >&2 && $as_root $apt $missing >/dev/null; then
	exit 0
fi
echo "yunjuan: 没有装上，请先运行：sudo apt-get update && sudo apt-get install -y$missing" >&2
exit 1
