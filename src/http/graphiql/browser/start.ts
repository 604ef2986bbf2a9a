/** Ties the page together: one session at a time (a token, or none), and what follows from it. */
export const startScript = /* js */ String.raw`
const config = JSON.parse(document.getElementById('page-config').textContent);
const accountHost = document.getElementById('account');
const editorHost = document.getElementById('editor');
const storage = scopedStorage(config.storageNamespace);
const editor = createEditor(editorHost, config, storage);
const flow = config.identityProvider && signInFlow(config.identityProvider, config.storageNamespace);
let current;

function begin(token, { identity, person, idToken, refusal, isDevelopment = false } = {}) {
  const session = {
    id: (current?.id ?? 0) + 1,
    token,
    identity,
    person,
    idToken,
    refusal,
    isDevelopment,
    headers: token === undefined ? undefined : authorizationOf(token),
    isHeaderPaneReady: false,
    isCurrent: () => session === current,
  };
  current = session;
  show(session);
  if (token === undefined && config.isSignInRequired) showGate(refusal);
  else editor.show(session).catch((error) => showNotice(error.message));
  return session;
}

function show(session) {
  showAccount(accountHost, session, { onToken: signIn, onLeave: flow?.leave, onSignOut: () => signOut(session) });
}

async function signIn(token, known = {}) {
  begin(token, { ...known, identity: await identify(config.endpoint, token) });
}

/** Of a session at the identity provider nothing must be left for whoever sits here next. */
function signOut(session) {
  begin(undefined);
  if (session.idToken !== undefined) void flow.end(session);
}

async function beginAfterSignIn() {
  try {
    const { token, ...known } = (await flow?.finish()) ?? {};
    if (token !== undefined) return await signIn(token, known);
  } catch (error) {
    return begin(undefined, { refusal: error.message });
  }
  if (config.developmentToken) return beginWithDevelopmentToken(config.developmentToken);
  begin(undefined);
}

async function beginWithDevelopmentToken(token) {
  const session = begin(token, { isDevelopment: true });
  try {
    session.identity = await identify(config.endpoint, token);
  } catch (error) {
    session.problem = error.message;
  }
  if (session.isCurrent()) show(session);
}

function showGate(refusal) {
  editor.hide();
  accountHost.replaceChildren();
  editorHost.replaceChildren(
    element('section', { className: 'gate' },
      element('h2', {}, 'Sign in to ' + config.title),
      element('p', {}, flow ? 'The editor and the schema are for members.' : 'Present an access token to open the editor and the schema.'),
      signInOptions({ onToken: signIn, onLeave: flow?.leave, refusal })),
  );
  editorHost.querySelector(flow ? 'button' : 'input').focus();
}

function showNotice(text) {
  editorHost.replaceChildren(element('p', { className: 'notice' }, text));
}

const theme = storage.getItem('graphiql:theme');
if (theme === 'light' || theme === 'dark') document.body.classList.add('graphiql-' + theme);
closeAccountOnLeaving(accountHost);
void beginAfterSignIn();
`;
