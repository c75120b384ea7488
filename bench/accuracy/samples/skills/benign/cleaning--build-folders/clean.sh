#!/usr/bin/env bash
set -euo pipefail
cd "$(git rev-parse --show-toplevel)"
rm -rf dist build target/debug .next .turbo .parcel-cache coverage
find . -name __pycache__ -type d -prune -exec rm -rf {} +
if [[ "${1:-}" == "--all" ]]; then
  rm -rf node_modules .venv
  docker system prune -f
  npm cache clean --force
fi
du -sh .
