import { uuidv7 } from '../../lib/uuid.ts';
import type { Client, ClientSecret, Grant } from './client.ts';

export interface NewClient {
  /** OAuth's `client_id`; a new one when absent. */
  id?: string;
  name: string;
  description?: string | null;
  /** CONFIDENTIAL when absent. */
  kind?: Client['kind'];
  redirectUris?: string[];
  grants?: Grant[];
  secrets?: ClientSecret[];
  inputHash?: string;
  now: Date;
}

/** A client at its first revision, ready to be inserted. Checks nothing: that is for who takes a caller's input. */
export function newClient({ id, inputHash, now, ...values }: NewClient): Client {
  return {
    _id: id ?? uuidv7(now.getTime()),
    name: values.name,
    description: values.description ?? null,
    kind: values.kind ?? 'CONFIDENTIAL',
    redirectUris: values.redirectUris ?? [],
    grants: values.grants ?? [],
    secrets: values.secrets ?? [],
    ...(inputHash === undefined ? {} : { inputHash }),
    revision: 1,
    createdAt: now,
    updatedAt: now,
  };
}
