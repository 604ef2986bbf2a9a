import type { PipelineStage } from '../lib/pipeline.ts';
import type { Exchange } from './exchange.ts';

/** One stage of the way of a request. */
export type Stage = PipelineStage<Exchange>;
