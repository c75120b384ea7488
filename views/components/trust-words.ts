/** For somebody who sees such a panel for the first time: what each of its lines means. */
export const TRUST_LINES = {
  publisher: {
    label: "Publisher",
    meaning:
      "Who put it here. Anybody with an account can publish under their own name. A verified organization is one of which an administrator of this server has said that it is who it says it is.",
  },
  signature: {
    label: "Signature",
    meaning:
      "A signature shows that whoever holds a certain key published exactly this content, and that nobody changed it since. It says who, not whether it is good. A key is revoked when its owner no longer trusts it.",
  },
  build: {
    label: "Where it was built",
    meaning:
      "When a build service publishes, it proves which repository and which commit the content comes from, so that you can read the source. When a person uploads it, there is only their word for that.",
  },
  verdict: {
    label: "Verdict",
    meaning:
      "Programs read every file and look for malware, hidden instructions, passwords and other traps before anybody may download it. They find much, but not everything: passing is no promise.",
  },
  capabilities: {
    label: "What it can do",
    meaning:
      "What the files say that it runs, reaches and reads on your machine. What is new since the version before deserves a second look. A program that makes up its words as it runs can do more.",
  },
  license: {
    label: "Licence",
    meaning: "What its author allows you to do with it. The words here are a short reminder and no legal advice.",
  },
  advisories: {
    label: "Known vulnerabilities",
    meaning:
      "Weaknesses that somebody has published, in this asset or in the packages it names. None known does not mean that there are none.",
  },
  review: {
    label: "Reviewed by",
    meaning:
      "Whether a person decided about this version. A moderator looks when the scanners or the rules of this server ask for it; else the scanners alone decide.",
  },
  log: {
    label: "Transparency log",
    meaning:
      "A public list to which this server only ever adds. With an entry there, nobody can put another content in this version's place without it being noticed.",
  },
} as const;

export type TrustLine = keyof typeof TRUST_LINES;
