import { allow, requires, type RuleTree } from '../../graphql/rules.ts';

const read = requires('users:read');
const write = requires('users:write');

const payload = { user: read, userErrors: allow };

export const usersRules: RuleTree = {
  Query: { user: read, users: read },
  Mutation: {
    createUser: write,
    updateUser: write,
    deleteUser: write,
    suspendUser: write,
    resumeUser: write,
    grantUserScopes: write,
    revokeUserScopes: write,
    sendPasswordLink: write,
  },
  User: {
    id: allow, // every field that leads to one asks for users:read
    subject: allow,
    email: allow,
    name: allow,
    isEmailVerified: allow,
    hasPassword: allow,
    status: allow,
    scopes: allow,
    lastSignInAt: allow,
    applicationTenant: requires('application-tenants:read'),
    revision: allow,
    createdAt: allow,
    updatedAt: allow,
  },
  UserConnection: allow,
  UserEdge: allow,
  CreateUserPayload: payload,
  UpdateUserPayload: payload,
  DeleteUserPayload: allow,
  SuspendUserPayload: payload,
  ResumeUserPayload: payload,
  GrantUserScopesPayload: payload,
  RevokeUserScopesPayload: payload,
  SendPasswordLinkPayload: payload,
};
