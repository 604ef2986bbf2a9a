import { expect, test } from 'vitest';
import { createLogger } from '../../src/observability/logger.ts';

function logged(write: (log: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  write(createLogger('debug', { write: (line: string) => void lines.push(line) }));
  expect(lines.length).toBeGreaterThan(0);
  return lines.join('');
}

test('whatever could be a credential is cut out, however deep it sits', () => {
  const text = logged((log) => {
    log.info({ token: 'HIDE', headers: { authorization: 'HIDE', accept: 'shown' } }, 'a careless line');
    log.child({ clientSecret: 'HIDE' }).warn({ list: [{ deep: { password: 'HIDE' } }] });
    log.error({
      err: Object.assign(new Error('shown'), { connectionString: 'HIDE', nested: { secret: 'HIDE' } }),
    });
    log.error({
      err: new Error('outer', { cause: Object.assign(new Error('inner'), { credential: 'HIDE' }) }),
    });
  });
  expect(text).not.toContain('HIDE');
  expect(text.match(/shown/g)?.length).toBeGreaterThan(1);
  expect(text).toContain('inner');
});

test('a line is one JSON object, whatever is nested or circular in it', () => {
  const circular: Record<string, unknown> = { name: 'shown' };
  circular['self'] = circular;
  const line = JSON.parse(
    logged((log) => log.info({ circular, at: new Date(0), none: null }, 'said')),
  ) as object;
  expect(line).toMatchObject({ level: 'info', msg: 'said', circular: { name: 'shown' }, none: null });
});
