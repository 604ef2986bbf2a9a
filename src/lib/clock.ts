/** Milliseconds since the epoch; handed in wherever time decides, so that tests own it. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();
