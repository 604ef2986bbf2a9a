/**
 * The storage GraphiQL is given: localStorage (or memory, where the browser refuses it) under the namespace of one
 * tenant, and without credentials. GraphiQL itself leaves headers out when told so, but not everywhere in every
 * version; here they are taken out of whatever it writes, and anything shaped like a JWT with them.
 */
export const scopedStorageScript = /* js */ String.raw`
const JWT = /eyJ[\w-]{5,}\.[\w-]+\.[\w-]*/g;
const KEYS_HOLDING_HEADERS = ['graphiql:tabState', 'graphiql:queries', 'graphiql:favorites'];

function scopedStorage(namespace) {
  const prefix = 'tenant-gateway:' + encodeURIComponent(namespace) + ':';
  const backing = availableStorage();
  const ownKeys = () =>
    Array.from({ length: backing.length }, (_, index) => backing.key(index)).filter((key) => key.startsWith(prefix));
  return {
    get length() {
      return ownKeys().length;
    },
    getItem: (key) => backing.getItem(prefix + key),
    setItem(key, value) {
      if (/(^|:)headers$/i.test(key)) return;
      backing.setItem(prefix + key, withoutCredentials(key, value));
    },
    removeItem: (key) => backing.removeItem(prefix + key),
    clear: () => ownKeys().forEach((key) => backing.removeItem(key)),
  };
}

function withoutCredentials(key, value) {
  let text = String(value);
  if (KEYS_HOLDING_HEADERS.includes(key)) {
    try {
      text = JSON.stringify(JSON.parse(text, (name, inner) => (/^headers$/i.test(name) ? null : inner)));
    } catch {
      return '';
    }
  }
  return text.replace(JWT, '');
}

function availableStorage() {
  try {
    window.localStorage.getItem('');
    return window.localStorage;
  } catch {
    const items = new Map();
    return {
      get length() {
        return items.size;
      },
      key: (index) => [...items.keys()][index],
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => void items.set(key, value),
      removeItem: (key) => void items.delete(key),
    };
  }
}
`;
