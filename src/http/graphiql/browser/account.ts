/** The right end of the top bar: who is signed in, with their scopes, or the way to sign in. */
export const accountScript = /* js */ String.raw`
function showAccount(host, session, { onToken, onLeave, onSignOut }) {
  const isSignedIn = session.token !== undefined;
  const label = isSignedIn ? accountLabel(session) : 'Sign in';
  const panel = element('div', { className: 'account-panel' });
  if (isSignedIn) {
    const signOut = element('button', { className: 'button', type: 'button' }, 'Sign out');
    signOut.addEventListener('click', onSignOut);
    panel.append(identityCard(session), signOut);
  } else {
    panel.append(signInOptions({ onToken, onLeave, refusal: session.refusal }));
  }
  const state = session.problem ? 'refused' : 'signed-in';
  const summary = element(
    'summary',
    { className: isSignedIn ? 'chip chip-' + state : 'chip' },
    element('span', { className: 'chip-label' }, label),
  );
  const details = element('details', { className: 'account' }, summary, panel);
  details.addEventListener('toggle', () => details.open && details.querySelector('input')?.focus());
  details.open = session.refusal !== undefined;
  host.replaceChildren(details);
}

function accountLabel({ identity, problem, person }) {
  if (problem) return 'Token refused';
  return person ?? identity?.viewer?.subject ?? (identity ? 'Signed in' : 'Signing in…');
}

function identityCard({ identity, problem, person, isDevelopment }) {
  const rows = element('dl', { className: 'identity' });
  const addRow = (term, ...content) =>
    rows.append(element('dt', {}, term), element('dd', {}, ...content));
  if (isDevelopment) addRow('Token', 'development token of this page');
  if (problem) addRow('Problem', problem);
  if (person) addRow('Person', person);
  const { tenant, viewer } = identity ?? {};
  if (tenant) addRow('Tenant', tenant.name + ' (' + tenant.identifier + ')');
  if (viewer) {
    addRow('Kind', String(viewer.kind ?? '').toLowerCase());
    addRow('Subject', viewer.subject ?? '—');
    const scopes = viewer.scopes ?? [];
    addRow('Scopes', ...(scopes.length === 0 ? ['none'] : scopes.map((name) => element('code', {}, name))));
  }
  return rows;
}

function closeAccountOnLeaving(host) {
  const close = () => host.querySelector('details')?.removeAttribute('open');
  document.addEventListener('pointerdown', ({ target }) => host.contains(target) || close());
  document.addEventListener('keydown', ({ key }) => key === 'Escape' && close());
}
`;
