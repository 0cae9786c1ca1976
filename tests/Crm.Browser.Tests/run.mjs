// Starts the published server over an empty folder, runs the flows against it, and says how many passed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, startServer } from './server.mjs';

const here = join(root, 'tests/Crm.Browser.Tests');
const scratch = await mkdtemp(join(tmpdir(), 'crm-browser-'));
const wanted = process.argv.slice(2);
const files = (await readdir(join(here, 'flows'))).filter(
  (file) => file.endsWith('.test.mjs') && (wanted.length === 0 || wanted.some((part) => file.includes(part))),
);
let server;
let counts = { passed: 0, failed: 1 };
try {
  server = await startServer({ data: join(scratch, 'data') });
  const report = join(scratch, 'report.tap');
  const runner = spawn(
    process.execPath,
    [
      '--test',
      '--test-concurrency=2',
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      '--test-reporter=tap',
      `--test-reporter-destination=${report}`,
      ...files.map((file) => join('flows', file)),
    ],
    { cwd: here, stdio: 'inherit', env: { ...process.env, CRM_URL: server.url } },
  );
  await once(runner, 'exit');
  const tap = await readFile(report, 'utf8');
  const sum = (what) => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(tap)?.[1] ?? Number.NaN);
  const failed = sum('fail') + sum('cancelled');
  if (Number.isFinite(failed)) counts = { passed: sum('pass'), failed };
} catch (error) {
  console.error(error);
} finally {
  if (counts.failed > 0 && server) console.log(server.said());
  await server?.stop();
  await rm(scratch, { recursive: true, force: true });
}
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;
