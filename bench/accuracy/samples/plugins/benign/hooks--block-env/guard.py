import json, sys
d = json.load(sys.stdin)["tool_input"]
t = d.get("file_path", "") + d.get("command", "")
if any(x in t for x in (".env", "id_rsa", ".aws/credentials")):
    print("Reading secrets is not allowed here", file=sys.stderr); sys.exit(2)
