import { it } from 'vitest';
import { expectNone } from './expect-none.ts';
import { filesBelow } from './source-file.ts';

/** Where scopes are made, and the one place that decides whose rows a visitor sees. */
const ALLOWED = ['src/shell/scope.ts', 'src/modules/people.ts'];

it('lets nobody but introspection look as another caller', () => {
  const actors = filesBelow('src').filter(
    ({ path, text }) =>
      !['src/shell/scope.ts', 'src/sts/structured-tokens.ts'].includes(path) && text.includes('asCaller('),
  );
  expectNone(
    actors.map(({ path }) => path),
    'A request is served for its caller; only introspection asks what another one would be told.',
  );
});

it('lets nobody but the identity provider choose the rows of a scope', () => {
  const choosers = filesBelow('src').filter(
    ({ path, text }) => !ALLOWED.includes(path) && text.includes('forRows('),
  );
  expectNone(
    choosers.map(({ path }) => path),
    'A scope has the rows of its caller; whoever needs those of a visitor asks modules/people.ts.',
  );
});
