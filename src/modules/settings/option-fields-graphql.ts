import type { z } from 'zod';
import type { TenantSchemaTypes } from '../../graphql/builder.ts';
import { type Option, type OptionLayers, optionValue } from '../../tenancy/option.ts';
import { type OptionGroup, optionsIn } from './option-group.ts';

type Types = PothosSchemaTypes.ExtendDefaultTypes<TenantSchemaTypes>;

/** What the types of options resolve from. */
export interface OptionsView {
  layers: OptionLayers;
}

type Scalar = 'Boolean' | 'Int' | 'String';

/** A field for each option of a group. */
export function optionFields(
  t: PothosSchemaTypes.ObjectFieldBuilder<Types, OptionsView>,
  group?: OptionGroup,
) {
  return fieldsOf(group, (option) =>
    t.field({
      ...graphqlTypeOf(option),
      description: option.description,
      resolve: ({ layers }) => optionValue(option, layers) as never,
    }),
  );
}

/** An input for each option of a group; what is absent stays as it is. */
export function optionInputs(
  t: PothosSchemaTypes.InputFieldBuilder<Types, 'InputObject'>,
  group?: OptionGroup,
) {
  return fieldsOf(group, (option) => t.field({ type: graphqlTypeOf(option).type }));
}

function fieldsOf<F>(group: OptionGroup | undefined, make: (option: Option) => F): Record<string, F> {
  return Object.fromEntries([...optionsIn(group)].map(([name, option]) => [name, make(option)]));
}

/** The GraphQL type that goes with the check of a value. */
function graphqlTypeOf({ path, schema }: Option): { type: Scalar | [Scalar]; nullable: boolean } {
  const nullable = schema.type === 'nullable';
  const inner = (nullable ? (schema as unknown as z.ZodNullable<z.ZodType>).unwrap() : schema) as z.ZodType;
  if (inner.type !== 'array') return { type: scalarOf(path, inner), nullable };
  return { type: [scalarOf(path, (inner as z.ZodArray<z.ZodType>).element)], nullable };
}

function scalarOf(path: string, { type }: z.ZodType): Scalar {
  if (type === 'boolean') return 'Boolean';
  if (type === 'number') return 'Int';
  if (type === 'string') return 'String';
  throw new Error(`the option ${path} is of a kind the schema has no type for: ${type}`);
}
