/** The form for an access token. `onToken(token)` may reject; its message is shown and the form stays. */
export const signInFormScript = /* js */ String.raw`
function signInForm(onToken) {
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
  const problem = element('p', { className: 'problem', hidden: true });
  problem.setAttribute('role', 'alert');
  const button = element('button', { className: 'button button-primary', type: 'submit' }, 'Sign in');
  const form = element(
    'form',
    { className: 'sign-in' },
    element('label', { htmlFor: input.id, className: 'label' }, 'Access token'),
    input,
    element('p', { className: 'hint' }, 'Kept in this page’s memory only; a reload forgets it.'),
    problem,
    button,
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.hidden = true;
    try {
      await onToken(tokenFrom(input.value));
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
  return form;
}

function tokenFrom(text) {
  const token = text.replace(/^\s*bearer\s+/i, '').replace(/\s+/g, '');
  if (!/^[\x21-\x7e]+$/.test(token)) throw new Error('This is not an access token.');
  return token;
}
`;
