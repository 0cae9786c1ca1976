import { api, apiStatus, assert, choose, eventually, flow, mobile, ownServer, unique } from '../house.mjs';

// modules and limits hold for everybody
const at = await ownServer();
const modules = '/settings/company?tab=modules';

/** Switches a module off the way a person does. */
async function switchOff(view, module) {
  await view.click(`module-${module}`);
  await view.see('module-gone');
  await view.click('module-confirm');
  await view.seeAttribute(`module-${module}`, 'aria-checked', 'false');
}

/** What the palette offers for a word. */
async function palette(view, word) {
  await view.press('Control+k');
  await view.fill('palette-input', word);
  const found = await view.all('palette-').evaluateAll((all) => all.map((one) => one.dataset.testid));
  await view.press('Escape');
  await view.gone('palette-input');
  return found.filter((id) => id !== 'palette-input');
}

flow('company: a module switched off is gone from another open browser at once, and back when it is switched on', async (open) => {
  const lead = await api('POST', '/api/leads', { name: `甲${unique()}`, company: `公司${unique()}`, mobile: mobile() }, at);
  const hers = await open({ login: 'admin@demo', at: `/leads/${lead.id}`, ...at });
  await hers.see('nav-board');
  await hers.see('lead-convert');
  assert.ok((await palette(hers, 'opportunit')).length > 0);

  const view = await open({ at: modules, ...at });
  await view.see('module-leads');
  await view.picture('company-modules');
  await view.click('module-opportunities');
  await view.see('module-gone');
  await view.picture('company-modules-ask');
  await view.click('module-confirm');
  await view.toast('商机与漏斗').waitFor();

  for (const place of ['board', 'opportunities', 'funnel', 'pipelines']) {
    await hers.gone(`nav-${place}`);
    await view.gone(`nav-${place}`);
  }
  assert.deepEqual(await palette(hers, 'opportunit'), []);
  assert.equal(await apiStatus('/api/opportunities', at), 404);

  // a lead is converted without the step that is gone
  await hers.click('lead-convert');
  await hers.the('convert-save').waitFor();
  assert.equal(await hers.the('convert-name').count(), 0);
  await hers.click('convert-save');
  await hers.see('record-customers');
  assert.equal(await hers.the('customer-opportunities').count(), 0);
  await hers.turnTo('/board');
  await hers.page.locator('.empty').first().waitFor();
  await hers.turnTo('/');
  await hers.see('home-due');
  assert.equal(await hers.page.locator('.figure[href="/board"]').count(), 0);

  await view.click('module-opportunities');
  await hers.see('nav-board');
  await hers.page.locator('.figure[href="/board"]').first().waitFor();

  await switchOff(view, 'imports');
  await view.undo('已为所有人关闭“导入”');
  await view.seeAttribute('module-imports', 'aria-checked', 'true');
  await hers.see('nav-imports');
});

flow('company: without customers a deal asks for none and a lead is not converted; without leads there are no imports', async (open) => {
  await api('POST', '/api/tenant/modules/opportunities', { on: true }, at);
  const lead = await api('POST', '/api/leads', { name: `乙${unique()}`, mobile: mobile() }, at);
  const hers = await open({ at: `/leads/${lead.id}`, ...at });
  await hers.see('lead-convert');
  const view = await open({ at: modules, ...at });
  await switchOff(view, 'customers');
  await hers.gone('nav-customers');
  await hers.gone('lead-convert');
  await hers.turnTo('/opportunities?create=true');
  await hers.see('opportunity-name');
  assert.equal(await hers.the('opportunity-customer').count(), 0);
  await hers.fill('opportunity-name', `无客户${unique()}`);
  await hers.fill('opportunity-amount', '1000');
  await hers.click('opportunity-save');
  await hers.gone('opportunity-name');
  await view.click('module-customers');
  await hers.see('nav-customers');

  await view.click('module-leads');
  await view.seeText('导入', '[data-testid="module-gone"]');
  await view.click('module-confirm');
  await hers.gone('nav-leads');
  await hers.gone('nav-imports');
  assert.equal(await apiStatus('/api/imports', at), 404);
  await view.click('module-leads');
  await hers.see('nav-imports');
});

flow('company: its name and time zone are changed, seen elsewhere at once, and taken back', async (open) => {
  const name = `新名${unique()}`;
  const before = await api('GET', '/api/tenant', undefined, at);
  const hers = await open({ login: 'sales@demo', ...at });
  await hers.see('user-menu');
  assert.equal(await hers.the('nav-company').count(), 0);
  const view = await open({ at: '/settings/company', ...at });
  await view.fill('tenant-name', name);
  await choose(view, 'tenant-zone', 'Europe/Berlin');
  await view.picture('company-basics');
  await view.click('tenant-save');
  await view.toast('已保存').waitFor();
  const saved = await api('GET', '/api/tenant', undefined, at);
  assert.deepEqual([saved.name, saved.timeZone, saved.currency], [name, 'Europe/Berlin', before.currency]);
  await hers.click('user-menu');
  await hers.seeText(name, '.user-who');
  await view.undo('已保存');
  await eventually(() => api('GET', '/api/tenant', undefined, at), (now) => now.name === before.name && now.timeZone === before.timeZone, 'the name is back');
});

flow('company: limits of exports and reading are explained, saved and taken back', async (open) => {
  const before = (await api('GET', '/api/policies', undefined, at)).limits;
  const view = await open({ at: '/settings/company?tab=limits', ...at });
  await view.fill('limit-dailyRows', '1234');
  await view.fill('limit-leastRecords', '77');
  await view.click('limit-step-stop');
  await view.seeText('77', '[data-testid="limits-sentence"]');
  await view.seeText('停止其访问', '[data-testid="limits-sentence"]');
  await view.picture('company-limits');
  await view.click('limits-save');
  await view.toast('已保存').waitFor();
  const { limits } = await api('GET', '/api/policies', undefined, at);
  assert.deepEqual(limits, { ...before, dailyRows: 1234, leastRecords: 77, step: 'stop' });
  await view.undo('已保存');
  await eventually(() => api('GET', '/api/policies', undefined, at), (now) => now.limits.dailyRows === before.dailyRows && now.limits.step === before.step, 'the limits are back');
  await view.page.waitForFunction(() => document.querySelector('[data-testid="limit-dailyRows"]')?.value.replace(/\D/g, '') !== '1234');
});
