/** Of the pages people sign in on. The colours that are a tenant's own are `--primary` and, on it, `--on-primary`. */
export const pageStyle = /* css */ `
* { box-sizing: border-box; }
body {
  margin: 0;
  padding: 2rem 1rem;
  border-top: 0.4rem solid var(--primary);
  color: #1b1f27;
  background: #f4f5f8;
  font: 1rem/1.5 system-ui, sans-serif;
}
main {
  max-width: 26rem;
  margin: 0 auto;
  padding: 1.5rem;
  border: 1px solid #d5d9e2;
  border-radius: 0.75rem;
  background: #fff;
  overflow-wrap: anywhere;
}
.owner { display: flex; align-items: center; gap: 0.6rem; margin: 0; font-weight: 600; color: #454c5a; }
.owner img { max-width: 8rem; height: 2rem; object-fit: contain; }
h1 { margin: 0.5rem 0 1rem; font-size: 1.5rem; line-height: 1.25; }
form > p, fieldset { margin: 0 0 1rem; }
label { display: block; font-weight: 600; }
label.choice { display: flex; gap: 0.6rem; align-items: center; min-height: 2.75rem; font-weight: 400; }
input:not([type='checkbox']) {
  width: 100%;
  min-height: 2.75rem;
  padding: 0.5rem 0.75rem;
  border: 1px solid #6b7280;
  border-radius: 0.5rem;
  background: #fff;
  color: inherit;
  font: inherit;
}
input[type='checkbox'] { flex: none; width: 1.25rem; height: 1.25rem; accent-color: var(--primary); }
button {
  width: 100%;
  min-height: 2.75rem;
  padding: 0.5rem 1.25rem;
  border: 1px solid #6b7280;
  border-radius: 0.5rem;
  background: #fff;
  color: inherit;
  font: inherit;
  font-weight: 600;
  cursor: pointer;
}
button.main {
  margin-bottom: 0.75rem;
  border-color: var(--primary);
  background: var(--primary);
  color: var(--on-primary);
}
a { display: inline-block; padding: 0.4rem 0; color: inherit; }
:focus-visible { outline: 3px solid #1b1f27; outline-offset: 2px; }
[role='alert'], [role='status'] { margin: 0 0 1rem; padding: 0.75rem 1rem; border-left: 0.3rem solid; }
[role='alert'] { background: #fdecea; color: #7a1710; }
[role='status'] { background: #e8f6f1; color: #0b4a36; }
fieldset { padding: 0.5rem 1rem; border: 1px solid #d5d9e2; border-radius: 0.5rem; }
legend { font-weight: 600; }
ul { margin: 0.25rem 0; padding-left: 1.25rem; }
.hint { display: block; margin: 0.25rem 0 0; font-size: 0.875rem; font-weight: 400; color: #454c5a; }
`;
