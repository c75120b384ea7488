import sys
from pypdf import PdfWriter
w = PdfWriter()
for f in [a for a in sys.argv[1:] if a.endswith(".pdf")][:-1]:
    w.append(f)
w.write(sys.argv[-1])
