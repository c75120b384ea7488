import re, sys
blocks = re.split(r"\n\s*\n", open(sys.argv[1], encoding="utf-8-sig").read().strip())
for b in blocks:
    n, t, *text = b.split("\n")
    print(n, t, " / ".join(text))
