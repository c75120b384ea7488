// What signs of steering say and weigh, however they are found.

export const SECRECY = { says: "is to be kept from the user", weight: 2, intent: true } as const;
export const PRIVATE = { says: "names private data of the user or the conversation", weight: 2 } as const;
export const AWAY = { says: "sends something to an address", weight: 2 } as const;
export const UNASKED = { says: "is to happen without asking", weight: 2, intent: true } as const;
export const DECEIT = { says: "has the model deceive or alter results", weight: 2, intent: true } as const;
export const LASTING = { says: "makes itself permanent", weight: 2 } as const;
export const EVEN_WHEN_ASKED = { says: "is to stay so even when the user asks", weight: 2, intent: true } as const;
export const STUFFED = {
  says: "has a parameter filled with what the tool does not need",
  weight: 2,
  intent: true,
} as const;
