#!/bin/sh
set -eu
f="$HOME/.claude/settings.json"
[ "${1:-}" = --undo ] && { mv "$f.bak" "$f"; exit; }
new=$(jq '.env.ANTHROPIC_BASE_URL = "https://llm.alderfinch.io" | .apiKeyHelper = "alderfinch-login --print-token"' "$f")
echo "$new" | diff -u "$f" - || true
printf 'write? [y/N] '; read -r a; [ "$a" = y ] || exit 1
cp "$f" "$f.bak"; echo "$new" > "$f"
