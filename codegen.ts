import type { CodegenConfig } from '@graphql-codegen/cli';

/**
 * Typed operations for a front end. Copy this file into yours: with `SCHEMA_URL` and `TOKEN` it reads the schema your
 * tenant has, without them the superset of all modules.
 *
 * @example SCHEMA_URL=https://acme.example.com/graphql/schema.graphql TOKEN=… npx graphql-codegen
 */
const url = process.env['SCHEMA_URL'];
const token = process.env['TOKEN'];

const config: CodegenConfig = {
  schema:
    url === undefined
      ? 'schema/tenant.graphql'
      : { [url]: { headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } } },
  documents: 'schema/operations/**/*.graphql',
  generates: {
    'test/consumer/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        importExtension: '.ts',
        enumsAsTypes: true,
        strictScalars: true,
        scalars: { DateTime: 'string', JSON: 'unknown' },
      },
    },
  },
  ignoreNoDocuments: false,
};

export default config;
