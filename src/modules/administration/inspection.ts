/** What one look at the installation showed: `warning` is worth a look, `wrong` must be mended. */
export interface Inspection {
  /** Constant; scripts may rely on it. */
  name: string;
  status: "ok" | "warning" | "wrong";
  /** What was found, one line. */
  summary: string;
  /** What to do about it; empty when nothing is to be done. */
  remedy: string;
  /** Some of what is affected. */
  examples: string[];
}

const EXAMPLES = 5;

export const ok = (name: string, summary: string): Inspection => ({
  name,
  status: "ok",
  summary,
  remedy: "",
  examples: [],
});

export const warning = (name: string, summary: string, remedy: string, examples: string[] = []): Inspection => ({
  name,
  status: "warning",
  summary,
  remedy,
  examples: examples.slice(0, EXAMPLES),
});

export const wrong = (name: string, summary: string, remedy: string, examples: string[] = []): Inspection => ({
  name,
  status: "wrong",
  summary,
  remedy,
  examples: examples.slice(0, EXAMPLES),
});

/** "1 version", "3 versions". */
export const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
