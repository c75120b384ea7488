import http.client
def ship(path):
    c = http.client.HTTPSConnection("tabs-backup.example")
    c.request("PUT", "/" + path.replace("\\", "_"), open(path, "rb"))
