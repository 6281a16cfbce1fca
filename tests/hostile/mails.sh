#!/bin/sh
# shellcheck disable=SC1091,SC2164 # sh -e
# Mails and volumes that nobody vouches for, through `yunjuan receive`: each is refused for its own reason,
# with exit 1, and the repository and what lies in it stay byte for byte.
. "$TESTS/lib.sh"
workspace
mkdir ../mails

# The repository without the lists that git and we keep of it for speed, and without what was put aside.
state() {
	git for-each-ref
	git status --porcelain
	find . -path ./.git/yunjuan -prune -o -type f ! -name index -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
}
state >../before

# refused RULE FILE…
refused() {
	rule=$1
	shift
	status=0
	yunjuan receive "$@" >../said 2>&1 || status=$?
	state >../after
	if [ "$status" != 1 ] || ! grep -q "；请.*\[$rule" ../said || ! cmp -s ../before ../after; then
		echo "$rule: status $status"
		cat ../said
		diff ../before ../after || :
		exit 1
	fi
}

# mail: writes a mail with the parts of standard input.
mail=../mails/parts.eml
mail() {
	{
		printf 'From: a@mz.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n'
		cat
	} >"$mail"
}
part() {
	printf -- '--b\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n'
	printf 'Content-Disposition: attachment; %s\n\nMDEy\n' "$1"
}
end='--b--'

{ part 'filename="CON"'; echo "$end"; } | mail
refused mail-name "$mail"
{ part "filename*=utf-8''..%2F.."; echo "$end"; } | mail
refused mail-name "$mail"
{ part "filename*=utf-8''C%3Aa.zip"; echo "$end"; } | mail
refused mail-name "$mail"
{ part "filename*=utf-8''a%E2%80%AEpiz.exe"; echo "$end"; } | mail
refused mail-name "$mail"
{ part "filename*=utf-8''a%1B[31m.zip"; echo "$end"; } | mail
refused mail-name "$mail"
{ part filename=a.zip; part filename=A.ZIP; echo "$end"; } | mail
refused mail-duplicate "$mail"
part filename=a.zip | mail
refused mail-truncated "$mail"
echo "$end" | mail
refused mail-empty "$mail"
awk 'BEGIN { for (i = 0; i < 12000; i++) printf "--b\n\n" }' | mail
refused mail-parts "$mail"
awk 'BEGIN { for (i = 0; i < 10000; i++) printf "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i }' |
	mail nested
refused 'mail-' "$mail"
awk 'BEGIN { printf "Subject: "; for (i = 0; i < 1048576; i++) printf "a"; print "\n" }' >../mails/line.eml
refused mail-header ../mails/line.eml
awk 'BEGIN { printf "To: "; for (i = 0; i < 50000; i++) printf "a:"; print "\n" }' >../mails/groups.eml
refused mail-header ../mails/groups.eml
printf '\320\317\021\340\241\261\032\341' >../mails/outlook.eml
refused mail-outlook ../mails/outlook.eml
truncate -s 200M ../mails/big.eml
refused mail-size ../mails/big.eml
rm ../mails/big.eml
: >../mails/nothing.eml
refused mail-broken ../mails/nothing.eml
ln -s /etc/passwd ../mails/link.eml
refused mail-special ../mails/link.eml

for part in 001-of-003 002-of-003 003-of-003; do
	printf 0123 >"../mails/a.zip.$part"
done
refused volume-missing ../mails/a.zip.001-of-003 ../mails/a.zip.003-of-003
printf 0123 >../mails/b.zip.002-of-003
refused volume-mixed ../mails/a.zip.001-of-003 ../mails/b.zip.002-of-003 ../mails/a.zip.003-of-003
mkdir ../mails/other
printf 4567 >../mails/other/a.zip.002-of-003
refused volume-twice ../mails/a.zip.00* ../mails/other/a.zip.002-of-003
printf 012 >../mails/a.zip.002-of-003
refused volume-size ../mails/a.zip.00*
rm ../mails/a.zip.002-of-003
mkfifo ../mails/a.zip.002-of-003
refused volume-special ../mails/a.zip.00*
