declare module "spdx-correct" {
  /** A valid SPDX expression that the text most likely means, or null. */
  export default function correct(text: string): string | null;
}
declare module "spdx-expression-parse" {
  /** The expression's tree; throws an Error when it is not a valid one. */
  export default function parse(expression: string): unknown;
}
