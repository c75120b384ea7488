import type { DirectoryDeps } from "./change-directory.ts";
import { createDirectoryGroups, type DirectoryGroups } from "./directory-groups.ts";
import { createDirectoryUsers, type DirectoryUsers } from "./directory-users.ts";

/** People and groups as a company's directory keeps them here (SCIM 2.0). */
export interface Directory {
  users: DirectoryUsers;
  groups: DirectoryGroups;
}

export const createDirectory = (deps: DirectoryDeps): Directory => ({
  users: createDirectoryUsers(deps),
  groups: createDirectoryGroups(deps),
});
