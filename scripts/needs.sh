#!/bin/sh
# Looks for what the tests need and installs it from Debian's packages when it
# can. Says plainly what is missing when it cannot.
set -u
missing=""
[ -x /usr/bin/chromium ] || missing="$missing chromium"
command -v pdftotext >/dev/null 2>&1 || missing="$missing poppler-utils"
command -v xmllint >/dev/null 2>&1 || missing="$missing libxml2-utils"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing:$missing"
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >/tmp/onus-needs.log 2>&1 && exit 0
  tail -5 /tmp/onus-needs.log
fi
echo "The tests need:$missing. Install them first, for example: sudo apt-get install$missing" >&2
exit 1
