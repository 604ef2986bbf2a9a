/** Ties the page together: one session at a time (a token, or none), and what follows from it. */
export const startScript = /* js */ String.raw`
const config = JSON.parse(document.getElementById('page-config').textContent);
const accountHost = document.getElementById('account');
const editorHost = document.getElementById('editor');
const storage = scopedStorage(config.storageNamespace);
const editor = createEditor(editorHost, config, storage);
let current;

function begin(token, { identity, isDevelopment = false } = {}) {
  const session = {
    id: (current?.id ?? 0) + 1,
    token,
    identity,
    isDevelopment,
    headers: token === undefined ? undefined : authorizationOf(token),
    isHeaderPaneReady: false,
    isCurrent: () => session === current,
  };
  current = session;
  showAccount(accountHost, session, { onToken: signIn, onSignOut: () => begin(undefined) });
  if (token === undefined && config.isSignInRequired) showGate();
  else editor.show(session).catch((error) => showNotice(error.message));
  return session;
}

async function signIn(token) {
  begin(token, { identity: await identify(config.endpoint, token) });
}

async function beginWithDevelopmentToken(token) {
  const session = begin(token, { isDevelopment: true });
  try {
    session.identity = await identify(config.endpoint, token);
  } catch (error) {
    session.problem = error.message;
  }
  if (!session.isCurrent()) return;
  showAccount(accountHost, session, { onToken: signIn, onSignOut: () => begin(undefined) });
}

function showGate() {
  editor.hide();
  accountHost.replaceChildren();
  editorHost.replaceChildren(
    element('section', { className: 'gate' },
      element('h2', {}, 'Sign in to ' + config.title),
      element('p', {}, 'Present an access token to open the editor and the schema.'),
      signInForm(signIn)),
  );
  editorHost.querySelector('input').focus();
}

function showNotice(text) {
  editorHost.replaceChildren(element('p', { className: 'notice' }, text));
}

const theme = storage.getItem('graphiql:theme');
if (theme === 'light' || theme === 'dark') document.body.classList.add('graphiql-' + theme);
closeAccountOnLeaving(accountHost);
if (config.developmentToken) beginWithDevelopmentToken(config.developmentToken);
else begin(undefined);
`;
