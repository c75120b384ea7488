import json
print(json.load(open("data.json"))["total"])
