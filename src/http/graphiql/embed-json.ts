/**
 * JSON for the inside of a `<script type="application/json">`: no character sequence of the value can end the element
 * or open a comment in it, and `JSON.parse` gives the value back.
 */
export function embedJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
