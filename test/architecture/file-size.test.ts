import { describe, expect, it } from 'vitest';
import { expectNone } from './expect-none.ts';
import { filesBelow, sourceFile, type SourceFile } from './source-file.ts';

const SOURCE = { median: 60, p90: 180, ceiling: 300 };
const TEST_CEILING = 500;

function lineCount({ text }: SourceFile): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

function largest(files: readonly SourceFile[], from: number): string[] {
  return files
    .map((file) => ({ path: file.path, lines: lineCount(file) }))
    .filter(({ lines }) => lines > from)
    .sort((one, other) => other.lines - one.lines)
    .map(({ path, lines }) => `${path} has ${lines} lines`);
}

/** The size that this share of the files does not exceed. */
function quantile(files: readonly SourceFile[], share: number): number {
  const sizes = files.map(lineCount).sort((one, other) => one - other);
  return sizes[Math.max(0, Math.ceil(share * sizes.length) - 1)] ?? 0;
}

describe('file size', () => {
  const sources = filesBelow('src');
  const tests = filesBelow('test');
  const advice = 'Split by what the parts are about, one thing per file, named after it.';

  it(`keeps every source file within ${SOURCE.ceiling} lines`, () => {
    expect(sources.length).toBeGreaterThan(20);
    expectNone(largest(sources, SOURCE.ceiling), advice);
  });

  it(`keeps every test file within ${TEST_CEILING} lines`, () => {
    expect(tests.length).toBeGreaterThan(5);
    expectNone(largest(tests, TEST_CEILING), advice);
  });

  it('keeps most source files small', () => {
    const [median, p90] = [quantile(sources, 0.5), quantile(sources, 0.9)];
    const tooLong = `the limits are ${SOURCE.median} and ${SOURCE.p90}; split the largest first`;
    const candidates = largest(sources, SOURCE.p90).slice(0, 10).join('; ');
    expect(median, `The median file has ${median} lines (${tooLong}): ${candidates}`).toBeLessThanOrEqual(
      SOURCE.median,
    );
    expect(p90, `A tenth of the files exceeds ${p90} lines (${tooLong}): ${candidates}`).toBeLessThanOrEqual(
      SOURCE.p90,
    );
  });

  it('counts lines and shares', () => {
    const files = [1, 2, 3, 400].map((lines) => sourceFile(`src/lib/a${lines}.ts`, '//\n'.repeat(lines)));
    expect(files.map(lineCount)).toEqual([1, 2, 3, 400]);
    expect([quantile(files, 0.5), quantile(files, 0.9)]).toEqual([2, 400]);
    expect(largest(files, 300)).toEqual(['src/lib/a400.ts has 400 lines']);
  });
});
