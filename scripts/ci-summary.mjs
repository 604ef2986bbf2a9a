// Prints `N passed, N failed` from the test runner's JSON report and exits non-zero unless tests ran and all passed.
// Usage: node scripts/ci-summary.mjs <report.json> <exit code of the runner>
import { readFileSync } from 'node:fs';

const [reportPath, runnerExit] = process.argv.slice(2);

function readReport() {
  try {
    return JSON.parse(readFileSync(reportPath, 'utf8'));
  } catch (failure) {
    console.error(`No test report: ${failure.message}`);
    return undefined;
  }
}

/** Files that did not load and files whose hooks failed have no failed test, and failed all the same. */
function failedWithoutTest(report) {
  const files = report.testResults.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  for (const file of files) console.error(`Failed outside of its tests: ${file.name}`);
  return files.length;
}

const report = readReport();
const passed = report?.numPassedTests ?? 0;
let failed = report ? report.numFailedTests + failedWithoutTest(report) : 0;
if (failed === 0 && (runnerExit !== '0' || report?.success !== true)) {
  // No report, no tests, an unhandled rejection, a server that did not stop: the run itself is what failed.
  console.error(`The test run failed as a whole (exit code ${runnerExit})`);
  failed = 1;
}
if (passed === 0) console.error('No test passed');
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
