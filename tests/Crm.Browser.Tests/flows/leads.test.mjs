import { api, assert, choose, eventually, flow, makePerson, makePipeline, mobile, unique, userId } from '../house.mjs';
import { password } from '../server.mjs';

flow('sign in: a wrong password is said, the right one leads where one wanted to go, the language stays', async (open) => {
  const person = await makePerson();
  const view = await open({ login: null, at: '/leads' });
  await view.page.waitForURL(/sign-in\?next/);
  await view.fill('sign-in-login', person.login);
  await view.fill('sign-in-password', 'not-the-password');
  await view.click('sign-in-submit');
  await view.seeText('账号或密码不对。', '[data-testid="sign-in-error"]');

  await view.click('lang-switch');
  await view.seeText('Sign in', '[data-testid="sign-in-submit"]');
  await view.fill('sign-in-password', password);
  await view.click('sign-in-submit');
  await view.page.waitForURL(/\/leads$/);
  await view.seeText('New lead', '[data-testid="lead-create"]');
  await view.page.reload();
  await view.seeText('New lead', '[data-testid="lead-create"]');
  assert.equal(await view.page.evaluate(() => document.documentElement.lang), 'en');
  // and the server knows it for the next browser
  const session = await view.page.evaluate(async () => (await fetch('/api/session')).json());
  assert.equal(session.user.locale, 'en');

  await view.click('user-menu');
  await view.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await view.page.waitForURL(/sign-in/);
});

flow('leads: filter, create in the drawer, be told of a duplicate', async (open) => {
  const [word, number] = [unique(), mobile()];
  const here = await api('POST', '/api/leads', { name: `甲${word}`, company: `华东${word}`, region: `华东${word}` });
  const there = await api('POST', '/api/leads', { name: `乙${word}`, company: `华南${word}`, region: `华南${word}` });
  const view = await open({ at: '/leads' });
  await view.see('record-grid');

  await view.fill('list-search', word);
  await view.see(`row-${here.id}`);
  await view.see(`row-${there.id}`);
  await view.click('filter-add');
  await view.page.getByRole('menuitem', { name: '地区' }).click();
  await view.fill('filter-value', `华南${word}`);
  await view.press('Enter');
  await view.gone(`row-${here.id}`);
  await view.see(`row-${there.id}`);
  await view.click('filter-clear');
  await view.see(`row-${here.id}`);

  await view.click('lead-create');
  await view.fill('lead-name', `新来的${word}`);
  await view.fill('lead-company', `端到端${word}`);
  await view.fill('lead-mobile', number);
  await view.click('lead-save');
  await view.toast(`新来的${word}`).waitFor();
  await view.page.locator('.grid-row', { hasText: `新来的${word}` }).waitFor();

  await view.click('lead-create');
  await view.fill('lead-name', `又是他${word}`);
  await view.fill('lead-mobile', number);
  await view.click('lead-save');
  await view.seeText('这条线索已经有了', '[data-testid="lead-duplicate"]');
  await view.the('lead-duplicate').getByRole('link').click();
  await view.seeText(`新来的${word}`, '[data-testid="record-name"]');
  await view.seeText('第 2 次来访');
});

flow('lead: edit where it stands, log an activity, plan and complete a step, see who changed what', async (open) => {
  const word = unique();
  const { id } = await api('POST', '/api/leads', { name: `记录${word}`, region: '华北', mobile: mobile() });
  const view = await open({ at: `/leads/${id}` });
  await view.click('field-region');
  await view.fill('edit-region', '华南');
  await view.press('Enter');
  await view.seeText('华南', '[data-testid="field-region"]');
  const change = view.the('event-amended').first();
  await change.locator('.change-from', { hasText: '华北' }).waitFor();
  await change.locator('.change-to', { hasText: '华南' }).waitFor();
  await change.getByText('管理员').waitFor();
  assert.equal((await api('GET', `/api/leads/${id}`)).region, '华南');

  await view.fill('composer-text', '第一次联系，很有兴趣');
  await view.press('Control+Enter');
  await view.page.locator('.event-text', { hasText: '第一次联系' }).waitFor();

  await view.fill('step-text', '发报价');
  await view.click('step-tomorrow');
  await view.click('step-save');
  await view.page.locator('.step-text', { hasText: '发报价' }).waitFor();
  await view.click('step-complete');
  await view.fill('step-outcome', '已发，等回复');
  await view.click('step-complete-save');
  await view.page.locator('.event-text', { hasText: '已发，等回复' }).waitFor();
  assert.equal((await api('GET', `/api/leads/${id}`)).nextStep, null);
});

flow('lead: two edit the same field, the second is asked', async (open) => {
  const { id } = await api('POST', '/api/leads', { name: `冲突${unique()}`, region: '华北', mobile: mobile() });
  const view = await open({ at: `/leads/${id}` });
  await view.click('field-region');
  await view.fill('edit-region', '西南');
  const { version } = await api('POST', `/api/leads/${id}/amend`, { region: '东北' });
  await view.seeAttribute('record-leads', 'data-version', String(version));
  await view.press('Enter');
  await view.click('conflict-mine');
  await eventually(
    () => api('GET', `/api/leads/${id}`),
    (lead) => lead.region === '西南',
    'the chosen value is kept',
  );
});

flow('lead: convert into customer, contact and opportunity', async (open) => {
  const word = unique();
  const { id } = await api('POST', '/api/leads', { name: `转化${word}`, company: `转化公司${word}`, mobile: mobile() });
  const dueAt = new Date(Date.now() + 86_400_000).toISOString();
  await api('POST', `/api/leads/${id}/plan-step`, { text: '上门演示', dueAt });
  const view = await open({ at: `/leads/${id}` });
  await view.click('lead-convert');
  await view.seeText('上门演示', '.ant-modal');
  await view.picture('lead-convert');
  await view.fill('convert-amount', '26万');
  await view.click('convert-save');
  await view.page.waitForURL(/\/opportunities\//);
  await view.see('record-opportunities');
  await view.seeText(`转化公司${word}`, '[data-testid="record-name"]');
  const lead = await api('GET', `/api/leads/${id}`);
  assert.equal(lead.status, 'converted');
  const opportunity = await api('GET', `/api/opportunities/${lead.opportunityId}`);
  assert.equal(Number(opportunity.amount.amount), 260_000);
  assert.equal(opportunity.customerId, lead.customerId);
  assert.equal(opportunity.nextStep.text, '上门演示', 'what was to be done is still to be done');
  await view.seeText(`转化${word}`, '[data-testid="linked-contacts"]');
  await view.seeText(`转化${word}`, '[data-testid="linked-leads"]');
  await api('POST', `/api/contacts/${lead.contactId}/amend`, { name: `改名${word}` });
  await view.seeText(`改名${word}`, '[data-testid="linked-contacts"]');
  await view.go(`/leads/${id}`);
  await view.the('lead-converted').getByRole('link').first().click();
  await view.see('record-customers');
  await view.seeText(`转化公司${word}`, '[data-testid="record-name"]');
  await view.seeText(`转化公司${word}`, '[data-testid="customer-opportunities"]');
  await api('POST', `/api/opportunities/${lead.opportunityId}/win`, {});
  await view.seeText('已赢单', '[data-testid="customer-opportunities"]');
});

flow('lead: rule out with a reason and take it back', async (open) => {
  const { id } = await api('POST', '/api/leads', { name: `排除${unique()}`, mobile: mobile() });
  const view = await open({ at: `/leads/${id}` });
  await view.click('lead-rule-out');
  await view.page.getByRole('radio', { name: '联系不上' }).check();
  await view.click('rule-out-save');
  await view.see('lead-reopen');
  const out = await api('GET', `/api/leads/${id}`);
  assert.deepEqual([out.status, out.ruledOutReason], ['ruled-out', 'unreachable']);
  await view.undo('已排除');
  await view.see('lead-convert');
  assert.equal((await api('GET', `/api/leads/${id}`)).status, 'open');
});

flow('leads: assign many at once and take it back', async (open) => {
  const word = unique();
  const person = await makePerson('sales', `接手${word}`);
  const ids = [];
  for (const each of ['一', '二', '三'])
    ids.push((await api('POST', '/api/leads', { name: `批量${each}${word}`, mobile: mobile() })).id);
  const view = await open({ at: '/leads' });
  await view.fill('list-search', word);
  for (const id of ids) await view.the(`row-${id}`).getByRole('checkbox').check();
  await choose(view, 'bulk-assign', person.name);
  await view.toast('3 条线索').waitFor();
  for (const id of ids) assert.equal((await api('GET', `/api/leads/${id}`)).ownerId, person.id);
  await view.undo('3 条线索');
  await eventually(
    () => Promise.all(ids.map((id) => api('GET', `/api/leads/${id}`))),
    (leads) => leads.every((lead) => lead.ownerId === null),
    'all are unassigned again',
  );
});

flow('names that are markup are shown as text', async (open) => {
  const word = unique();
  const bad = `<img src=x onerror=alert(1)>${word}`;
  const { id } = await api('POST', '/api/leads', { name: bad, company: bad, note: `<script>alert(2)</script>`, mobile: mobile() });
  await api('POST', `/api/leads/${id}/log-activity`, { type: 'note', text: `<svg onload=alert(3)>${bad}` });
  const made = await api('POST', `/api/leads/${id}/convert`, {
    opportunity: { name: bad, pipeline: (await makePipeline()).key, amount: { amount: '1', currency: 'CNY' } },
  });
  const { pipeline } = await api('GET', `/api/opportunities/${made.opportunityId}`);
  const view = await open({ at: `/leads/${id}` });
  await view.seeText(bad, '[data-testid="record-name"]');
  await view.page.locator('.event-text', { hasText: '<svg onload=alert(3)>' }).waitFor();
  await view.go('/leads');
  await view.fill('list-search', word);
  await view.page.locator('.grid-row', { hasText: bad }).first().waitFor();
  await view.go(`/board?pipeline=${pipeline}`);
  await view.seeText(bad, `[data-testid="card-${made.opportunityId}"]`);
  await view.go(`/opportunities/${made.opportunityId}`);
  await view.seeText(bad, '[data-testid="record-name"]');
  assert.equal(await view.page.locator('img[src="x"]').count(), 0);
  await view.press('Control+k');
  await view.fill('palette-input', word);
  await view.page.locator('.hit', { hasText: '<img src=x' }).first().waitFor();
  assert.equal(await view.page.locator('img[src="x"]').count(), 0);
});

flow('sales: sees the own records and what is free, takes a free lead, not the records of others', async (open) => {
  const word = unique();
  const sales = await makePerson();
  const mine = await api('POST', '/api/leads', { name: `我的${word}`, mobile: mobile(), ownerId: sales.id });
  const free = await api('POST', '/api/leads', { name: `待分配${word}`, mobile: mobile() });
  const foreign = await api('POST', '/api/leads', { name: `别人的${word}`, mobile: mobile(), ownerId: await userId('admin@demo') });
  const view = await open({ login: sales.login, at: '/leads' });
  await view.fill('list-search', word);
  await view.see(`row-${mine.id}`);
  await view.see(`row-${free.id}`);
  assert.equal(await view.the(`row-${foreign.id}`).count(), 0);
  await view.go(`/leads/${foreign.id}`);
  await view.seeText('找不到这条记录');
  await view.go(`/leads/${free.id}`);
  await view.click('lead-take');
  await view.toast('归你了').waitFor();
  assert.equal((await api('GET', `/api/leads/${free.id}`)).ownerId, sales.id);
  assert.equal(await view.the('nav-people').count(), 0);
});
