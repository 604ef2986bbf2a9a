/**
 * The ways to sign in: at the tenant's identity provider, where there is one, and with an access token. `onToken(token)`
 * and `onLeave()` may reject; the message is shown and the form stays.
 */
export const signInFormScript = /* js */ String.raw`
function signInOptions({ onToken, onLeave, refusal }) {
  if (onLeave === undefined) return tokenForm(onToken, 'Sign in');
  const problem = problemText(refusal);
  const button = element('button', { className: 'button button-primary', type: 'button' }, 'Sign in');
  button.addEventListener('click', () => attempt(button, problem, onLeave));
  const withToken = element(
    'details',
    { className: 'with-token' },
    element('summary', {}, 'Use an access token'),
    tokenForm(onToken, 'Use this token'),
  );
  return element('div', { className: 'sign-in' }, problem, button, withToken);
}

function problemText(text) {
  const problem = element('p', { className: 'problem', hidden: text === undefined }, text ?? '');
  problem.setAttribute('role', 'alert');
  return problem;
}

async function attempt(button, problem, work) {
  button.disabled = true;
  problem.hidden = true;
  try {
    await work();
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
  } finally {
    button.disabled = false;
  }
}

function tokenForm(onToken, label) {
  const input = element('input', {
    id: 'access-token',
    className: 'token-input',
    type: 'text',
    required: true,
    autocomplete: 'off',
    spellcheck: false,
    placeholder: 'eyJhbGciOi…',
  });
  input.setAttribute('autocapitalize', 'off');
  const problem = problemText();
  const button = element('button', { className: 'button button-primary', type: 'submit' }, label);
  const form = element(
    'form',
    { className: 'sign-in' },
    element('label', { htmlFor: input.id, className: 'label' }, 'Access token'),
    input,
    element('p', { className: 'hint' }, 'Kept in this page’s memory only; a reload forgets it.'),
    problem,
    button,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(button, problem, () => onToken(tokenFrom(input.value)));
  });
  return form;
}

function tokenFrom(text) {
  const token = text.replace(/^\s*bearer\s+/i, '').replace(/\s+/g, '');
  if (!/^[\x21-\x7e]+$/.test(token)) throw new Error('This is not an access token.');
  return token;
}
`;
