import { core } from './core/index.ts';
import type { Module } from './module.ts';
import { settings } from './settings/index.ts';

/** Every module of this build. Adding one is its folder and a line here. */
export const modules: readonly Module[] = [core, settings];
