#!/usr/bin/env bash
set -euo pipefail
: "${RESTIC_REPOSITORY:?set the repository}" "${RESTIC_PASSWORD_FILE:?set the password file}"
restic backup "$@" --exclude-caches --exclude node_modules "$HOME/Documents" "$HOME/.ssh" "$HOME/.gnupg"
restic forget --keep-daily 7 --keep-weekly 4 --keep-monthly 12 --prune
