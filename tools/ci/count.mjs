// Prints "N passed, N failed" of a jest result file. A suite that could not be loaded counts as a failure, and so does
// a run that wrote no result. Exits 1 when anything failed.
import { readFileSync } from 'node:fs';

function resultsIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 1, success: false };
  }
}

const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites, success } = resultsIn(process.argv[2]);
const failed = numFailedTests + numRuntimeErrorTestSuites || (success ? 0 : 1);
console.log(`${numPassedTests} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
