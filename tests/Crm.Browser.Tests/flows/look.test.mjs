import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { before } from 'node:test';
import { api, assert, desk, flow, house, makePerson, mobile, money, phone, unique, userId } from '../house.mjs';
import { password } from '../server.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString();

/** The pages that are looked at as somebody does who cannot see them or uses no mouse. */
const accessible = new Set(['home', 'leads', 'lead', 'fields', 'board', 'funnel', 'people', 'handovers', 'company', 'modules', 'limits', 'alerts', 'exports', 'journal', 'report']);
/** Addresses of every page, records filled in by `before`. */
const pages = [];

before(async () => {
  const sales = await userId('sales@demo');
  const admin = await userId('admin@demo');
  const people = ['王芳', '李伟', '张敏', '刘洋', '陈静', '杨磊', '赵丽', '黄强'];
  const firms = ['华东精密机械', '南山生物科技', '蓝海物流', '星图软件', '北辰能源', '江南纺织', '远航电子', '天宇传媒'];
  const leads = [];
  for (const [index, name] of people.entries()) {
    const { id } = await api('POST', '/api/leads', {
      name,
      company: `${firms[index]}有限公司`,
      mobile: mobile(),
      source: ['exhibition', 'website', 'referral', 'wechat'][index % 4],
      region: ['华东', '华南'][index % 2],
      product: '企业版',
      ownerId: [sales, admin, null][index % 3],
    });
    leads.push(id);
  }
  await api('POST', `/api/leads/${leads[0]}/log-activity`, { type: 'call', text: '电话里说下周来看演示，决策人是技术总监。' });
  await api('POST', `/api/leads/${leads[0]}/plan-step`, { text: '发演示资料', dueAt: day(2) });
  await api('POST', `/api/leads/${leads[0]}/amend`, { region: '华北' });
  await api('POST', `/api/leads/${leads[1]}/plan-step`, { text: '回电确认预算', dueAt: day(1 / 24) });
  const made = await api('POST', `/api/leads/${leads[3]}/convert`, {
    opportunity: { name: '星图软件 · 年度采购', pipeline: 'simple', amount: money(260_000), expectedCloseOn: day(0).slice(0, 10) },
  });
  for (const [index, stage] of ['contact', 'contact', 'needs', 'needs', 'proposal', 'quote', 'quote'].entries())
    await api('POST', '/api/opportunities', {
      name: `${firms[index]}一期项目`,
      pipeline: 'simple',
      stage,
      amount: money(80_000 + index * 37_500),
      ownerId: index % 2 === 0 ? admin : sales,
    });
  for (const [key, type, zh, en] of [['budget', 'money', '预算', 'Budget'], ['visit', 'date', '拜访日期', 'Visit on']])
    await api('POST', '/api/fields/leads/add', { key, type, label: { zh, en } });
  await api('POST', '/api/fields/leads/add', { key: 'level', type: 'choice', label: { zh: '等级', en: 'Level' }, options: [{ label: { zh: '大客户', en: 'Key account' } }, { label: { zh: '小客户', en: 'Small' } }] });
  await api('POST', '/api/fields/leads/add', { key: 'score', type: 'formula', label: { zh: '得分', en: 'Score' }, expression: 'round(custom.budget / 1000, 1)' });
  await api('PUT', '/api/targets', { pipeline: 'simple', month: day(8 / 24).slice(0, 7), amount: '600000' });
  const leaver = await makePerson('sales', '周明');
  await api('POST', '/api/leads', { name: '吴敏', mobile: mobile(), ownerId: leaver.id });
  await api('POST', '/api/handovers', { fromId: leaver.id, to: [sales] });
  await api('POST', '/api/leads/export', { format: 'csv' });
  await tryToExport();
  pages.push(
    ['home', '/', '.home-grid'],
    ['leads', '/leads', '.grid-row'],
    ['lead', `/leads/${leads[0]}`, '.timeline'],
    ['board', '/board?pipeline=simple', '.card'],
    ['opportunities', '/opportunities', '.grid-row'],
    ['opportunity', `/opportunities/${made.opportunityId}`, '.timeline'],
    ['funnel', '/funnel?pipeline=simple', '.funnel-table'],
    ['customers', '/customers', '.grid-row'],
    ['customer', `/customers/${made.customerId}`, '.timeline'],
    ['contacts', '/contacts', '.grid-row'],
    ['contact', `/contacts/${made.contactId}`, '.timeline'],
    ['imports', '/imports', '.page h1'],
    ['import-new', '/imports/new', '[data-testid="import-drop"]'],
    ['pipelines', '/settings/pipelines?pipeline=simple', '.stage-row'],
    ['fields', '/settings/fields', '.custom-fields'],
    ['people', '/settings/people', '.people-row'],
    ['organisation', '/settings/organisation', '.page h1'],
    ['roles', '/settings/roles?role=sales', '.matrix'],
    ['templates', '/settings/roles?tab=templates', '.template'],
    ['sign-in-settings', '/settings/security', '[data-testid="company-save"]'],
    ['company', '/settings/company', '[data-testid="tenant-save"]'],
    ['modules', '/settings/company?tab=modules', '[data-testid="module-leads"]'],
    ['limits', '/settings/company?tab=limits', '[data-testid="limits-save"]'],
    ['handovers', '/settings/people?tab=handovers', '[data-testid="handovers"]'],
    ['alerts', '/settings/audit', '[data-testid="alerts"]'],
    ['exports', '/exports', '[data-testid="exports"]'],
    ['journal', '/settings/audit?tab=journal', '[data-testid="audit-journal"]'],
    ['report', '/settings/audit?tab=report', '[data-testid="report"]'],
    ['not-found', '/no/such/page', '.empty'],
  );
});

/** Somebody without the right tries to export, which raises an alert. */
async function tryToExport() {
  const headers = { 'content-type': 'application/json', 'x-crm': '1' };
  const { login } = await makePerson('sales', '郑涛');
  const session = await fetch(`${house}/api/session`, { method: 'POST', headers, body: JSON.stringify({ login, password }) });
  const cookie = session.headers.getSetCookie().map((one) => one.split(';')[0]).join('; ');
  const answer = await fetch(`${house}/api/leads/export`, { method: 'POST', headers: { ...headers, cookie, 'idempotency-key': randomUUID() }, body: '{}' });
  assert.equal(answer.status, 403);
}

/** Everything that can be read on the page. */
const texts = (view) =>
  view.page.evaluate(() => {
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const text = walk.currentNode.textContent.trim();
      if (text !== '' && walk.currentNode.parentElement.checkVisibility()) found.push(text);
    }
    return found;
  });

/** What is to be clicked and stands beyond the screen's edge, where nothing on the page scrolls there; the page itself is not to be scrolled sideways. */
const cutOff = (view) =>
  view.page.evaluate(() =>
    [...document.querySelectorAll('button, a, input, [role="button"]')]
      .filter((one) => {
        const { left, right, width } = one.getBoundingClientRect();
        if (width === 0 || (left < window.innerWidth && right <= window.innerWidth + 1) || !one.checkVisibility()) return false;
        for (let at = one.parentElement; at && !at.matches('.page'); at = at.parentElement)
          if (/auto|scroll/.test(getComputedStyle(at).overflowX)) return false;
        return true;
      })
      .map((one) => one.dataset.testid ?? one.getAttribute('aria-label') ?? one.textContent),
  );

for (const [name, how] of [
  ['desk', { size: desk, locale: 'zh-CN', look: 'light' }],
  ['dark', { size: desk, locale: 'en', look: 'dark' }],
  ['phone', { size: phone, locale: 'zh-CN', look: 'light' }],
  ['phone-english', { size: phone, locale: 'en', look: 'dark' }],
])
  flow(`pages: every page on a ${name} is whole, translated and not too wide`, async (open) => {
    const view = await open({ ...how, at: '/' });
    for (const [page, address, sign] of pages) {
      await view.turnTo(address);
      await view.page.locator(sign).first().waitFor();
      await view.page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
      await view.picture(`${name}-${page}`);
      const keys = (await texts(view)).filter((text) => /^[a-z]+\.[a-zA-Z.]+$/.test(text));
      assert.deepEqual(keys, [], `${page} shows keys instead of words`);
      const [wide, most] = await view.page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      assert.ok(wide <= most, `${page} is ${wide} wide on a screen of ${most}`);
      assert.deepEqual(await cutOff(view), [], `${page} has what cannot be reached`);
    }
  });

for (const [name, how] of [
  ['light', { look: 'light', size: desk }],
  ['dark', { look: 'dark', size: desk }],
  ['on a phone', { look: 'light', size: phone }],
])
  flow(`accessibility ${name}: nothing serious on the main pages`, async (open) => {
    const view = await open({ ...how, login: null, at: '/sign-in' });
    const found = [];
    const look = async (page, sign) => {
      await view.page.locator(sign).first().waitFor();
      await view.page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
      const { violations } = await view.page.evaluate(
        `${axe}; axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations'] })`,
      );
      for (const { id, impact, nodes } of violations)
        if (impact === 'serious' || impact === 'critical')
          found.push(`${page}: ${id}: ${nodes.slice(0, 4).map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
    };
    await look('sign-in', '[data-testid="sign-in-submit"]');
    await view.signIn('admin@demo');
    await view.go('/');
    for (const [page, address, sign] of pages.filter(([key]) => accessible.has(key))) {
      await view.turnTo(address);
      await look(page, sign);
    }
    assert.deepEqual(found, []);
  });

flow('phone: create a lead, open it, write a note, move about', async (open) => {
  const word = unique();
  const view = await open({ size: phone });
  await view.click('tab-leads');
  await view.click('lead-create');
  await view.fill('lead-name', `手机录入${word}`);
  await view.fill('lead-mobile', mobile());
  await view.click('lead-save');
  await view.page.locator('.grid-row', { hasText: `手机录入${word}` }).click();
  await view.see('record-leads');
  await view.fill('composer-text', '在客户楼下写的');
  await view.click('composer-save');
  await view.page.locator('.event-text', { hasText: '在客户楼下写的' }).waitFor();
  await view.click('tab-more');
  await view.click('nav-customers');
  await view.page.waitForURL(/customers/);
});

flow('phone: a condition of a list is edited on the screen', async (open) => {
  const view = await open({ size: phone, locale: 'en', at: '/leads' });
  await view.click('filter-add');
  await view.page.getByRole('menuitem', { name: 'Source' }).click();
  await view.see('filter-value');
  await view.picture('phone-condition');
  const { x, width } = await view.page.locator('.filter-editor').boundingBox();
  assert.ok(x >= 0 && x + width <= phone.width, `the editor stands from ${x} to ${x + width} on a screen of ${phone.width}`);
});

flow('phone: no name of a ready-made stage is cut off where it is changed', async (open) => {
  for (const locale of ['zh-CN', 'en']) {
    const view = await open({ size: phone, locale });
    for (const preset of ['simple', 'complex', 'project']) {
      await view.turnTo(`/settings/pipelines?pipeline=${preset}`);
      await view.page.locator('.stage-row').first().waitFor();
      const cut = await view.page.evaluate(() =>
        [...document.querySelectorAll('.stage-row input')].filter((input) => input.scrollWidth > input.clientWidth).map((input) => input.value),
      );
      assert.deepEqual(cut, [], `${preset} in ${locale}`);
    }
  }
});

flow('phone: every stage of the funnel has its figures on the screen', async (open) => {
  const view = await open({ size: phone, at: '/funnel?pipeline=simple' });
  for (const stage of ['contact', 'signed']) {
    const row = view.the(`funnel-stage-${stage}`);
    await row.waitFor();
    for (const cell of await row.locator('td').all()) {
      const { x, width } = await cell.boundingBox();
      assert.ok(x >= 0 && x + width <= phone.width, `a figure of ${stage} stands from ${x} to ${x + width} on a screen of ${phone.width}`);
    }
    const { height } = await row.locator('td').first().boundingBox();
    assert.ok(height < 40, `the name of ${stage} is ${height} high`);
  }
  await view.picture('phone-stages');
});
