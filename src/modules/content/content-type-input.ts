import { z } from 'zod';
import { idempotencyKey } from '../../graphql/idempotency.ts';
import { expectedRevision } from '../../graphql/revision.ts';
import { line, lines } from '../../graphql/text-input.ts';
import { FIELD_KINDS, VALUE_KINDS } from './content-type.ts';
import { FIELDS_BYTES_LIMIT, MAX_LENGTH } from './content-limits.ts';
import { isFieldName, isTypeName } from './field-name.ts';

const TYPE_NAME = 'must be a letter, then at most 63 letters, digits and underscores';

const typeName = z.string().refine(isTypeName, { error: TYPE_NAME });

const Field = z
  .object({
    name: z.string().refine(isFieldName, { error: `${TYPE_NAME}, and not a reserved word` }),
    kind: z.enum(FIELD_KINDS),
    isRequired: z
      .boolean()
      .nullish()
      .transform((value) => value ?? false),
    options: z
      .array(line(100))
      .max(200)
      .nullish()
      .transform((value) => value ?? []),
    of: z
      .enum(VALUE_KINDS)
      .nullish()
      .transform((value) => value ?? null),
    referenceTo: typeName.nullish().transform((value) => value ?? null),
    maxLength: z
      .int()
      .nullish()
      .transform((value) => value ?? null),
  })
  .superRefine((field, context) => {
    const fault = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message });
    const kind = field.kind === 'LIST' ? field.of : field.kind;
    if (field.kind === 'LIST' && field.of === null) fault('of', 'A list needs the kind of its members.');
    if (field.kind !== 'LIST' && field.of !== null) fault('of', 'Only a list has members.');
    if (kind === 'ENUMERATION') {
      if (field.options.length === 0) fault('options', 'An enumeration needs its values.');
      if (new Set(field.options).size < field.options.length) fault('options', 'The values must differ.');
    } else if (field.options.length > 0) fault('options', 'Only an enumeration has options.');
    if (kind === 'REFERENCE' && field.referenceTo === null) fault('referenceTo', 'A reference needs a type.');
    if (kind !== 'REFERENCE' && field.referenceTo !== null)
      fault('referenceTo', 'Only a reference has a type.');
    if (field.maxLength === null) return;
    const limit = kind === 'TEXT' || kind === 'RICH_TEXT' ? MAX_LENGTH[kind] : undefined;
    if (limit === undefined) fault('maxLength', 'Only a text has a length.');
    else if (field.maxLength < 1 || field.maxLength > limit) fault('maxLength', `must be from 1 to ${limit}`);
  });

const fields = z
  .array(Field)
  .max(100)
  .superRefine((list, context) => {
    const seen = new Set<string>();
    list.forEach(({ name }, index) => {
      if (seen.has(name)) {
        context.addIssue({ code: 'custom', path: [index, 'name'], message: 'Another field has this name.' });
      }
      seen.add(name);
    });
  })
  .refine((list) => Buffer.byteLength(JSON.stringify(list)) <= FIELDS_BYTES_LIMIT, {
    error: `must have at most ${FIELDS_BYTES_LIMIT} bytes together`,
  });

const description = lines(1_000)
  .nullish()
  .transform((value) => value ?? null);

export const CreateContentType = z.object({ name: typeName, description, fields, idempotencyKey });

export const ExpectedRevision = z.object({ expectedRevision });

/** What is not given stays; a null description is forgotten. */
export const UpdateContentType = z.object({
  description: lines(1_000).nullable().optional(),
  fields: fields.nullish().transform((value) => value ?? undefined),
  expectedRevision,
});
