import { declaredOptions, type Option } from '../../tenancy/option.ts';

/** Each group of options is a type of the schema and an input. */
export type OptionGroup = 'theme' | 'options';

/** The options of a group, or those that stand in none, by the name of their field. */
export function optionsIn(group: OptionGroup | undefined): ReadonlyMap<string, Option> {
  const inGroup = declaredOptions().flatMap((option): [string, Option][] => {
    const names = option.path.split('.');
    return names.at(-2) === group ? [[names.at(-1) ?? '', option]] : [];
  });
  return new Map(inGroup);
}
