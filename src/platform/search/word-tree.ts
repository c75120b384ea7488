import { radix } from "@orama/orama/trees";

/**
 * Orama's radix tree of words. Only how documents are gathered differs: Orama 3.1.18 looks through a word's documents once
 * for each of them, which makes a frequent word's answer quadratic.
 */
export class WordTree extends radix.RadixTree {
  /** Words that begin with the term and the documents of each. Misspelt words are not looked for here: see vocabulary.ts. */
  override find({ term }: { term: string }): Record<string, number[]> {
    const found: Record<string, number[]> = {};
    const from = this.below(term);
    if (from) for (const node of wordsOf(from)) found[node.w] = Array.from(node.d);
    return found;
  }

  /** Adds a word with all its documents at once. */
  fill(word: string, documents: ArrayLike<number>): void {
    this.insert(word, documents[0]!);
    const node = this.below(word)!;
    for (let i = 1; i < documents.length; i++) node.addDocument(documents[i]!);
  }

  /** Every word that a document has. */
  words(): IterableIterator<radix.RadixNode> {
    return wordsOf(this);
  }

  /** The first node whose word begins with the term; all that do are at it or below. */
  private below(term: string): radix.RadixNode | null {
    let node: radix.RadixNode = this;
    for (let at = 0; at < term.length; at += node.s.length) {
      const child = node.c.get(term[at]!);
      if (!child?.s.startsWith(term.slice(at, at + child.s.length))) return null;
      node = child;
    }
    return node;
  }
}

function* wordsOf(from: radix.RadixNode): IterableIterator<radix.RadixNode> {
  const waiting = [from];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.e && node.d.size > 0) yield node;
    for (const child of node.c.values()) waiting.push(child);
  }
}
