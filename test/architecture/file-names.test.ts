import { describe, expect, it } from 'vitest';
import { expectNone } from './expect-none.ts';
import { pathsBelow } from './source-file.ts';

const FOLDERS = ['src', 'test', 'scripts', 'bench'];

/** Files that others name: prose, and what the tools look for. */
const FREE = /\.(md|json|graphql|css|html|svg|snap|txt)$/;

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Names that say nothing about what is inside, so that anything ends up there. */
const BANNED = /^((.+-)?(utils?|helpers?|managers?)|commons?|types?|constants?|misc)$/;

function misnamed(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const names = path.split('/');
    const file = names.pop() ?? '';
    // `001-name.test.ts`: what comes before the first dot.
    const stems = FREE.test(file) ? names : [...names, file.split('.', 1)[0] ?? ''];
    return stems.flatMap((name) => {
      if (name.startsWith('__')) return [];
      if (!KEBAB.test(name)) return [`${path}: "${name}" is not kebab-case`];
      return BANNED.test(name) ? [`${path}: "${name}" says nothing about what is inside`] : [];
    });
  });
}

describe('file names', () => {
  it('are kebab-case and say what is inside', () => {
    const paths = FOLDERS.flatMap(pathsBelow);
    expect(paths.length).toBeGreaterThan(25);
    expectNone(misnamed(paths), 'Rename each after the one thing inside it; if there are several, split it.');
  });

  it('catches what it forbids', () => {
    const wrong = [
      'src/lib/utils.ts',
      'src/lib/string-helpers.ts',
      'src/common/uuid.ts',
      'src/lib/keyedPool.ts',
    ];
    wrong.push('src/tenancy/types.ts', 'test/tenant-manager.test.ts', 'src/Auth/keys.ts', 'src/lib/a_b.ts');
    for (const path of wrong) expect(misnamed([path]), path).toHaveLength(1);
    const right = ['src/README.md', 'src/lib/uuid.ts', 'src/modules/content/migrations/001-content-types.ts'];
    right.push('test/architecture/file-names.test.ts', 'src/modules/content/content-type.ts');
    expect(misnamed(right)).toEqual([]);
  });
});
