import type { KeyHelp } from "../layout/layout.tsx";

/** What static/js/review.js listens to in the queue. */
export const QUEUE_KEYS: readonly KeyHelp[] = [
  { keys: ["j", "k"], text: "Next, previous version" },
  { keys: ["Enter"], text: "Open the version" },
  { keys: ["c"], text: "Claim the version" },
];

/** And on the page of a version. */
export const REVIEW_KEYS: readonly KeyHelp[] = [
  { keys: ["n", "p"], text: "Next, previous finding" },
  { keys: ["d"], text: "Next file that differs" },
  { keys: ["c"], text: "Claim" },
  { keys: ["a"], text: "Go to Approve; Enter approves" },
  { keys: ["m"], text: "Write what to change; Ctrl Enter sends it" },
  { keys: ["r"], text: "Write why it is rejected; Ctrl Enter sends it" },
  { keys: ["u"], text: "Back to the queue" },
];
