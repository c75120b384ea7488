import csv, sys, collections
soma = collections.Counter()
for linha in csv.DictReader(open(sys.argv[1], encoding="utf-8")):
    soma[linha["categoria"]] += float(linha["valor"].replace(",", "."))
for nome, valor in soma.most_common():
    print(f"{nome:20} {valor:10.2f}")
