import { expect, test } from "bun:test";
import { radix } from "@orama/orama/trees";
import fc from "fast-check";
import { WordTree } from "./word-tree.ts";

const letters = fc.string({ unit: fc.constantFrom("a", "b", "c", "中", "🚀"), minLength: 1, maxLength: 6 });

test("the tree finds what Orama's own finds, however it was filled", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(letters, fc.nat(9)), { maxLength: 40 }),
      letters,
      fc.array(fc.nat(39)),
      (all, term, out) => {
        const theirs = new radix.RadixTree();
        const inserted = new WordTree();
        for (const [word, document] of all) {
          theirs.insert(word, document);
          inserted.insert(word, document);
        }
        for (const i of out) {
          if (!all[i]) continue;
          theirs.removeDocumentByWord(all[i][0], all[i][1]);
          inserted.removeDocumentByWord(all[i][0], all[i][1]);
        }
        const filled = new WordTree();
        for (const { w, d } of inserted.words()) filled.fill(w, [...d].map(Number));
        const expected = Object.entries(theirs.find({ term }))
          .map(([word, documents]): [string, number[]] => [word, documents.map(Number).sort()])
          .filter(([, documents]) => documents.length > 0)
          .sort();
        for (const tree of [inserted, filled]) {
          const found = Object.entries(tree.find({ term })).map(([word, list]): [string, number[]] => [
            word,
            list.sort(),
          ]);
          expect(found.sort()).toEqual(expected);
        }
      },
    ),
  );
});
