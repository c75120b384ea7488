#!/bin/sh
# Prints the commits between two points, oldest first: hash, author, subject, separated by tabs.
# Usage: collect-commits.sh [FROM] [TO]     (default: the newest tag up to HEAD)
set -eu

to=${2:-HEAD}
if [ $# -ge 1 ]; then
  from=$1
else
  from=$(git describe --tags --abbrev=0 "$to" 2>/dev/null || true)
fi

if [ -n "$from" ]; then
  range="$from..$to"
else
  range=$to
fi

git log --reverse --no-merges --format='%h%x09%an%x09%s' "$range"
