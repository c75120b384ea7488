import type { Transport } from "./transport.ts";
import type { UserWire } from "./wire.ts";

/** An account as a list shows it to administrators. */
export interface ListedUserWire extends UserWire {
  status: "active" | "disabled";
  created_at: string;
}

/** An account with how its person signs in and where they belong. */
export interface AdministeredUserWire extends ListedUserWire {
  two_factor: boolean;
  locked_until: string | null;
  sessions: number;
  programs: number;
  api_keys: number;
  seen_at: string | null;
  connected_accounts: { provider: string; email: string }[];
  organizations: { slug: string; role: string }[];
  erase_after: string | null;
}

export interface NewUserWire {
  username: string;
  email: string;
  role: UserWire["role"];
  /** Left out: the answer has a link to set one with. */
  password?: string;
}

/** A server's accounts, for administrators; throws FORBIDDEN for others, and with `reauthenticate` for a sign-in that is too old. */
export interface UsersClient {
  create(user: NewUserWire): Promise<ListedUserWire & { link: string | null }>;
  /** All that match, by name. */
  list(filter: Record<string, string>): Promise<ListedUserWire[]>;
  show(username: string): Promise<AdministeredUserWire>;
  update(username: string, change: { role?: UserWire["role"]; status?: ListedUserWire["status"] }): Promise<void>;
  signOut(username: string, options: { apiKeys: boolean }): Promise<void>;
  /** A link to set a password with, which works once. */
  resetLink(username: string): Promise<string>;
  resetTwoFactor(username: string): Promise<void>;
}

/** The same of the data on this machine, where a password may be set outright. */
export interface LocalUsers extends UsersClient {
  setPassword(username: string, password: string): Promise<void>;
}

const PER_PAGE = 100;

export function usersClient(transport: Transport): UsersClient {
  const path = (username: string, ...rest: string[]) =>
    ["/admin/users", encodeURIComponent(username), ...rest].join("/");
  return {
    create: async (user) =>
      (await transport.send<ListedUserWire & { link: string | null }>("POST", "/admin/users", { json: user })).data,
    async list(filter) {
      const users: ListedUserWire[] = [];
      for (let page = 1; ; page++) {
        const query = { ...filter, page, per_page: PER_PAGE };
        const { data, meta } = await transport.send<ListedUserWire[], { total: number }>("GET", "/admin/users", {
          query,
        });
        users.push(...data);
        if (data.length === 0 || users.length >= meta.total) return users;
      }
    },
    show: async (username) => (await transport.send<AdministeredUserWire>("GET", path(username))).data,
    async update(username, change) {
      await transport.send("PATCH", path(username), { json: change });
    },
    async signOut(username, { apiKeys }) {
      await transport.send("POST", path(username, "sign-out"), { json: { api_keys: apiKeys } });
    },
    resetLink: async (username) =>
      (await transport.send<{ link: string }>("POST", path(username, "reset-link"))).data.link,
    async resetTwoFactor(username) {
      await transport.send("DELETE", path(username, "two-factor"));
    },
  };
}
