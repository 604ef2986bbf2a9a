/** A global id of the Relay specification, taken apart. */
export interface GlobalId {
  typename: string;
  id: string;
}

/** Typename of an application tenant: callers and users name one where the module of that type may be off. */
export const APPLICATION_TENANT = 'ApplicationTenant';

export function encodeGlobalId(typename: string, id: string): string {
  return Buffer.from(`${typename}:${id}`).toString('base64url');
}

/** Undefined for anything `encodeGlobalId` did not make; to a caller that is an id nobody has. */
export function decodeGlobalId(text: string): GlobalId | undefined {
  const [, typename, id] =
    /^([A-Za-z]{1,60}):([\x21-\x7e]{1,100})$/.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  if (typename === undefined || id === undefined || encodeGlobalId(typename, id) !== text) return undefined;
  return { typename, id };
}

/** The id inside a global id of this type, or undefined: an id of another type is one nobody has. */
export function localId(typename: string, globalId: string): string | undefined {
  const decoded = decodeGlobalId(globalId);
  return decoded?.typename === typename ? decoded.id : undefined;
}
