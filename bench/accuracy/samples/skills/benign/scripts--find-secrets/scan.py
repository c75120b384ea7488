import pathlib, re
RULES = {"aws": r"AKIA[0-9A-Z]{16}", "github": r"gh[pousr]_[A-Za-z0-9]{36}", "key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----"}
for f in pathlib.Path(".").rglob("*"):
    if f.is_file() and ".git" not in f.parts:
        t = f.read_text(errors="ignore")
        for n, r in RULES.items():
            for m in re.finditer(r, t): print(f"{f}: {n}: {m[0][:6]}…")
