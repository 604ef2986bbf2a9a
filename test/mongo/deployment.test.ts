import { expect, test } from 'vitest';
import { configFrom } from '../../src/config/config.ts';
import { readEnv } from '../../src/config/env.ts';
import { openDeployment } from '../../src/mongo/deployment.ts';

test.each(['mongodb://root:hunter2@', 'mongodb://root:hunt@er2@db/', 'mongodb://root:hunter2@db:99999/'])(
  'a connection string that cannot be parsed is a bad setting, told without its content: %#',
  async (uri) => {
    const config = configFrom(readEnv({ MONGODB_URI: uri }));
    const error = await openDeployment(config, () => undefined).catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ name: 'SettingError', exitCode: 78 });
    expect((error as Error).message).toMatch(/^Setting MONGODB_URI [^:@]*$/);
  },
);
