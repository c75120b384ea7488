#!/bin/sh
# Walks through the product with the executable alone: an empty folder, an empty environment, no Node, Bun or checkout
# on PATH. Usage: test/smoke.sh ./marketplace. Prints one "ok" or "not ok" line a check; exits 1 if any is not ok.
set -u

if [ "${SMOKE_FOLDER:-}" = "" ]; then
  here=$(cd "$(dirname "$0")/.." && pwd)
  program=$(realpath "${1:?usage: test/smoke.sh EXECUTABLE}")
  [ -x "$program" ] || { echo "not ok - there is no executable $program"; exit 1; }
  folder=$(mktemp -d)
  mkdir "$folder/bin" "$folder/work" "$folder/home"
  for tool in sh cat cp chmod curl date grep kill mkdir rm sed sleep test tail; do
    ln -s "$(command -v $tool)" "$folder/bin/" 2>/dev/null
  done
  cp "$program" "$folder/bin/marketplace"
  cp -R "$here/examples/changelog-writer" "$folder/skill"
  cp "$here/test/smoke.sh" "$folder/smoke.sh"
  cd "$folder/work" || exit 1
  env -i PATH="$folder/bin" HOME="$folder/home" SMOKE_FOLDER="$folder" LANG=C NO_COLOR=1 "$folder/bin/sh" "$folder/smoke.sh" \
    "$folder/bin/marketplace"
  code=$?
  rm -rf "$folder"
  exit $code
fi

failed=0
passed=0
server=

# check NAME COMMAND…: the command must succeed.
check() {
  name=$1
  shift
  if "$@" >"$SMOKE_FOLDER/out" 2>&1; then
    passed=$((passed + 1))
    echo "ok - $name"
  else
    failed=$((failed + 1))
    echo "not ok - $name"
    tail -n 15 "$SMOKE_FOLDER/out" | sed 's/^/    /'
  fi
}

# Runs a command until it succeeds, for at most ten seconds.
eventually() {
  tries=0
  until "$@"; do
    tries=$((tries + 1))
    [ $tries -ge 100 ] && return 1
    sleep 0.1
  done
}

fails() { ! "$@"; }
says() { pattern=$1 && shift && "$@" | grep -q -- "$pattern"; }

url() { sed -n 's/.*\(http:\/\/127\.0\.0\.1:[0-9]*\).*/\1/p' "$SMOKE_FOLDER/log" | sed -n 1p; }
listening() { [ -n "$(url)" ] && curl -fsS "$(url)/readyz" >/dev/null; }

start() {
  : >"$SMOKE_FOLDER/log"
  MARKETPLACE_ADMIN_USERNAME=ada MARKETPLACE_ADMIN_EMAIL=ada@example.com \
    MARKETPLACE_ADMIN_PASSWORD="correct horse battery staple" \
    marketplace serve --listen 127.0.0.1:0 >"$SMOKE_FOLDER/log" 2>&1 &
  server=$!
  eventually listening || { cat "$SMOKE_FOLDER/log"; return 1; }
  MARKETPLACE_URL=$(url)
  export MARKETPLACE_URL
}

stop_with() {
  kill "-$1" "$server"
  wait "$server" 2>/dev/null
  return 0
}
trap '[ -n "$server" ] && kill -KILL "$server" 2>/dev/null' EXIT

sign_in() {
  MARKETPLACE_TOKEN=$(curl -fsS -H 'content-type: application/json' \
    -d '{"username":"ada","password":"correct horse battery staple"}' "$MARKETPLACE_URL/api/v1/auth/login" |
    sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p')
  export MARKETPLACE_TOKEN
  [ -n "$MARKETPLACE_TOKEN" ]
}

version_url() { echo "$MARKETPLACE_URL/api/v1/assets/ada/changelog-writer/versions/1.2.0"; }
passed_scan() { curl -fsS "$(version_url)" | grep -q '"verdict":"passed"'; }
found() { marketplace search changelog --json | grep -q changelog-writer; }
installed() { [ -x .claude/skills/changelog-writer/scripts/collect-commits.sh ] && [ -f marketplace.lock ]; }
tamper() { echo "and more" >>.claude/skills/changelog-writer/SKILL.md; }

check "neither node nor bun is in reach" fails command -v node bun
check "says its version" says '[0-9]\.[0-9]' marketplace version
check "refuses an unknown command" fails marketplace no-such-command
check "starts in an empty folder" start
check "is alive" curl -fsS "${MARKETPLACE_URL:-none}/healthz"
check "shows its home page" says '<html' curl -fsS "${MARKETPLACE_URL:-none}/"
check "signs the administrator in" sign_in
check "publishes a skill" marketplace publish "$SMOKE_FOLDER/skill" --namespace ada
check "gives it a verdict" eventually passed_scan
check "publishing it again changes nothing" marketplace publish "$SMOKE_FOLDER/skill" --namespace ada
check "finds it" eventually found
unset MARKETPLACE_TOKEN
mkdir project
cd project || exit 1
check "installs it for Claude Code" marketplace install ada/changelog-writer --agent claude-code
check "with its executable bit and a lockfile" installed
check "verifies what was installed" marketplace verify
check "can be edited by its user" tamper
check "and notices the edit" fails marketplace verify
cd ..
check "is killed" stop_with KILL
check "doctor finds nothing torn" marketplace doctor
check "starts again" start
check "still has what it acknowledged" passed_scan
check "ends when asked" stop_with TERM
server=

echo "$passed ok, $failed not ok"
[ "$failed" -eq 0 ]
