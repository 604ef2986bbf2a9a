import { sha256 } from '../../../src/lib/sha256.ts';
import type { ModuleAudits, Owner } from '../kit/module-audits.ts';

/** A declared field for each condition a filter has. */
const FIELDS = { text: 'body', number: 'weight', boolean: 'isGood', dateTime: 'moment', reference: 'next' };

/** Fields whose names are the tenant's own, too. */
const noteOf = ({ marker }: Pick<Owner, 'marker'>) => `note${marker}`;
const linkOf = ({ marker }: Pick<Owner, 'marker'>) => `link${marker}`;

const dataOf = (owner: Owner) => owner.canary('ContentItem')['data'] as Record<string, unknown>;

/** A filter for the member of a condition that a path leads to. */
function fieldFilter(owner: Owner, rest: readonly string[]): object[] {
  const [, condition, operator = ''] = rest as [string, keyof typeof FIELDS | undefined, string?];
  if (condition === undefined)
    return [{ field: noteOf(owner), condition: { text: { startsWith: owner.marker } } }];
  const value = dataOf(owner)[FIELDS[condition]];
  return [
    {
      field: FIELDS[condition],
      condition: { [condition]: { [operator]: operator === 'in' ? [value] : value } },
    },
  ];
}

const next = (owner: Owner) => ({ next: owner.canary('ContentItem')['id'] });

/** Fields of a type, of which one says what a path leads to in the owner's words. */
function fieldsWith(owner: Owner, [member]: readonly string[]): object[] {
  if (member !== 'referenceTo')
    return [
      {
        name: 'probe',
        kind: 'ENUMERATION',
        options: ['probe'],
        [member ?? '']: member === 'options' ? [owner.marker] : owner.marker,
      },
    ];
  return [{ name: 'probe', kind: 'REFERENCE', referenceTo: owner.canary('ContentType')['name'] }];
}

export const content: ModuleAudits = {
  module: 'content',
  canaries: {
    async ContentType({ mutate, marker, index }) {
      const [name, type] = [`${marker}${index}`, `${marker}0`];
      const fields = [
        { name: 'body', kind: 'TEXT' },
        { name: 'weight', kind: 'NUMBER' },
        { name: 'isGood', kind: 'BOOLEAN' },
        { name: 'moment', kind: 'DATE_TIME' },
        { name: 'next', kind: 'REFERENCE', referenceTo: type },
        { name: noteOf({ marker }), kind: 'TEXT' },
        { name: linkOf({ marker }), kind: 'REFERENCE', referenceTo: type },
      ];
      // The second one has no items, so that it can be changed and deleted.
      const input = { name, fields: index === 0 ? fields : [] };
      const made = await mutate<{ contentType: { id: string } }>(
        'createContentType',
        input,
        'contentType { id }',
      );
      return made.contentType.id;
    },
    async ContentItem({ mutate, marker, index }) {
      const create = async (title: string, data: object): Promise<string> => {
        const input = { type: `${marker}0`, title, slug: title.replaceAll(' ', '-'), locale: 'en', data };
        const made = await mutate<{ contentItem: { id: string } }>(
          'createContentItem',
          input,
          'contentItem { id }',
        );
        const { id } = made.contentItem;
        await mutate('publishContentItem', { id }, 'contentItem { id }');
        return id;
      };
      // No other tenant has these numbers and moments, nor any between them.
      const own = 10 * Buffer.from(sha256(marker)).readUInt32BE();
      const end = await create(`${marker} end ${index}`, { body: marker });
      return create(`${marker} item ${index}`, {
        body: `${marker} body`,
        weight: own + index,
        isGood: true,
        moment: new Date(own * 100 + index).toISOString(),
        next: end,
        [noteOf({ marker })]: `${marker} note`,
        [linkOf({ marker })]: end,
      });
    },
  },
  arguments: {
    createContentItem: ({ fresh }) => ({ input: { title: fresh() } }),
    createContentType: ({ fresh }) => ({ input: { name: fresh(), fields: [] } }),
    contentItems: ({ canary }) => ({ filter: { type: canary('ContentItem')['type'] } }),
  },
  values: {
    'contentItems.filter.fields': fieldFilter,
    'contentItems.orderBy.dataField': noteOf,
    'ContentItem.references.field': linkOf,
    'createContentItem.input.data': next,
    'updateContentItem.input.data': next,
    'createContentItem.input.type': ({ canary }) => canary('ContentItem')['type'],
    'createContentType.input.fields': fieldsWith,
    'updateContentType.input.fields': fieldsWith,
  },
  events: {
    async contentChanged({ mutate, canary, marker, fresh }) {
      const title = `${marker} heard ${fresh()}`;
      await mutate('updateContentItem', { id: canary('ContentItem')['id'], title }, 'contentItem { id }');
      return title;
    },
  },
  prepare: {
    restoreContentItem: ({ mutate, canary }) =>
      mutate('deleteContentItem', { id: canary('ContentItem')['id'] }, 'deletedId'),
  },
};
