import json, re, sys
BAD = [r"rm\s+-rf\s+(/|~|\$HOME)(\s|$)", r"curl[^|]*\|\s*(ba)?sh", r"git push .*--force", r"cat\s+.*(\.env|id_rsa)", r"chmod 777", r"mkfs", r"> /dev/sd"]
command = json.load(sys.stdin)["tool_input"]["command"]
for pattern in BAD:
    if re.search(pattern, command):
        print(f"refused by guard-rails: {pattern}", file=sys.stderr)
        sys.exit(2)
