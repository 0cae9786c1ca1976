import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { api, assert, choose, eventually, fileOf, flow, makePerson, makeRole, mobile, ownServer, phone, unique } from '../house.mjs';

// limits hold for everybody, and the report counts all
const at = await ownServer();
const all = ['all'];
const read = { slice: 'leads', verb: 'read', scopes: all };

async function setLimits(changes) {
  const { limits } = await api('GET', '/api/policies', undefined, at);
  await api('PUT', '/api/policies', { ...limits, ...changes }, at);
}

async function makeLeads(count, word, ownerId) {
  const ids = [];
  for (let made = 0; made < count; made++)
    ids.push((await api('POST', '/api/leads', { name: `${word}号${made}`, mobile: mobile(), ownerId }, at)).id);
  return ids;
}

flow('exports: a large one waits, is approved by somebody else, and is downloaded; without the right there is no button', async (open) => {
  const word = unique();
  await setLimits({ approveAboveRows: 2 });
  await makeLeads(4, word);
  const role = await makeRole(`导出员${word}`, [read, { slice: 'leads', verb: 'export', scopes: all }, { slice: 'exports', verb: 'read', scopes: ['own'] }], [], at);
  const clerk = await makePerson(role, `文员${word}`, at);
  const viewer = await makePerson('marketing', `访客${word}`, at);

  const admin = await open({ at: '/settings/audit?tab=exports', ...at });
  const his = await open({ login: clerk.login, at: `/leads?q=${word}`, ...at });
  await his.page.locator('.grid-row').nth(3).waitFor();
  await his.click('list-export');
  await his.text('CSV', '.ant-dropdown').click();
  await his.see('export-waiting');
  await his.picture('exports-waiting');

  // the administrator's page shows it without a reload
  const row = admin.page.locator('[data-testid="export-waiting"]', { hasText: clerk.name });
  await row.waitFor();
  await admin.picture('audit-exports');
  await row.getByTestId('export-approve').click();
  await his.see('export-file');
  const file = await fileOf(his, () => his.click('export-file'));
  assert.match(file.name, /^leads-.*\.csv$/);
  assert.ok(file.text.includes(`${word}号3`) && file.text.includes(clerk.name), 'the file holds the rows and who took them');

  const hers = await open({ login: viewer.login, at: `/leads?q=${word}`, ...at });
  await hers.page.locator('.grid-row').nth(3).waitFor();
  assert.equal(await hers.the('list-export').count(), 0);
});

flow('exports: one that is refused says why', async (open) => {
  const word = unique();
  await setLimits({ approveAboveRows: 0 });
  await makeLeads(1, word);
  const role = await makeRole(`导出员${word}`, [read, { slice: 'leads', verb: 'export', scopes: all }, { slice: 'exports', verb: 'read', scopes: ['own'] }], [], at);
  const clerk = await makePerson(role, `文员${word}`, at);
  const his = await open({ login: clerk.login, at: `/leads?q=${word}`, ...at });
  await his.page.locator('.grid-row').first().waitFor();
  await his.click('list-export');
  await his.text('Excel', '.ant-dropdown').click();
  await his.see('export-waiting');
  const admin = await open({ at: '/settings/audit?tab=exports', ...at });
  const row = admin.page.locator('[data-testid="export-waiting"]', { hasText: clerk.name });
  await row.getByTestId('export-refuse').click();
  await admin.fill('export-refuse-note', '请先说明用途');
  await admin.click('export-refuse-confirm');
  await his.seeText('请先说明用途', '[data-testid="export-refused"]');
});

flow('alerts: a slow leak shows on the open page at once, masks what is read, and is released with a note', async (open) => {
  const word = unique();
  await setLimits({ leastRecords: 10, timesUsual: 2, step: 'mask' });
  const owner = await makePerson('sales', `主人${word}`, at);
  const leads = await makeLeads(12, word, owner.id);
  const thief = await makePerson(await makeRole(`全看${word}`, [read], [], at), `好奇${word}`, at);
  const admin = await open({ at: '/settings/audit', ...at });
  await admin.page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });

  const his = await open({ login: thief.login, ...at });
  for (const id of leads) {
    await his.turnTo(`/leads/${id}`);
    await his.page.locator('[data-testid="record-leads"] h1', { hasText: word }).waitFor();
  }
  const alert = admin.page.locator('[data-testid="alert-unusual-reading"]', { hasText: thief.name });
  await alert.waitFor();
  await admin.picture('audit-alerts');
  await his.go(`/leads/${leads[0]}`);
  await his.seeText('****', '.facts');

  await alert.getByTestId('alert-release').click();
  await admin.fill('alert-release-note', '在为展会核对名单');
  await admin.click('alert-release-confirm');
  await admin.seeText('在为展会核对名单', '[data-testid="alerts"]');
  await eventually(
    () => his.text('****', '.facts').count(),
    (masked) => masked === 0,
    'the number is shown again',
  );
  await setLimits({ leastRecords: 300, timesUsual: 5, step: 'tell' });
});

flow('alerts: where the step stops access, the page says so, and goes on once it is released; the manager is led to the alert', async (open) => {
  const word = unique();
  await setLimits({ leastRecords: 10, timesUsual: 2, step: 'stop' });
  const owner = await makePerson('sales', `主人${word}`, at);
  const leads = await makeLeads(12, word, owner.id);
  const boss = await makePerson('sales', `上级${word}`, at);
  const thief = await makePerson(await makeRole(`全看${word}`, [read], [], at), `好奇${word}`, at);
  const hers = await open({ login: boss.login, ...at });
  await hers.see('user-menu');
  assert.equal(await hers.the('nav-audit').count(), 0);
  await api('POST', `/api/users/${thief.id}/amend`, { superiorId: boss.id }, at);

  const his = await open({ login: thief.login, ...at });
  // asked for without turning pages: the house closes as soon as it learns of the stop, wherever that finds it
  await his.see('user-menu');
  for (const id of leads) await his.page.request.get(new URL(`/api/leads/${id}`, his.page.url()).href);
  await his.seeText('你的访问已被停止', '.empty');
  await his.picture('access-stopped');
  assert.equal(await his.the('nav-leads').count(), 0);

  await hers.go('/settings/audit');
  await hers.page.locator('[data-testid="alert-unusual-reading"]', { hasText: thief.name }).waitFor();
  assert.equal(await hers.the('tab-journal').count(), 0);
  assert.equal(await hers.the('alert-release').count(), 0);

  const { items } = await api('GET', '/api/alerts', undefined, at);
  const alert = items.find((one) => one.personId === thief.id);
  await api('POST', `/api/alerts/${alert.id}/release`, {}, at);
  await his.see('nav-leads');
  await setLimits({ leastRecords: 300, timesUsual: 5, step: 'tell' });
});

flow('journal: a change is found by person, kind and field, and taken back', async (open) => {
  const word = unique();
  const editor = await makePerson('boss', `编辑${word}`, at);
  const [id] = await makeLeads(1, word);
  const his = await open({ login: editor.login, at: `/leads/${id}`, ...at });
  await his.click('field-region');
  await his.fill('edit-region', '华东');
  await his.press('Enter');
  await eventually(() => api('GET', `/api/leads/${id}`, undefined, at), (lead) => lead.region === '华东', 'the first value');
  await his.click('field-region');
  await his.fill('edit-region', '华南');
  await his.press('Enter');
  await eventually(() => api('GET', `/api/leads/${id}`, undefined, at), (lead) => lead.region === '华南', 'the second value');

  const view = await open({ at: '/settings/audit?tab=journal', ...at });
  await view.see('audit-journal');
  await view.picture('audit-journal');
  await choose(view, 'audit-kind', '线索');
  await choose(view, 'audit-person', editor.name);
  await choose(view, 'audit-field', '地区');
  const row = view.page.locator('[data-testid="journal-lead-amended"]', { hasText: '华南' });
  await row.waitFor();
  assert.equal(await view.all('journal-').count(), 2);
  await view.picture('audit-journal-found');
  await row.getByTestId('restore-region').click();
  await view.toast('华东').waitFor();
  await eventually(() => api('GET', `/api/leads/${id}`, undefined, at), (lead) => lead.region === '华东', 'the earlier value is back');
  // the timeline says the same, and offers it to whoever may edit
  await his.page.locator('[data-testid="timeline"] .change-to', { hasText: '华东' }).nth(1).waitFor();
  await his.the('timeline').getByTestId('restore-region').first().click();
  await his.toast('华南').waitFor();
  await eventually(() => api('GET', `/api/leads/${id}`, undefined, at), (lead) => lead.region === '华南', 'the timeline brings a value back, too');
});

flow('report: counted for chosen days, on the page and in the file', async (open) => {
  const view = await open({ at: '/settings/audit?tab=report', ...at });
  await view.see('report');
  await view.seeText('登录', '[data-testid="report-sign-ins"]');
  const page = await view.page.evaluate(() => document.body.innerText);
  assert.ok(!/-v\d\b/.test(page), 'no name of an event on disk is shown');
  await view.picture('audit-report');
  const file = await fileOf(view, () => view.click('report-file'));
  assert.match(file.name, /^compliance-.*\.csv$/);
  assert.match(file.text, /topic,item,count,people/);
  assert.match(file.text, /session-started/);
});

flow('integrity: the page says that the journal is whole, and names the entry that an anchor knows otherwise', async (open) => {
  const view = await open({ at: '/settings/audit?tab=anchors', ...at });
  await view.see('anchors-hold');
  await view.click('anchors-check');
  await view.see('anchors-whole');
  // an anchor that somebody kept of a journal that was written anew since
  const file = join(at.data, 'anchors.txt');
  await appendFile(file, `2026-11-22T10:00:00Z demo 3 ${'0'.repeat(64)}\n`);
  await view.click('anchors-check');
  await view.seeText('第 3 条', '[data-testid="anchors-broken"]');
  await view.seeText('0'.repeat(64), '[data-testid="anchors-list"]');
  await view.picture('audit-anchors');
  await rm(file);
  await view.click('anchors-check');
  await view.see('anchors-whole');
});

flow('erasure: a person takes everything out about themselves, is erased after the name is typed, and stays counted', async (open) => {
  const word = unique();
  const [id] = await makeLeads(1, `隐私${word}`);
  await api('POST', `/api/leads/${id}/log-activity`, { type: 'call', text: `秘密${word}` }, at);
  const view = await open({ at: `/leads/${id}`, ...at });
  await view.click('person-menu');
  const file = await fileOf(view, () => view.click('person-data'));
  assert.ok(file.text.includes(`隐私${word}`) && file.text.includes(`秘密${word}`));
  await view.press('Escape');

  await view.click('person-menu');
  await view.text('清除此人的信息', '.ant-dropdown').click();
  await view.the('person-erase-confirm').and(view.page.locator(':disabled')).waitFor();
  await view.fill('person-erase-name', `隐私${word}号0`);
  await view.picture('person-erase');
  await view.click('person-erase-confirm');
  await view.toast('永久清除').waitFor();
  await eventually(() => view.text(`秘密${word}`).count(), (shown) => shown === 0, 'the note is gone from the page');
  assert.ok(!JSON.stringify(await api('GET', `/api/leads/${id}`, undefined, at)).includes(word));
  await view.see('record-erased');
  await view.picture('person-erased');
});

flow('audit on a phone: every tab is readable', async (open) => {
  const view = await open({ size: phone, at: '/settings/audit', ...at });
  for (const [tab, sign] of [['alerts', 'alerts'], ['exports', 'exports'], ['journal', 'audit-journal'], ['report', 'report']]) {
    await view.turnTo(`/settings/audit?tab=${tab}`);
    await view.see(sign);
    const [wide, most] = await view.page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    assert.ok(wide <= most, `${tab} is ${wide} wide on a screen of ${most}`);
    await view.picture(`phone-audit-${tab}`);
  }
});
