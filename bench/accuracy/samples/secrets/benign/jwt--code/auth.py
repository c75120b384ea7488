import jwt, os
def make(user): return jwt.encode({"sub": user}, os.environ["JWT_SECRET"], algorithm="HS256")
PASSWORD_MIN_LENGTH = 12
TOKEN_EXPIRY = "15m"
