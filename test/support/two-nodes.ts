import { randomBytes } from 'node:crypto';
import { startGateway, type TestGateway } from './gateway.ts';

/** Two gateways over one control database: what happens on one must be seen on the other. */
export interface TwoNodes extends AsyncDisposable {
  here: TestGateway;
  there: TestGateway;
}

export async function startTwoNodes(env: Record<string, string> = {}): Promise<TwoNodes> {
  const settings = { CONTROL_DATABASE: `test_${randomBytes(6).toString('hex')}`, ...env };
  const here = await startGateway(settings);
  const there = await startGateway(settings);
  return {
    here,
    there,
    async [Symbol.asyncDispose]() {
      await there[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
    },
  };
}
