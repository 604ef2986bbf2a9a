// Preloaded into a gateway. Its clock is off by CLOCK_SHIFT_MS: from the start when CLOCK_STARTS_OFF is set, and
// otherwise after the first SIGUSR2; each further one sets it right and wrong again.
const Real = globalThis.Date;
const wrongMs = Number(process.env.CLOCK_SHIFT_MS);
let shiftMs = process.env.CLOCK_STARTS_OFF === undefined ? 0 : wrongMs;
process.on('SIGUSR2', () => (shiftMs = shiftMs === 0 ? wrongMs : 0));

globalThis.Date = class Date extends Real {
  constructor(...args) {
    super(...(args.length === 0 ? [Real.now() + shiftMs] : args));
  }

  static now() {
    return Real.now() + shiftMs;
  }

  static [Symbol.hasInstance](value) {
    return value instanceof Real;
  }
};
