import type { ContentToImport } from '../modules/content/import-plan.ts';

/** What a demo tenant is made of. */
export interface DemoPlan {
  identifier: string;
  name: string;
  modules: readonly string[];
  settings: ReadonlyMap<string, unknown>;
  /** The content type whose description tells, by its ending, that the import is still under way. */
  mainType: string;
  /** Inputs of `createResource` and `createClient`, where the modules are there. */
  resource?: object;
  client?: object;
  /** Reads the package's file; called only when something has to be imported. */
  load(): Promise<ContentToImport>;
}
