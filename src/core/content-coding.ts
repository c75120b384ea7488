/** Whether an `Accept-Encoding` names gzip without refusing it (RFC 9110 12.5.3). `*` is not taken for it: nothing needs it. */
export const acceptsGzip = (acceptEncoding: string | null): boolean =>
  (acceptEncoding ?? "").split(",").some((coding) => /^\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/.test(coding));
