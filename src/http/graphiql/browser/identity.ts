/** Asks the endpoint whom a token belongs to. Throws, with words for a person, when the endpoint refuses the token. */
export const identityScript = /* js */ String.raw`
const IDENTITY_QUERY = '{ tenant { name identifier } viewer { kind subject scopes } }';

const authorizationOf = (token) => ({ Authorization: 'Bearer ' + token });

async function identify(endpoint, token) {
  let response;
  try {
    response = await post(endpoint, { query: IDENTITY_QUERY }, authorizationOf(token));
  } catch {
    throw new Error('The endpoint could not be reached.');
  }
  const { data, errors = [] } = await readJson(response);
  if (data?.viewer) return { tenant: data.tenant ?? undefined, viewer: data.viewer };
  const [error] = errors;
  // The platform's schema has no viewer: its endpoint understood the request, it has no name to give.
  if (error?.extensions?.code === 'GRAPHQL_VALIDATION_FAILED') return {};
  throw new Error(error?.message ?? 'The endpoint did not accept this token.');
}
`;
