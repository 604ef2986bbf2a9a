import { describe, expect, it } from 'vitest';
import { accessTokenLifetimeSeconds } from '../../src/auth/access-token-lifetime.ts';
import { logoUrl, primaryColor } from '../../src/tenancy/theme.ts';
import {
  declaredOptions,
  defineOption,
  optionOrigin,
  optionValue,
  valuesByPath,
} from '../../src/tenancy/option.ts';

const tenant = { 'theme.primaryColor': '#111111', 'theme.logoUrl': 'https://acme.example/logo.png' };

describe('the value of an option', () => {
  it("is the platform's until somebody sets one", () => {
    expect(optionValue(primaryColor, [])).toBe('#2563eb');
    expect(optionOrigin(primaryColor, [])).toBe('PLATFORM');
    expect(optionValue(accessTokenLifetimeSeconds, [tenant, {}])).toBe(3_600);
    expect(optionOrigin(accessTokenLifetimeSeconds, [tenant, {}])).toBe('PLATFORM');
  });

  it("is the tenant's own where there is one", () => {
    expect(optionValue(primaryColor, [tenant])).toBe('#111111');
    expect(optionOrigin(primaryColor, [tenant])).toBe('TENANT');
    expect(optionOrigin(primaryColor, [tenant, {}])).toBe('TENANT');
  });

  it("is the application tenant's before all others, null included", () => {
    const layers = [tenant, { 'theme.primaryColor': '#222222', 'theme.logoUrl': null }];
    expect(optionValue(primaryColor, layers)).toBe('#222222');
    expect(optionOrigin(primaryColor, layers)).toBe('APPLICATION_TENANT');
    expect(optionValue(logoUrl, layers)).toBeNull();
    expect(optionOrigin(logoUrl, layers)).toBe('APPLICATION_TENANT');
  });
});

it('finds nested values by their paths, lists and nulls whole', () => {
  const nested = {
    locale: 'fr',
    theme: { logoUrl: null },
    options: { corsOrigins: ['*'], publicContent: undefined },
  };
  expect(valuesByPath(nested)).toEqual({ locale: 'fr', 'theme.logoUrl': null, 'options.corsOrigins': ['*'] });
});

it('refuses a second declaration of a path', () => {
  expect(declaredOptions()).toContain(primaryColor);
  expect(() => defineOption(primaryColor)).toThrow('declared twice');
});
