/** One reason why a configuration is refused. */
export interface Problem {
  /** `path/to/marketplace.toml:12:3`, a variable, a flag; null when it is about something that is missing. */
  source: string | null;
  /** The key's path as it was written; null when it is about the whole source. */
  key: string | null;
  /** What is wrong and what to do. Never a secret's value. */
  message: string;
}

export const problemText = ({ source, key, message }: Problem): string =>
  [source, key, message].filter((part) => part !== null).join(": ");
