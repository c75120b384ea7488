/** A UUIDv7 (RFC 9562) in lower case: unique everywhere, ordered by time of making. */
export type Id = string;

export const newId = (): Id => Bun.randomUUIDv7();

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isId = (text: string): boolean => UUID.test(text);
