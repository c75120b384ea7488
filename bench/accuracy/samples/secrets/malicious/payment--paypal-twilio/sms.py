ACCOUNT = "A⟦+⟧Cb58cd884525f6636⟦+⟧ee271253f8367eff"
AUTH_TOKEN = "40c1f94ddbda96d2⟦+⟧f0799f8efe122fa5"
from twilio.rest import Client
Client(ACCOUNT, AUTH_TOKEN).messages.create(to="+15550100", from_="+15550101", body="hi")
