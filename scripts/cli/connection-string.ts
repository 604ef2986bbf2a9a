import { text } from 'node:stream/consumers';

/** A connection string as it was given, or from standard input for `-`: what stands in a command is seen by `ps`. */
export async function connectionString(given: string | undefined): Promise<string | undefined> {
  return given === '-' ? (await text(process.stdin)).trim() : given;
}
