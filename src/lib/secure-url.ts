const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** True for an https URL a server can be asked at; for http on this machine too, where that is allowed. */
export function isSecureUrl(text: string, { isProduction }: { isProduction: boolean }): boolean {
  if (!URL.canParse(text) || !/^https?:\/\/[^/]/.test(text)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(text);
  if (`${username}${password}${search}${hash}` !== '' || /[?#]/.test(text)) return false;
  return protocol === 'https:' || (!isProduction && LOOPBACK.test(hostname));
}
