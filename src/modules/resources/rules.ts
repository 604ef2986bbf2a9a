import { allow, requires, type RuleTree } from '../../graphql/rules.ts';

const read = requires('resources:read');
const write = requires('resources:write');

const payload = { resource: read, userErrors: allow };

export const resourcesRules: RuleTree = {
  Query: { resource: read, resources: read },
  Mutation: {
    createResource: write,
    updateResource: write,
    deleteResource: write,
    addResourceScope: write,
    removeResourceScope: write,
  },
  ApiResource: allow, // every field that leads to one asks for resources:read
  ApiResourceScope: allow,
  ApiResourceConnection: allow,
  ApiResourceEdge: allow,
  CreateResourcePayload: payload,
  UpdateResourcePayload: payload,
  AddResourceScopePayload: payload,
  RemoveResourceScopePayload: payload,
  DeleteResourcePayload: allow,
};
