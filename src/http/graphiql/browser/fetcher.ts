/**
 * How GraphiQL reaches the endpoint. What is sent is what the header pane shows; only until that pane exists (the
 * first introspection runs before it) the session's own headers stand in for it.
 */
export const fetcherScript = /* js */ String.raw`
const BASE_HEADERS = {
  'content-type': 'application/json',
  accept: 'application/graphql-response+json, application/json',
};

function post(endpoint, params, headers, signal) {
  const allHeaders = new Headers(BASE_HEADERS);
  for (const [name, value] of Object.entries(headers)) allHeaders.set(name, value);
  return fetch(endpoint, { method: 'POST', headers: allHeaders, body: JSON.stringify(params), signal });
}

async function readJson(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('The server answered ' + response.status + ' without JSON.');
  }
}

function createFetcher(endpoint, session) {
  return (params, options) => {
    const headers = (session.isHeaderPaneReady ? options?.headers : session.headers) ?? {};
    const operation = chosenOperation(params);
    // Just after a change of tab GraphiQL still names the operation of the tab before.
    const request = operation ? { ...params, operationName: operation.name?.value } : params;
    if (operation?.operation === 'subscription') {
      const streamHeaders = { accept: 'text/event-stream', ...headers };
      return eventStream((signal) => post(endpoint, request, streamHeaders, signal));
    }
    return post(endpoint, request, headers).then(readJson).catch(asResult);
  };
}

// GraphiQL would show the stack of an error that is thrown.
function asResult({ message }) {
  return { errors: [{ message }] };
}

function chosenOperation({ query, operationName }) {
  try {
    const { definitions } = window.GraphiQL.GraphQL.parse(query);
    const operations = definitions.filter(({ kind }) => kind === 'OperationDefinition');
    return operations.length === 1 ? operations[0] : operations.find(({ name }) => name?.value === operationName);
  } catch {
    return undefined; // not GraphQL: the server says what is wrong with it
  }
}
`;
