import { createSite } from './site.ts';

/** `ISSUER=http://localhost:4000/t/acme CLIENT_ID=… PORT=4200 npx tsx examples/relying-party/main.ts` */
const { ISSUER: issuer, CLIENT_ID: clientId, CLIENT_SECRET, APPLICATION_TENANT, PORT = '4200' } = process.env;
if (issuer === undefined || clientId === undefined) {
  console.error('Set ISSUER to the issuer of a tenant and CLIENT_ID to one of its clients.');
  process.exit(2);
}
const origin = `http://localhost:${PORT}`;
const site = await createSite({
  issuer,
  clientId,
  origin,
  ...(CLIENT_SECRET === undefined ? {} : { clientSecret: CLIENT_SECRET }),
  ...(APPLICATION_TENANT === undefined ? {} : { applicationTenant: APPLICATION_TENANT }),
}).catch(({ message }: Error) => fail(`${issuer} does not answer like the issuer of a tenant: ${message}`));
site.on('error', ({ message }) => fail(`Port ${PORT} cannot be used: ${message}`));
site.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`${origin} signs people in at ${issuer}; its client needs the redirect URI ${origin}/callback`);
});

function fail(reason: string): never {
  console.error(reason);
  process.exit(1);
}
