/** The GraphiQL plugin that lists the sample operations; a click opens one in a tab of its own. */
export const samplePanelScript = /* js */ String.raw`
function samplePlugin(samples) {
  const { createElement: h, useEffect, useState } = window.React;

  function Icon(properties) {
    return h(
      'svg',
      { viewBox: '0 0 24 24', fill: 'none', stroke: 'currentColor', strokeWidth: 1.5, ...properties },
      h('path', { d: 'M5 4.5h14v15H5zM9 9l2.5 3L9 15M13 15h3', strokeLinecap: 'round', strokeLinejoin: 'round' }),
    );
  }

  function Panel() {
    const { tabs, queryEditor, variableEditor, addTab, changeTab } = window.GraphiQL.React.useEditorContext();
    const [opening, setOpening] = useState(null);
    // A new tab is empty and becomes the active one at the next render: fill it then.
    useEffect(() => {
      if (opening === null || tabs.length !== opening.tabCount) return;
      setOpening(null);
      queryEditor?.setValue(opening.sample.query);
      variableEditor?.setValue(opening.sample.variables ?? '');
    }, [opening, tabs.length]);

    const open = (sample) => {
      const index = tabs.findIndex(({ query }) => query?.trim() === sample.query.trim());
      if (index >= 0) return changeTab(index);
      setOpening({ sample, tabCount: tabs.length + 1 });
      addTab();
    };
    return h(
      'section',
      { className: 'samples', 'aria-label': 'Sample operations' },
      h('div', { className: 'samples-title' }, 'Sample operations'),
      h('p', { className: 'samples-hint' }, 'Each opens in a tab of its own.'),
      h('ul', { className: 'samples-list' }, samples.map((sample, index) => h('li', { key: index },
        h('button', { type: 'button', className: 'sample', onClick: () => open(sample) },
          h('span', { className: 'sample-name' }, sample.name),
          h('span', { className: 'sample-kind sample-' + kindOf(sample) }, kindOf(sample)))))),
    );
  }

  return { title: 'Sample operations', icon: Icon, content: Panel };
}

function kindOf({ query }) {
  return /^\s*(mutation|subscription)\b/m.exec(query)?.[1] ?? 'query';
}
`;
