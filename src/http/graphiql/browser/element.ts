/** `element('p', { className: 'x' }, 'text', child)`: text is always text, never markup. */
export const elementScript = /* js */ String.raw`
function element(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}
`;
