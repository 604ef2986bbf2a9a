/**
 * Signs in at the tenant's identity provider: a code with PKCE (RFC 7636), in this window, because a page of one origin
 * cannot hold on to a window of another. What has to last until the browser is back is the verifier; the token never
 * leaves memory.
 */
export const signInFlowScript = /* js */ String.raw`
function signInFlow({ issuer, clientId, addresses, scope }, namespace) {
  const key = 'tenant-gateway:' + encodeURIComponent(namespace) + ':sign-in';
  const here = location.origin + location.pathname;

  async function leave() {
    // Codes come back to an address of the tenant; at another one a newcomer is sent there first.
    if (!addresses.includes(here)) return location.assign(addresses[0]);
    if (window.crypto?.subtle === undefined) throw new Error('Browsers sign in over https only.');
    const pending = { state: randomText(), verifier: randomText() };
    sessionStorage.setItem(key, JSON.stringify(pending));
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(pending.verifier));
    location.assign(issuer + '/oauth/auth?' + new URLSearchParams({
      client_id: clientId,
      response_type: 'code',
      redirect_uri: here,
      scope,
      state: pending.state,
      code_challenge: base64url(new Uint8Array(digest)),
      code_challenge_method: 'S256',
    }));
  }

  /** The tokens this page was sent back for; undefined when it was opened in any other way. */
  async function finish() {
    const answer = new URLSearchParams(location.search);
    if (!answer.has('state')) return undefined;
    history.replaceState(null, '', location.pathname);
    const pending = JSON.parse(sessionStorage.getItem(key) ?? '{}');
    sessionStorage.removeItem(key);
    if (answer.get('state') !== pending.state || answer.get('iss') !== issuer) return undefined;
    if (answer.has('error')) throw new Error(answer.get('error_description') ?? answer.get('error'));
    const response = await fetch(issuer + '/oauth/token', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: clientId,
        redirect_uri: here,
        code: answer.get('code') ?? '',
        code_verifier: pending.verifier,
      }),
    });
    const tokens = await readJson(response);
    if (!response.ok) throw new Error(tokens.error_description ?? 'The sign-in did not work.');
    return { token: tokens.access_token, idToken: tokens.id_token, person: claimsOf(tokens.id_token).email };
  }

  /** Ends the token and the session behind it. */
  async function end({ token, idToken }) {
    await fetch(issuer + '/oauth/revoke', {
      method: 'POST',
      body: new URLSearchParams({ client_id: clientId, token }),
    }).catch(() => undefined);
    location.assign(issuer + '/oauth/logout?' + new URLSearchParams({
      id_token_hint: idToken,
      post_logout_redirect_uri: here,
    }));
  }

  return { leave, finish, end };
}

const randomText = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** For people to read; the endpoint decides by the access token alone. */
function claimsOf(jwt) {
  const text = atob(jwt.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (each) => each.charCodeAt(0))));
}
`;
