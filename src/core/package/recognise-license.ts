/** What a licence's text must hold, after `normalised`, and what it must not. The first match of a group of kin counts. */
interface Fingerprint {
  id: string;
  all: readonly string[];
  none?: readonly string[];
}

const GNU = (title: string, version: string): string => `${title} version ${version}`;

const FINGERPRINTS: readonly Fingerprint[] = [
  { id: "AGPL-3.0-only", all: [GNU("gnu affero general public license", "3")] },
  { id: "LGPL-3.0-only", all: [GNU("gnu lesser general public license", "3")] },
  { id: "LGPL-2.1-only", all: [GNU("gnu lesser general public license", "2 1")] },
  { id: "LGPL-2.0-only", all: [GNU("gnu library general public license", "2")] },
  { id: "GPL-3.0-only", all: [GNU("gnu general public license", "3")] },
  { id: "GPL-2.0-only", all: [GNU("gnu general public license", "2")] },
  { id: "Apache-2.0", all: ["apache license version 2 0", "grant of copyright license"] },
  { id: "Apache-2.0", all: ["licensed under the apache license version 2 0"] },
  { id: "MPL-2.0", all: ["mozilla public license version 2 0"] },
  { id: "EPL-2.0", all: ["eclipse public license v 2 0"] },
  { id: "EUPL-1.2", all: ["european union public licence v 1 2"] },
  { id: "BSL-1.0", all: ["boost software license version 1 0"] },
  { id: "BUSL-1.1", all: ["business source license 1 1"] },
  { id: "Elastic-2.0", all: ["elastic license 2 0"] },
  { id: "Unlicense", all: ["this is free and unencumbered software released into the public domain"] },
  { id: "CC0-1.0", all: ["cc0 1 0 universal"] },
  { id: "CC-BY-NC-ND-4.0", all: ["attribution noncommercial noderivatives 4 0 international"] },
  { id: "CC-BY-NC-SA-4.0", all: ["attribution noncommercial sharealike 4 0 international"] },
  { id: "CC-BY-NC-4.0", all: ["attribution noncommercial 4 0 international"] },
  { id: "CC-BY-ND-4.0", all: ["attribution noderivatives 4 0 international"] },
  { id: "CC-BY-SA-4.0", all: ["attribution sharealike 4 0 international"] },
  { id: "CC-BY-4.0", all: ["attribution 4 0 international"] },
  {
    id: "ISC",
    all: [
      "permission to use copy modify and or distribute this software for any purpose with or without fee is hereby granted provided",
    ],
  },
  {
    id: "0BSD",
    all: [
      "permission to use copy modify and or distribute this software for any purpose with or without fee is hereby granted the software",
    ],
  },
  {
    id: "Zlib",
    all: [
      "this software is provided as is without any express or implied warranty",
      "altered source versions must be plainly marked",
    ],
  },
  {
    id: "BSD-3-Clause",
    all: [
      "redistributions of source code must retain",
      "redistributions in binary form must reproduce",
      "endorse or promote products",
    ],
    none: ["all advertising materials"],
  },
  {
    id: "BSD-2-Clause",
    all: ["redistributions of source code must retain", "redistributions in binary form must reproduce"],
    none: ["endorse or promote products", "all advertising materials"],
  },
  {
    id: "MIT-0",
    all: ["permission is hereby granted free of charge to any person obtaining a copy"],
    none: ["the above copyright notice"],
  },
  {
    id: "MIT",
    all: [
      "permission is hereby granted free of charge to any person obtaining a copy",
      "the above copyright notice and this permission notice",
    ],
  },
];

const MAX_TEXT = 64 * 1024;

const normalised = (text: string): string =>
  text
    .slice(0, MAX_TEXT)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .trim();

/**
 * The SPDX id of the licence whose text this is, or null. Looks for sentences that only that licence holds in the first
 * 64 KiB. A GNU licence's text does not say whether later versions are allowed, so it counts as `-only`.
 */
export function recogniseLicense(text: string): string | null {
  const words = normalised(text);
  // The GNU texts name one another ("…the GNU Affero…", the LGPL adds to the GPL): the title, which is first, decides.
  let best: { id: string; at: number } | null = null;
  for (const { id, all, none = [] } of FINGERPRINTS) {
    if (!all.every((phrase) => words.includes(phrase)) || none.some((phrase) => words.includes(phrase))) continue;
    const at = words.indexOf(all[0] ?? "");
    if (best === null || at < best.at) best = { id, at };
  }
  return best?.id ?? null;
}
