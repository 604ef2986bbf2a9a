import fc from 'fast-check';
import { expect, it } from 'vitest';
import { contrast, readableOn } from '../../src/tenancy/readable-on.ts';

it('can be read on every colour (WCAG 2.2, level AA)', () => {
  const color = fc.integer({ min: 0, max: 0xffffff }).map((rgb) => `#${rgb.toString(16).padStart(6, '0')}`);
  fc.assert(fc.property(color, (each) => contrast(each, readableOn(each)) >= 4.5));
});

it('is measured as the standard says', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  expect([readableOn('#ffd400'), readableOn('#0b5d3b')]).toEqual(['#000000', '#ffffff']);
});
