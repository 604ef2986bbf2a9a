import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from 'vitest';
import { scopedStorageScript } from '../../../src/http/graphiql/browser/scoped-storage.ts';

type BrowserStorage = Pick<Storage, 'length' | 'key' | 'getItem' | 'setItem' | 'removeItem'>;
type ScopedStorage = Pick<Storage, 'length' | 'getItem' | 'setItem' | 'removeItem' | 'clear'>;

interface Storage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  clear(): void;
}

const TOKEN = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl';

describe('the storage GraphiQL is given', () => {
  let items: Map<string, string>;
  let localStorage: BrowserStorage;
  const scoped = (namespace: string, window: object = { localStorage }) =>
    (runInNewContext(`${scopedStorageScript}; scopedStorage`, { window }) as (name: string) => ScopedStorage)(
      namespace,
    );

  beforeEach(() => {
    items = new Map([['of-another-application', 'kept']]);
    localStorage = {
      get length() {
        return items.size;
      },
      key: (index) => [...items.keys()][index] ?? null,
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => void items.set(key, value),
      removeItem: (key) => void items.delete(key),
    };
  });

  it('writes below the namespace and reads it back', () => {
    const storage = scoped('acme');
    storage.setItem('graphiql:query', '{ viewer { kind } }');
    expect(items.get('tenant-gateway:acme:graphiql:query')).toBe('{ viewer { kind } }');
    expect(storage.getItem('graphiql:query')).toBe('{ viewer { kind } }');
    expect(scoped('globex').getItem('graphiql:query')).toBeNull();
  });

  it('counts and clears its own entries only, also beside a namespace that begins alike', () => {
    const [acme, longer] = [scoped('acme'), scoped('acme:graphiql')];
    acme.setItem('graphiql:query', 'a');
    longer.setItem('graphiql:query', 'b');
    expect(acme.length).toBe(1);
    acme.clear();
    expect([...items.values()]).toEqual(['kept', 'b']);
  });

  it('never keeps the header pane', () => {
    scoped('acme').setItem('graphiql:headers', '{"x-key":"s3cret"}');
    expect([...items.values()]).toEqual(['kept']);
  });

  it('takes headers out of tabs, history and favourites', () => {
    const storage = scoped('acme');
    const tab = { query: '{ a }', variables: '{"headers": 1}', headers: '{"x-key":"s3cret"}' };
    storage.setItem('graphiql:tabState', JSON.stringify({ tabs: [tab], activeTabIndex: 0 }));
    storage.setItem('graphiql:queries', JSON.stringify({ queries: [tab] }));
    storage.setItem('graphiql:favorites', JSON.stringify({ favorites: [{ ...tab, Headers: 's3cret' }] }));
    expect([...items.values()].join()).not.toContain('s3cret');
    expect(JSON.parse(storage.getItem('graphiql:tabState') ?? '')).toEqual({
      tabs: [{ ...tab, headers: null }],
      activeTabIndex: 0,
    });
  });

  it('takes tokens out of any text and leaves the rest as it was typed', () => {
    const storage = scoped('acme');
    storage.setItem('graphiql:variables', `{\n  "token": "${TOKEN}",\n  "headers": "mine"\n}`);
    expect(storage.getItem('graphiql:variables')).toBe('{\n  "token": "",\n  "headers": "mine"\n}');
  });

  it('falls back to memory where the browser keeps nothing', () => {
    const window = {
      get localStorage(): BrowserStorage {
        throw new Error('SecurityError');
      },
    };
    const storage = scoped('acme', window);
    storage.setItem('graphiql:query', 'a');
    expect(storage.getItem('graphiql:query')).toBe('a');
    storage.clear();
    expect(storage.length).toBe(0);
  });
});
