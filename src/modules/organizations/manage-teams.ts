import type { Actor, AssetAccess } from "../../core/actor.ts";
import { conflict, notFound, validationError } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import { requireName } from "../../core/name.ts";
import { mayAsset } from "../../core/permission.ts";
import { instant } from "../../core/clock.ts";
import { isUniqueViolation, type Queries } from "../../platform/database/index.ts";
import { assetById, changeAsset, factsOf } from "../catalog/index.ts";
import { changeOrganization, findOrganization, requireOrganization } from "./change-organization.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { manageable, requireAccess } from "./manage-collaborators.ts";
import type { Organization, Team, TeamAsset } from "./organization.ts";
import * as repository from "./repository.ts";

export interface TeamInput {
  slug?: string;
  name?: string;
  description?: string;
}

export interface TeamDetail extends Team {
  people: { username: string; displayName: string }[];
  rights: TeamAsset[];
}

function requireTeam({ slug, name, description }: TeamInput): void {
  if (slug !== undefined) requireName("slug", slug);
  if (name !== undefined && (name.trim() === "" || name.length > 100))
    throw validationError({ field: "name", message: "use 1 to 100 characters." });
  if ((description ?? "").length > 500)
    throw validationError({ field: "description", message: "use at most 500 characters." });
}

export async function listTeams(deps: OrganizationsDeps, actor: Actor, name: string): Promise<Team[]> {
  const organization = await findOrganization(deps.database.read, actor, name);
  requireOrganization(actor, "viewPeople", organization);
  return repository.listTeams(deps.database.read, organization.id);
}

/** A team with its people, and those of its assets that the actor may read. */
export async function findTeam(deps: OrganizationsDeps, actor: Actor, name: string, team: string): Promise<TeamDetail> {
  const q = deps.database.read;
  const organization = await findOrganization(q, actor, name);
  requireOrganization(actor, "viewPeople", organization);
  const found = await teamOf(q, organization, team);
  const rights: TeamAsset[] = [];
  for (const right of await repository.teamAssets(q, found.id)) {
    const asset = await assetById(q, right.assetId);
    if (asset && mayAsset(actor, "read", factsOf(asset))) rights.push(right);
  }
  return { ...found, assets: rights.length, people: await repository.teamMembers(q, found.id), rights };
}

async function teamOf(q: Queries, organization: { id: Id }, slug: string): Promise<Team> {
  const team = await repository.teamNamed(q, organization.id, slug);
  if (!team) throw notFound("team");
  return team;
}

const MAX_TEAMS = 500;

/** Throws CONFLICT when the organization has a team of this name. */
export async function createTeam(deps: OrganizationsDeps, actor: Actor, name: string, input: TeamInput): Promise<Team> {
  const slug = input.slug ?? "";
  requireTeam({ ...input, slug });
  const organization = await telling(slug, () =>
    changeOrganization(deps, actor, name, "manage", async (tx, { organization, at }) => {
      if ((await repository.listTeams(tx, organization.id)).length >= MAX_TEAMS)
        throw conflict(`An organization has at most ${MAX_TEAMS} teams.`);
      const { name: title = slug, description = "" } = input;
      const team = { organizationId: organization.id, slug, name: title.trim(), description, at };
      return { action: "team.created", details: { teamId: await repository.insertTeam(tx, team) } };
    }),
  );
  return teamOf(deps.database.read, organization, slug);
}

export async function editTeam(
  deps: OrganizationsDeps,
  actor: Actor,
  name: string,
  team: string,
  input: TeamInput,
): Promise<Team> {
  requireTeam(input);
  const organization = await telling(input.slug ?? team, () =>
    changeOrganization(deps, actor, name, "manage", async (tx, { organization, at }) => {
      const { id } = await teamOf(tx, organization, team);
      await repository.updateTeam(tx, id, input, at);
      return { action: "team.updated", details: { teamId: id } };
    }),
  );
  return teamOf(deps.database.read, organization, input.slug ?? team);
}

async function telling(slug: string, work: () => Promise<Organization>): Promise<Organization> {
  try {
    return await work();
  } catch (error) {
    if (isUniqueViolation(error)) throw conflict(`There is a team "${slug}" already.`);
    throw error;
  }
}

/** Ends the team and the rights that it gave. */
export async function deleteTeam(deps: OrganizationsDeps, actor: Actor, name: string, team: string): Promise<void> {
  await changeOrganization(deps, actor, name, "manage", async (tx, { organization }) => {
    const { id } = await teamOf(tx, organization, team);
    await repository.deleteTeam(tx, id);
    return { action: "team.deleted", details: { teamId: id } };
  });
}

/** Only who is in the organization can be in its teams. */
export async function addTeamMember(
  deps: OrganizationsDeps,
  actor: Actor,
  name: string,
  team: string,
  username: string,
): Promise<void> {
  await changeOrganization(deps, actor, name, "manage", async (tx, { organization, at }) => {
    const { id } = await teamOf(tx, organization, team);
    const member = await repository.memberNamed(tx, organization.id, username);
    if (!member)
      throw validationError({ field: "username", message: `"${username.slice(0, 80)}" is not in the organization.` });
    await repository.addTeamMember(tx, id, member.userId, at);
    return { action: "team.member.added", details: { teamId: id, userId: member.userId } };
  });
}

export async function removeTeamMember(
  deps: OrganizationsDeps,
  actor: Actor,
  name: string,
  team: string,
  username: string,
): Promise<void> {
  await changeOrganization(deps, actor, name, "manage", async (tx, { organization }) => {
    const { id } = await teamOf(tx, organization, team);
    if (!(await repository.removeTeamMember(tx, id, username))) throw notFound("member");
    return { action: "team.member.removed", details: { teamId: id } };
  });
}

/** Gives a team of the asset's organization a right on it, or (null) takes it away. For whoever may manage the asset. */
export async function setTeamAccess(
  deps: OrganizationsDeps,
  actor: Actor,
  ref: string,
  team: string,
  access: string | null,
): Promise<void> {
  const right: AssetAccess | null = access === null ? null : requireAccess(access);
  await changeAsset(deps, actor, ref, "manage", async (tx, asset) => {
    const organization = await repository.organizationOfNamespace(tx, asset.namespaceId);
    if (!organization) throw notFound("team");
    const { id } = await teamOf(tx, organization, team);
    if (right !== null) await repository.putTeamAsset(tx, id, asset.id, right, instant(deps.clock.now()));
    else if (!(await repository.removeTeamAsset(tx, id, asset.id))) throw notFound("team");
    const type = right === null ? "asset.team.removed" : "asset.team.set";
    return [{ type, subjectId: asset.id, payload: { teamId: id, ...(right === null ? {} : { access: right }) } }];
  });
}

/** The teams of the asset's organization, each with its right on the asset; for whoever may manage it. */
export async function listTeamAccess(deps: OrganizationsDeps, actor: Actor, ref: string) {
  const q = deps.database.read;
  const asset = await manageable(deps, actor, ref);
  const organization = await repository.organizationOfNamespace(q, asset.namespaceId);
  const all = organization ? await repository.listTeams(q, organization.id) : [];
  const given = await repository.teamsOfAsset(q, asset.id);
  return all.map(({ slug, name }) => ({
    slug,
    name,
    access: given.find((team) => team.slug === slug)?.access ?? null,
  }));
}
