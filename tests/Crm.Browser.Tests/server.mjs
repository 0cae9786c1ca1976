import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** How to sign in to every server these tests start. */
export const password = 'demo-pass-1';
export const apiKey = 'demo-key-1';

/** The longest a server may take to start on a busy machine. */
const startMs = 90_000;

export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Starts the published server over a data folder, on a free port unless one is named, and resolves when it is ready. */
export async function startServer({ port, data }) {
  if (port !== undefined) return start({ port, data });
  // a port that was free may be taken before the server has it
  for (let attempt = 1; ; attempt++)
    try {
      return await start({ port: await freePort(), data });
    } catch (error) {
      if (attempt === 3 || !/address already in use/i.test(error.message)) throw error;
    }
}

async function start({ port, data }) {
  const url = `http://127.0.0.1:${port}`;
  const child = spawn('dotnet', ['artifacts/app/Crm.Web.dll'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ASPNETCORE_URLS: url,
      Crm__DataPath: data,
      Crm__Demo__Password: password,
      Crm__Demo__ApiKey: apiKey,
      Crm__Demo__Leads: '0',
      Crm__Demo__Opportunities: '0',
      // the sign-in provider of the tests is on this machine
      Crm__MayReachPrivateAddresses: 'true',
    },
  });
  let said = '';
  const keep = (chunk) => {
    said = (said + chunk).slice(-8_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const gone = new Promise((resolve) => child.once('exit', resolve));

  const until = Date.now() + startMs;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || Date.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`The server did not become ready. It said:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    /** What the server printed last, for a failed run. */
    said: () => said,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      await gone;
    },
  };
}

async function isReady(url) {
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch {
    return false;
  }
}
