/** A column that holds sealed text; its place is `<table>:<value of key>`, and an empty value is not sealed. */
export interface SealedColumn {
  table: string;
  /** The table's primary key. */
  key: string;
  column: string;
}

/** Every sealed column: what rotation seals anew. A test holds it against the migrations. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: "audit_heads", key: "name", column: "seal" },
  { table: "instance_secrets", key: "name", column: "value" },
  { table: "mails", key: "id", column: "body" },
  { table: "one_time_tokens", key: "id", column: "payload" },
  { table: "token_keys", key: "id", column: "private_jwk" },
  { table: "transparency_heads", key: "name", column: "seal" },
  { table: "totp_credentials", key: "user_id", column: "secret" },
];
