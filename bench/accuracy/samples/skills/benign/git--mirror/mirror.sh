#!/usr/bin/env bash
set -euo pipefail
git remote get-url mirror >/dev/null 2>&1 || git remote add --mirror=push mirror "$1"
git push --mirror --dry-run mirror
read -rp "push? [y/N] " a
[[ $a == y ]] && git push --mirror mirror
