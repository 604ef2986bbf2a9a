import { accountScript } from './account.ts';
import { editorScript } from './editor.ts';
import { elementScript } from './element.ts';
import { eventStreamScript } from './event-stream.ts';
import { fetcherScript } from './fetcher.ts';
import { identityScript } from './identity.ts';
import { samplePanelScript } from './sample-panel.ts';
import { scopedStorageScript } from './scoped-storage.ts';
import { signInFlowScript } from './sign-in-flow.ts';
import { signInFormScript } from './sign-in-form.ts';
import { startScript } from './start.ts';

/**
 * The page's own script. Its parts are text, so that the compiler's output holds them without a copying step; they
 * share one closure and leave nothing on `window`. Inside a part: plain JavaScript, no template literals.
 */
export const bootScript = [
  `(() => {\n'use strict';`,
  elementScript,
  scopedStorageScript,
  eventStreamScript,
  fetcherScript,
  identityScript,
  signInFlowScript,
  signInFormScript,
  accountScript,
  samplePanelScript,
  editorScript,
  startScript,
  `})();\n`,
].join('\n');
