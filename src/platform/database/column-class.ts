/**
 * What a column holds. `public`: anybody may read it somewhere. `internal`: about the installation, not about people. `personal`:
 * about a person; exported to them and gone with them. `secret`: opens something; never leaves the database, not even in an export.
 */
export type ColumnClass = "public" | "internal" | "personal" | "secret";

/** A class for every column of every table of `T`; what is missing does not compile. */
export type Classified<T> = { [Table in keyof T]: { [Column in keyof T[Table]]: ColumnClass } };
