/** What surrounds GraphiQL: the top bar, the sign-in and the sample panel, in the light and dark of GraphiQL's theme. */
export const pageStyle = /* css */ String.raw`
:root {
  --ink: #1d2433;
  --ink-soft: #5b6579;
  --paper: #ffffff;
  --ground: #f3f5f9;
  --line: #dde2ec;
  --accent: #4b47d6;
  --accent-hsl: 242, 64%, 56%;
  --accent-ink: #ffffff;
  --accent-wash: #ecebfd;
  --danger: #b42318;
  --danger-wash: #fdecea;
  --good: #12805c;
  --shadow: 0 12px 32px rgb(29 36 51 / 16%), 0 2px 6px rgb(29 36 51 / 8%);
  --sans: 'Roboto', system-ui, -apple-system, 'Segoe UI', sans-serif;
  --mono: 'Fira Code', ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
  color-scheme: light;
}
body.graphiql-dark {
  --ink: #e6eaf2;
  --ink-soft: #9aa6bb;
  --paper: #212a3b;
  --ground: #171e2b;
  --line: #34405a;
  --accent: #8f8cff;
  --accent-hsl: 242, 100%, 77%;
  --accent-ink: #14182a;
  --accent-wash: #2d3157;
  --danger: #ff9c8f;
  --danger-wash: #47262a;
  --good: #4fd6a5;
  --shadow: 0 12px 32px rgb(0 0 0 / 45%);
  color-scheme: dark;
}
@media (prefers-color-scheme: dark) {
  body:not(.graphiql-light) {
    --ink: #e6eaf2;
    --ink-soft: #9aa6bb;
    --paper: #212a3b;
    --ground: #171e2b;
    --line: #34405a;
    --accent: #8f8cff;
    --accent-hsl: 242, 100%, 77%;
    --accent-ink: #14182a;
    --accent-wash: #2d3157;
    --danger: #ff9c8f;
    --danger-wash: #47262a;
    --good: #4fd6a5;
    --shadow: 0 12px 32px rgb(0 0 0 / 45%);
    color-scheme: dark;
  }
}
:is(.bar, .gate, .samples), :is(.bar, .gate, .samples) * { box-sizing: border-box; }
html, body { height: 100%; margin: 0; }
body {
  display: flex;
  flex-direction: column;
  color: var(--ink);
  background: var(--ground);
  font: 14px/1.5 var(--sans);
}
[hidden] { display: none !important; }
#editor { flex: 1; min-height: 0; position: relative; }
#editor > .graphiql-container { height: 100%; }
.graphiql-dialog button { font-family: inherit; }
/* GraphiQL's own rules have a body and a class or two in front: these must weigh more. */
html body:not(.x) :is(.graphiql-container, .graphiql-dialog, .CodeMirror-info, .CodeMirror-hints) {
  --color-primary: var(--accent-hsl);
}

.bar {
  display: flex;
  align-items: center;
  gap: 12px;
  min-height: 52px;
  padding: 8px 16px;
  background: var(--paper);
  border-bottom: 1px solid var(--line);
}
.bar-mark {
  flex: none;
  width: 22px;
  height: 22px;
  border-radius: 6px;
  background: linear-gradient(135deg, var(--accent) 50%, transparent 50%), var(--accent-wash);
  border: 1.5px solid var(--accent);
}
.bar-title {
  margin: 0;
  font-size: 16px;
  font-weight: 500;
  overflow: hidden;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.bar-endpoint {
  padding: 2px 8px;
  border-radius: 6px;
  background: var(--ground);
  color: var(--ink-soft);
  font: 12px/1.6 var(--mono);
  white-space: nowrap;
  overflow: hidden;
  text-overflow: ellipsis;
}
#account { margin-left: auto; flex: none; }

.account { position: relative; }
.account-panel {
  position: absolute;
  z-index: 20;
  top: calc(100% + 8px);
  right: 0;
  width: min(360px, calc(100vw - 32px));
  padding: 18px;
  background: var(--paper);
  border: 1px solid var(--line);
  border-radius: 12px;
  box-shadow: var(--shadow);
}
.chip {
  display: flex;
  align-items: center;
  gap: 8px;
  max-width: 320px;
  padding: 5px 14px;
  border: 1px solid var(--line);
  border-radius: 999px;
  font-weight: 500;
  cursor: pointer;
  list-style: none;
  user-select: none;
}
.chip-label { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.chip::-webkit-details-marker { display: none; }
.chip:hover, .account[open] .chip { border-color: var(--accent); }
.chip-refused { color: var(--danger); border-color: currentColor; }
.chip-signed-in::before { content: ''; flex: none; width: 8px; height: 8px; border-radius: 50%; background: var(--good); }

.identity { display: grid; grid-template-columns: auto 1fr; gap: 8px 14px; margin: 0 0 16px; }
.identity dt { color: var(--ink-soft); }
.identity dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
.identity code {
  display: inline-block;
  margin: 0 4px 4px 0;
  padding: 1px 7px;
  border-radius: 5px;
  background: var(--accent-wash);
  font: 12px/1.6 var(--mono);
}

.sign-in { display: flex; flex-direction: column; gap: 8px; }
.with-token { margin-top: 8px; }
.with-token summary { padding: 6px 0; color: var(--ink-soft); cursor: pointer; }
.label { font-weight: 500; }
.token-input {
  width: 100%;
  padding: 9px 12px;
  border: 1px solid var(--line);
  border-radius: 8px;
  background: var(--ground);
  color: inherit;
  font: 13px/1.5 var(--mono);
}
/* Hidden from onlookers; a password field would have the browser offer to keep it. */
.token-input:not(:placeholder-shown) { -webkit-text-security: disc; }
.hint { margin: 0; color: var(--ink-soft); font-size: 12.5px; }
.problem {
  margin: 4px 0 0;
  padding: 8px 12px;
  border-radius: 8px;
  background: var(--danger-wash);
  color: var(--danger);
  overflow-wrap: anywhere;
}
.button {
  padding: 8px 16px;
  border: 1px solid var(--line);
  border-radius: 8px;
  background: transparent;
  color: inherit;
  font: 500 14px/1.4 var(--sans);
  cursor: pointer;
}
.button:hover { border-color: var(--accent); }
.button-primary { margin-top: 6px; background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
.button-primary:hover { filter: brightness(1.08); }
.button:disabled { opacity: 0.6; cursor: progress; }
:is(.button, .chip, .token-input, .sample):focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }

.gate {
  width: min(420px, calc(100% - 32px));
  margin: 12vh auto 0;
  padding: 28px;
  background: var(--paper);
  border: 1px solid var(--line);
  border-radius: 14px;
  box-shadow: var(--shadow);
}
.gate h2 { margin: 0 0 6px; font-size: 20px; line-height: 1.3; overflow-wrap: anywhere; }
.gate > p { margin: 0 0 20px; color: var(--ink-soft); }
.notice { margin: 15vh auto 0; max-width: 420px; text-align: center; color: var(--ink-soft); }

.logo { color: var(--ink-soft); font-size: 13px; letter-spacing: 0.02em; }
.samples-title { font-size: 22px; font-weight: 500; color: var(--ink); }
.samples-hint { margin: 4px 0 16px; color: var(--ink-soft); font-size: 13px; }
.samples-list { margin: 0; padding: 0; list-style: none; display: grid; gap: 6px; }
.sample {
  display: flex;
  align-items: center;
  justify-content: space-between;
  gap: 10px;
  width: 100%;
  padding: 9px 12px;
  border: 1px solid var(--line);
  border-radius: 8px;
  background: transparent;
  color: var(--ink);
  font: 14px/1.4 var(--sans);
  text-align: left;
  cursor: pointer;
}
.sample:hover { border-color: var(--accent); background: var(--accent-wash); }
.sample-name { min-width: 0; overflow-wrap: anywhere; }
.sample-kind { flex: none; font: 11px/1.6 var(--mono); color: var(--ink-soft); }
.sample-mutation { color: var(--accent); }
.sample-subscription { color: var(--good); }

@media (max-width: 640px) { .bar-endpoint { display: none; } }
`;
