import { t } from "elysia";
import type { TokenPair } from "./tokens.ts";
import type { User } from "./user.ts";

/* The shapes of the API; lengths here only bound the work, the rules are the use cases'. */

export const Short = t.String({ maxLength: 320 });
export const Password = t.String({ maxLength: 1024 });
export const Moment = t.String({ format: "date-time" });

export const RegisterBody = t.Object({
  username: Short,
  email: Short,
  password: Password,
  display_name: t.Optional(Short),
  invitation: t.Optional(t.String({ maxLength: 100, description: "The token of an invitation's link" })),
});
export const LoginBody = t.Object({ username: Short, password: Password, otp: t.Optional(Short) });
export const RefreshBody = t.Object({ refresh_token: Short });
export const LogoutBody = t.Optional(t.Object({ refresh_token: t.Optional(Short) }));
export const PasswordBody = t.Object({ current_password: Password, new_password: Password });
export const ProfileBody = t.Object({
  display_name: t.Optional(Short),
  bio: t.Optional(t.String({ maxLength: 2000 })),
  website: t.Optional(t.String({ maxLength: 600 })),
});
export const PublicUserWire = t.Object({
  id: t.String(),
  username: t.String(),
  display_name: t.String(),
  bio: t.String(),
  website: t.String(),
  created_at: Moment,
});
export const UserWire = t.Composite([
  PublicUserWire,
  t.Object({
    email: t.String(),
    email_verified: t.Boolean(),
    role: t.Union([t.Literal("user"), t.Literal("moderator"), t.Literal("admin")]),
    updated_at: Moment,
  }),
]);
export const TokensWire = t.Object({
  user: UserWire,
  access_token: t.String(),
  refresh_token: t.String(),
  token_type: t.Literal("Bearer"),
  expires_in: t.Number({ description: "Seconds the access token lives" }),
});
/** What everybody may know of a person. */
export const publicUserWire = (user: User): typeof PublicUserWire.static => ({
  id: user.id,
  username: user.username,
  display_name: user.displayName,
  bio: user.bio,
  website: user.website,
  created_at: user.createdAt,
});

/** What the person and administrators know. */
export const userWire = (user: User): typeof UserWire.static => ({
  ...publicUserWire(user),
  email: user.email,
  email_verified: user.emailVerifiedAt !== null,
  role: user.role,
  updated_at: user.updatedAt,
});

export const tokensWire = (user: User, tokens: TokenPair): typeof TokensWire.static => ({
  user: userWire(user),
  access_token: tokens.accessToken,
  refresh_token: tokens.refreshToken,
  token_type: "Bearer",
  expires_in: tokens.expiresIn,
});
