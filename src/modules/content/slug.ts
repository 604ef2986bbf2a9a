const SLUG = /^[a-z0-9]+(?:[-_.][a-z0-9]+)*$/;

const MAX_LENGTH = 150;

/** True for what can stand in a URL path as it is: lower-case words joined by `-`, `_` or `.`. */
export function isSlug(text: string): boolean {
  return text.length <= MAX_LENGTH && SLUG.test(text);
}

/** A slug made of a title; undefined when the title has no letter or digit that one may contain. */
export function slugOf(title: string): string | undefined {
  const slug = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_LENGTH)
    .replace(/^-|-$/g, '');
  return slug === '' ? undefined : slug;
}
