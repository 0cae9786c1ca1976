import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { api, assert, flow, makePerson, mobile, unique } from '../house.mjs';
import { freePort, startServer } from '../server.mjs';

flow('palette: goes to a page, finds a record, starts a new lead, changes the look', async (open) => {
  const word = unique();
  const { id } = await api('POST', '/api/leads', { name: `面板${word}`, mobile: mobile() });
  const view = await open();
  await view.see('nav-home');
  await view.press('Control+k');
  await view.fill('palette-input', 'funnel');
  await view.see('palette-funnel');
  await view.press('Enter');
  await view.page.waitForURL(/\/funnel/);
  await view.press('Control+k');
  await view.fill('palette-input', word);
  await view.page.locator('.hit', { hasText: `面板${word}` }).waitFor();
  await view.press('Enter');
  await view.page.waitForURL(new RegExp(id));
  await view.press('Control+k');
  await view.fill('palette-input', 'new-lead');
  await view.press('Enter');
  await view.see('lead-name');
  await view.press('Escape');
  await view.press('Control+k');
  await view.click('palette-look');
  await view.page.locator('html[data-theme="dark"]').waitFor({ state: 'attached' });
});

flow('language: to English and back, on the server too', async (open) => {
  const person = await makePerson();
  const view = await open({ login: person.login, at: '/contacts' });
  await view.seeText('联系人', '[data-testid="nav-contacts"]');
  await view.click('lang-switch');
  await view.seeText('Contacts', '[data-testid="nav-contacts"]');
  await view.page.reload();
  await view.seeText('Contacts', '[data-testid="nav-contacts"]');
  await view.click('lang-switch');
  await view.seeText('联系人', '[data-testid="nav-contacts"]');
});

flow('offline: says so while the server is away, and shows what happened once it is back', async (open) => {
  const folder = await mkdtemp(join(tmpdir(), 'crm-browser-away-'));
  const place = { port: await freePort(), data: join(folder, 'data') };
  let server = await startServer(place);
  try {
    const view = await open({ url: server.url, at: '/leads' });
    await view.seeAttribute('live-state', 'data-state', 'live');
    await server.stop();
    await view.seeAttribute('live-state', 'data-state', 'reconnecting');
    await view.picture('offline');
    server = await startServer(place);
    const { id } = await api('POST', '/api/leads', { name: `回来${unique()}`, mobile: mobile() }, server);
    await view.seeAttribute('live-state', 'data-state', 'live');
    await view.see(`row-${id}`);
    assert.equal(await view.the('sign-in-login').count(), 0);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
