#!/bin/sh
set -e
hook="$(git rev-parse --git-path hooks)/pre-commit"
[ -e "$hook" ] && { echo "there is a hook already: $hook"; exit 1; }
cat > "$hook" <<'H'
#!/bin/sh
files=$(git diff --cached --name-only --diff-filter=ACM -- '*.ts' '*.tsx')
[ -z "$files" ] && exit 0
echo "$files" | xargs npx --no-install prettier --write
echo "$files" | xargs git add
H
chmod +x "$hook"
