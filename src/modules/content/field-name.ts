const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** Names that libraries along the way look for in every object. */
const RESERVED = new Set(['prototype', 'toBSON', 'toJSON', 'toObject', 'then']);

/** True for what a content type may be called. */
export function isTypeName(text: string): boolean {
  return IDENTIFIER.test(text);
}

/** True for what a field may be called: a key that is an ordinary one in JavaScript, JSON and MongoDB. */
export function isFieldName(text: string): boolean {
  return IDENTIFIER.test(text) && !RESERVED.has(text) && !(text in Object.prototype);
}
