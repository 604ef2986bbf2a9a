import type { Adapter, AdapterPayload } from 'oidc-provider';
import { expect, it } from 'vitest';

/**
 * What oidc-provider asks of whatever it keeps things in. Any adapter can be held to it.
 *
 * @param open - an adapter for a model, over storage that every adapter of one tenant shares.
 * @param openElsewhere - the same of another tenant.
 */
export function adapterContract(
  open: (kind: string) => Adapter,
  openElsewhere: (kind: string) => Adapter,
): void {
  const tokenOf = (grantId: string): AdapterPayload => ({
    accountId: 'ann',
    grantId,
    kind: 'RefreshToken',
    // Grants are keyed by addresses: dots, slashes and dollars must come back as they were.
    rejected: { resources: { 'https://api.example.com/$v1': 'read' } },
  });

  it('finds what was stored under its id and kind, and nowhere else', async () => {
    const payload = tokenOf('g-find');
    await open('RefreshToken').upsert('find-1', { ...payload, jti: 'find-1' }, 60);
    expect(await open('RefreshToken').find('find-1')).toEqual({ ...payload, jti: 'find-1' });
    expect(await open('AccessToken').find('find-1')).toBeUndefined();
    expect(await open('RefreshToken').find('find-2')).toBeUndefined();
    expect(await openElsewhere('RefreshToken').find('find-1')).toBeUndefined();
  });

  it('puts the later payload in the place of the earlier one', async () => {
    const sessions = open('Session');
    await sessions.upsert('again', { jti: 'again', uid: 'uid-1', accountId: 'ann' }, 60);
    await sessions.upsert('again', { jti: 'again', uid: 'uid-1', accountId: 'bob' }, 60);
    expect(await sessions.find('again')).toMatchObject({ accountId: 'bob' });
    expect(await sessions.findByUid('uid-1')).toMatchObject({ jti: 'again', accountId: 'bob' });
    expect(await openElsewhere('Session').findByUid('uid-1')).toBeUndefined();
  });

  it('finds a device code by what its user types', async () => {
    await open('DeviceCode').upsert('device', { jti: 'device', userCode: 'ABCD-EFGH' }, 60);
    expect(await open('DeviceCode').findByUserCode('ABCD-EFGH')).toMatchObject({ userCode: 'ABCD-EFGH' });
    expect(await openElsewhere('DeviceCode').findByUserCode('ABCD-EFGH')).toBeUndefined();
  });

  it('marks what was used', async () => {
    const codes = open('AuthorizationCode');
    await codes.upsert('code', { jti: 'code', grantId: 'g-code' }, 60);
    await codes.consume('code');
    expect((await codes.find('code'))?.consumed).toBeGreaterThan(Date.now() / 1_000 - 60);
  });

  it('forgets what is destroyed, what has expired, and what a grant led to', async () => {
    const tokens = open('RefreshToken');
    await tokens.upsert('gone', { ...tokenOf('g-1'), jti: 'gone' }, 60);
    await tokens.destroy('gone');
    await tokens.upsert('expired', { ...tokenOf('g-1'), jti: 'expired' }, -1);
    await tokens.upsert('granted', { ...tokenOf('g-1'), jti: 'granted' }, 60);
    await tokens.upsert('other', { ...tokenOf('g-2'), jti: 'other' }, 60);
    await openElsewhere('RefreshToken').upsert('granted', { ...tokenOf('g-1'), jti: 'granted' }, 60);
    await tokens.revokeByGrantId('g-1');
    for (const id of ['gone', 'expired', 'granted']) expect(await tokens.find(id)).toBeUndefined();
    expect(await tokens.find('other')).toBeDefined();
    expect(await openElsewhere('RefreshToken').find('granted')).toBeDefined();
  });
}
