#!/bin/sh
# What the tests need besides Python and Node: PostgreSQL 15+, Chromium, CJK fonts.
# On Debian as root it installs what is missing; elsewhere it says what is missing.
set -eu
missing=""
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v "${KETANG_CHROMIUM:-chromium}" >/dev/null 2>&1 || missing="$missing chromium"
fc-list 2>/dev/null | grep -qi "cjk\|wqy\|pingfang\|yahei" || missing="$missing fonts-noto-cjk"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "安装测试所需 · installing for the tests:$missing"
  apt-get update -qq
  # A cluster of the system's own is neither needed nor wanted: the tests start a private server.
  mkdir -p /etc/postgresql-common && echo "create_main_cluster = false" >> /etc/postgresql-common/createcluster.conf
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  echo "测试还缺 · the tests still need:$missing (Debian: apt-get install$missing)" >&2
  [ -z "${CI:-}" ] || exit 1
fi
