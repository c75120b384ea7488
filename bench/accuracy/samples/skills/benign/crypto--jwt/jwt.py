import base64, json, sys
def part(s): return json.loads(base64.urlsafe_b64decode(s + "=" * (-len(s) % 4)))
h, p, _ = sys.argv[1].split(".")
print(json.dumps({"header": part(h), "payload": part(p)}, indent=2))
