import { Schema } from 'mongoose';
import { defineModel, type Stored } from '../../mongo/model.ts';

/** Kinds a value can have; those of the members of a list too. */
export const VALUE_KINDS = [
  'TEXT',
  'RICH_TEXT',
  'NUMBER',
  'BOOLEAN',
  'DATE_TIME',
  'ENUMERATION',
  'REFERENCE',
  'JSON',
] as const;

export const FIELD_KINDS = [...VALUE_KINDS, 'LIST'] as const;

export type ValueKind = (typeof VALUE_KINDS)[number];

export type FieldKind = (typeof FIELD_KINDS)[number];

/** A field that items of a type may have. What does not apply to its kind is null or empty. */
export interface DeclaredField {
  name: string;
  kind: FieldKind;
  isRequired: boolean;
  /** The values of an enumeration. */
  options: string[];
  /** The kind of the members of a list. */
  of: ValueKind | null;
  /** Name of the type a reference leads to. */
  referenceTo: string | null;
  /** Most characters of a text; null: what the kind allows. */
  maxLength: number | null;
}

/** A kind of content, declared by the tenant as data. */
export interface ContentType extends Stored {
  /** Unique and immutable; items name their type by it. */
  name: string;
  description: string | null;
  fields: DeclaredField[];
  revision: number;
  createdAt: Date;
  updatedAt: Date;
  /** SHA-256 of the input its idempotency key is bound to. */
  inputHash?: string;
}

export const contentTypeModel = defineModel<ContentType>(
  'content_types',
  new Schema<ContentType>({
    _id: String,
    name: { type: String, required: true },
    description: { type: String, default: null },
    fields: [
      {
        _id: false,
        name: { type: String, required: true },
        kind: { type: String, enum: FIELD_KINDS, required: true },
        isRequired: { type: Boolean, required: true },
        options: [String],
        of: { type: String, default: null },
        referenceTo: { type: String, default: null },
        maxLength: { type: Number, default: null },
      },
    ],
    revision: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
    inputHash: String,
  }),
);

/** The kind of a field's values: of the members, where it is a list. */
export function valueKind({ kind, of }: DeclaredField): ValueKind {
  if (kind !== 'LIST') return kind;
  if (of === null) throw new Error('a list without the kind of its members was stored');
  return of;
}

export function fieldOf(type: ContentType, name: string): DeclaredField | undefined {
  return type.fields.find((field) => field.name === name);
}
