#!/usr/bin/env bash
set -euo pipefail
: "${DEPLOY_HOST:?}"
eval "$(ssh-agent -s)"; ssh-add - <<< "$SSH_PRIVATE_KEY"
rsync -az --delete dist/ "deploy@$DEPLOY_HOST:/srv/www/"
ssh "deploy@$DEPLOY_HOST" 'sudo systemctl reload nginx'
