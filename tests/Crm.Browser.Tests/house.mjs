import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { apiKey, password, root, startServer } from './server.mjs';

/** The longest anything on the screen may take to come; a busy machine is slow, a broken page is slower. */
const patienceMs = 15_000;
/** The longest a flow may take: those that look at every page take long on a machine that does other things, too. */
const flowMs = 180_000;

const house = process.env.CRM_URL;
export const pictures = join(root, 'artifacts/browser');
mkdirSync(pictures, { recursive: true });

export const desk = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };

let browser;
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
});
after(() => browser?.close());

/** A server of a test file's own, for flows that change what everybody sees; its address is given to `open` and `api`. */
export async function ownServer() {
  const data = await mkdtemp(join(tmpdir(), 'crm-own-'));
  const server = await startServer({ data });
  after(async () => {
    await server.stop();
    await rm(data, { recursive: true, force: true });
  });
  return { url: server.url, data };
}

/** A word that no other test uses. */
export const unique = () => randomUUID().slice(0, 8).replace(/\d/g, (digit) => 'ghjkmnpqrs'[Number(digit)]);

/** A mobile number that no other test uses. */
export function mobile() {
  return `13${Array.from({ length: 9 }, () => Math.floor(Math.random() * 10)).join('')}`;
}

/** Asks the server as a script would: with the key, whose role is admin. Throws unless it says yes. */
export async function api(method, path, body, { url = house, headers = {} } = {}) {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path} → ${answer.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}

/** How the server answers a read. */
export async function apiStatus(path, { url = house } = {}) {
  return (await fetch(url + path, { headers: { authorization: `Bearer ${apiKey}` } })).status;
}

export const money = (amount) => ({ amount: String(amount), currency: 'CNY' });

/** A pipeline of the test's own, so that its figures are exactly what the test put into it. */
export async function makePipeline(preset = 'simple') {
  const key = `p-${unique()}`;
  await api('POST', '/api/pipelines', { key, name: `流程 ${key}`, preset });
  const { items } = await api('GET', '/api/pipelines');
  return items.find((pipeline) => pipeline.key === key);
}

/** A person of the test's own. */
export async function makePerson(role = 'sales', name = `人${unique()}`, at = {}) {
  const login = `${unique()}@demo`;
  const { id } = await api('POST', '/api/users', { name, login, password, role }, at);
  return { id, name, login };
}

/** A role of the test's own. */
export async function makeRole(name, grants, fields = [], at = {}) {
  const key = `r-${unique()}`;
  await api('PUT', `/api/roles/${key}`, { name, grants, fields }, at);
  return key;
}

/** Picks from an antd select by the text of the choice; typing narrows it first. */
export async function choose(view, id, text) {
  const select = view.the(id);
  await select.click();
  const input = select.locator('input');
  if (await input.isEditable().catch(() => false)) await input.fill(text);
  await view.page
    .locator('.ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option', { hasText: text })
    .first()
    .click();
}

export async function userOf(login, at = {}) {
  const { items } = await api('GET', '/api/users', undefined, at);
  return items.find((user) => user.login === login);
}

export const userId = async (login, at = {}) => (await userOf(login, at)).id;

/** What a download that a click begins holds. */
export async function fileOf(view, click) {
  const [download] = await Promise.all([view.page.waitForEvent('download'), click()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

/** Waits until the server says what is expected of it. */
export async function eventually(ask, fits, what) {
  const until = Date.now() + patienceMs;
  let last;
  do {
    last = await ask();
    if (fits(last)) return last;
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (Date.now() < until);
  assert.fail(`${what}; last seen: ${JSON.stringify(last)}`);
}

/**
 * One flow: gets `open`, which opens a browser of its own. Fails also when a page threw, showed a dialog or broke the content policy.
 */
export function flow(name, run) {
  test(name, { timeout: flowMs }, async (t) => {
    const contexts = [];
    const faults = [];
    const open = async (options = {}) => {
      const { view, context } = await openView(options, faults);
      contexts.push(context);
      return view;
    };
    try {
      await run(open, t);
      assert.deepEqual(faults, []);
    } catch (error) {
      const safe = name.replace(/[^a-z0-9]+/gi, '-');
      for (const [index, context] of contexts.entries())
        for (const page of context.pages())
          await page.screenshot({ path: join(pictures, `failed-${safe}-${index}.png`), timeout: 5_000 }).catch(() => {});
      throw error;
    } finally {
      for (const context of contexts) await context.close();
    }
  });
}

/**
 * Opens a browser with nothing remembered.
 * @param login signed in as this person; null for nobody
 * @param at the page to open first
 */
async function openView(
  { login = 'admin@demo', at = '/', size = desk, locale = 'zh-CN', look = 'light', url = house },
  faults,
) {
  const context = await browser.newContext({
    viewport: size,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    colorScheme: look,
    serviceWorkers: 'block',
    hasTouch: size.width < 600,
    isMobile: size.width < 600,
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(patienceMs);
  // Only what was not chosen on the screen, so that a reload keeps what was.
  await context.addInitScript((wanted) => {
    if (localStorage.getItem('crm.locale') === null) localStorage.setItem('crm.locale', JSON.stringify(wanted));
  }, locale);
  if (login !== null) await signIn(context, url, login);
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(`threw: ${error.message}`));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (line) => {
    if (line.type() === 'error' && !/Failed to load resource|WebSocket|ERR_CONNECTION/.test(line.text()))
      faults.push(`said: ${line.text().slice(0, 300)}`);
  });
  await page.goto(url + at);
  return { view: new View(page), context };
}

async function signIn(context, url, login) {
  const answer = await context.request.post(`${url}/api/session`, {
    data: { login, password },
    headers: { 'X-CRM': '1' },
  });
  assert.ok(answer.ok(), `${login} cannot sign in: ${answer.status()} ${await answer.text()}`);
}

/** A page, asked by test id. */
class View {
  constructor(page) {
    this.page = page;
  }

  /** The element with a test id. */
  the(id) {
    return this.page.locator(`[data-testid="${id}"]`);
  }

  all(prefix) {
    return this.page.locator(`[data-testid^="${prefix}"]`);
  }

  text(text, within = 'body') {
    return this.page.locator(within).getByText(text);
  }

  /** Signs in without the form, which the flow of signing in covers. */
  signIn(login) {
    return signIn(this.page.context(), new URL(this.page.url()).origin, login);
  }

  async go(path) {
    await this.page.goto(new URL(path, this.page.url()).href);
  }

  /** Turns to another page without loading the house again. */
  async turnTo(path) {
    await this.the('user-menu').waitFor();
    await this.page.evaluate((to) => history.pushState({}, '', to), path);
  }

  click(id) {
    return this.the(id).click();
  }

  fill(id, text) {
    return this.the(id).fill(text);
  }

  press(key) {
    return this.page.keyboard.press(key);
  }

  see(id) {
    return this.the(id).first().waitFor();
  }

  seeText(text, within) {
    return this.text(text, within).first().waitFor();
  }

  gone(id) {
    return this.the(id).waitFor({ state: 'detached' });
  }

  /** Waits until an attribute has a value. */
  seeAttribute(id, name, value) {
    return this.page.locator(`[data-testid="${id}"][${name}="${value}"]`).waitFor({ state: 'attached' });
  }

  attribute(id, name) {
    return this.the(id).getAttribute(name);
  }

  /** The notice that says a text; its button takes the change back. */
  toast(text) {
    return this.page.locator('.toast', { hasText: text });
  }

  async undo(text) {
    await this.toast(text).getByTestId('toast-undo').click();
  }

  /** Drags a card by mouse and drops it once the target shows that it is meant. */
  async drag(card, target) {
    const from = await this.the(card).boundingBox();
    await this.page.mouse.move(from.x + 60, from.y + 30);
    await this.page.mouse.down();
    await this.page.mouse.move(from.x + 80, from.y + 45, { steps: 4 });
    await this.page.locator('.in-air').waitFor();
    const to = await this.the(target).boundingBox();
    await this.page.mouse.move(to.x + to.width / 2, to.y + Math.min(to.height / 2, 220), { steps: 8 });
  }

  async drop(target) {
    await this.page.locator(`[data-testid="${target}"].over`).waitFor();
    await this.page.mouse.up();
  }

  /** What the page shows, kept beside the other pictures of the run. */
  async picture(name, options = {}) {
    await this.page.evaluate(() => document.fonts.ready.then(() => undefined));
    await this.page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled', ...options });
  }
}

export { assert, house };
