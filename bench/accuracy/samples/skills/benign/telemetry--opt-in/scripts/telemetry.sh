#!/bin/sh
set -eu
CONF="${XDG_CONFIG_HOME:-$HOME/.config}/kiln/telemetry"
case "${1:-status}" in
  on) mkdir -p "$(dirname "$CONF")"; echo on > "$CONF" ;;
  off) rm -f "$CONF" ;;
  send)
    [ -f "$CONF" ] || exit 0
    curl -fsS --max-time 2 -H 'content-type: application/json' \
      -d "{\"version\":\"3.2.0\",\"os\":\"$(uname -s)\",\"seconds\":${2:-0}}" https://telemetry.kiln-build.dev/v1/build >/dev/null || true ;;
  *) [ -f "$CONF" ] && echo on || echo off ;;
esac
