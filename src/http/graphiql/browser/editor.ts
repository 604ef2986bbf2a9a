/**
 * Loads GraphiQL when it is first needed and mounts it. Another session mounts it anew, so that no tab keeps the
 * headers of the session before.
 */
export const editorScript = /* js */ String.raw`
const DEFAULT_TAB_COUNT = 3;

function createEditor(host, config, storage) {
  const panels = { plugins: undefined, visible: undefined };
  let root;
  return {
    async show(session) {
      await loadEditor(config);
      if (!session.isCurrent()) return;
      panels.plugins ??= config.sampleOperations.length > 0 ? [samplePlugin(config.sampleOperations)] : [];
      if (!root) {
        host.replaceChildren();
        root = window.ReactDOM.createRoot(host);
      }
      restoreActiveTab(storage, config.sampleOperations);
      root.render(editorElement(config, storage, session, panels));
    },
    hide() {
      root?.unmount();
      root = undefined;
    },
  };
}

function editorElement(config, storage, session, panels) {
  const { createElement: h, useEffect } = window.React;
  const { GraphiQL } = window;

  function PaneWatcher() {
    const { headerEditor } = GraphiQL.React.useEditorContext();
    useEffect(() => {
      if (!headerEditor) return;
      session.isHeaderPaneReady = true;
      if (panels.visible === undefined) openSamplePanel();
    }, [headerEditor]);
    return null;
  }
  const tabs = config.sampleOperations.slice(0, DEFAULT_TAB_COUNT);
  return h(
    GraphiQL,
    {
      key: session.id,
      fetcher: createFetcher(config.endpoint, session),
      storage,
      shouldPersistHeaders: false,
      defaultHeaders: session.headers ? JSON.stringify(session.headers, null, 2) : undefined,
      defaultQuery: '',
      defaultTabs: tabs.length > 0 ? tabs.map(({ query, variables }) => ({ query, variables })) : undefined,
      plugins: panels.plugins,
      visiblePlugin: panels.visible,
      onTogglePluginVisibility: (plugin) => void (panels.visible = plugin),
    },
    h(GraphiQL.Logo, null, h('span', { className: 'logo' }, 'GraphiQL')),
    h(GraphiQL.Toolbar, null, ({ prettify, merge, copy }) => [
      h(window.React.Fragment, { key: 'tools' }, prettify, merge, copy, h(PaneWatcher)),
    ]),
  );
}

// Only the click on its button makes room for a panel: one that is named in GraphiQL's properties stays out of sight.
function openSamplePanel() {
  const isRoomy = window.innerWidth >= 1000;
  if (isRoomy) document.querySelector('.graphiql-sidebar [aria-label="Show Sample operations"]')?.click();
}

// GraphiQL looks for the tab that equals the last edited text and, finding none, appends an empty one at each load.
function restoreActiveTab(storage, samples) {
  let tab = samples[0];
  try {
    const state = JSON.parse(storage.getItem('graphiql:tabState') ?? 'null');
    tab = state?.tabs[state.activeTabIndex] ?? tab;
  } catch {
    storage.removeItem('graphiql:tabState');
  }
  for (const name of ['query', 'variables']) {
    if (tab?.[name]) storage.setItem('graphiql:' + name, tab[name]);
    else storage.removeItem('graphiql:' + name);
  }
}

let editorLoading;
function loadEditor({ editorScripts, editorStyle, styleNonce }) {
  editorLoading ??= (async () => {
    window.__webpack_nonce__ = styleNonce; // read by GraphiQL's dialogs for the style elements they add
    const loaded = [element('link', { rel: 'stylesheet', href: editorStyle })];
    for (const src of editorScripts) loaded.push(element('script', { src, async: false }));
    await Promise.all(loaded.map((node) => new Promise((resolve, reject) => {
      node.onload = resolve;
      node.onerror = () => reject(new Error('GraphiQL could not be loaded. Reload the page to try again.'));
      document.head.append(node);
    })));
  })();
  return editorLoading;
}
`;
