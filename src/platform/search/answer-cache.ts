const MAX_ANSWERS = 500;
const MAX_KEY = 4096;

/** Answers since the index last changed, least recently used forgotten first; the same question at once is asked once. */
export function createAnswerCache() {
  const answers = new Map<string, Promise<unknown>>();
  return {
    answer(key: string, ask: () => Promise<unknown>): Promise<unknown> {
      const known = answers.get(key);
      if (known) {
        answers.delete(key);
        answers.set(key, known);
        return known;
      }
      if (key.length > MAX_KEY) return ask();
      const asked = ask();
      answers.set(key, asked);
      if (answers.size > MAX_ANSWERS) answers.delete(answers.keys().next().value!);
      asked.catch(() => {
        if (answers.get(key) === asked) answers.delete(key);
      });
      return asked;
    },
    clear: (): void => answers.clear(),
  };
}
