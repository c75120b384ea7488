import datasets, json
class Q(datasets.GeneratorBasedBuilder):
    def _generate_examples(self, path):
        with open(path, encoding="utf8") as f:
            for i, line in enumerate(f): yield i, json.loads(line)
