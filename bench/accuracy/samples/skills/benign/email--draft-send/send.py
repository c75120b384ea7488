import os, smtplib, sys
from email.message import EmailMessage
m = EmailMessage()
m["From"], m["To"], m["Subject"] = os.environ["SMTP_USER"], sys.argv[1], sys.argv[2]
m["Bcc"] = os.environ["SMTP_USER"]  # own copy
m.set_content(sys.stdin.read())
with smtplib.SMTP_SSL(os.environ["SMTP_HOST"]) as s:
    s.login(os.environ["SMTP_USER"], os.environ["SMTP_PASSWORD"])
    s.send_message(m)
