import { createOrdersApi } from './orders-api.ts';

/** `ISSUER=http://localhost:4000/t/acme AUDIENCE=https://orders.acme.example PORT=4100 npx tsx examples/protected-api/main.ts` */
const { ISSUER: issuer, AUDIENCE: audience, PORT: port = '4100' } = process.env;
if (issuer === undefined || audience === undefined) {
  console.error(
    'Set ISSUER to the issuer of a tenant and AUDIENCE to the audience of one of its API resources.',
  );
  process.exit(2);
}
const api = createOrdersApi({ issuer, audience });
api.on('error', ({ message }) => {
  console.error(`Port ${port} cannot be used: ${message}`);
  process.exit(1);
});
api.listen(Number(port), '127.0.0.1', () => {
  console.log(`Orders at http://localhost:${port}/orders, for tokens of ${issuer}`);
});
