import { api, assert, choose, eventually, flow, makePerson, makePipeline, mobile, money, unique } from '../house.mjs';

/** Whether somebody may sign in. */
async function isActive(id) {
  const { items } = await api('GET', '/api/users');
  return items.find((user) => user.id === id).active;
}

flow('hand-over: a leaver’s records go to colleagues with one click, and come back', async (open) => {
  const word = unique();
  const [leaver, heir, other] = [await makePerson('sales', `离职${word}`), await makePerson('sales', `接手${word}`), await makePerson('sales', `另一${word}`)];
  const pipeline = await makePipeline();
  const leads = [];
  for (let count = 0; count < 3; count++)
    leads.push((await api('POST', '/api/leads', { name: `线索${word}${count}`, mobile: mobile(), ownerId: leaver.id })).id);
  await api('POST', `/api/leads/${leads[0]}/plan-step`, { text: '回电', dueAt: new Date(Date.now() + 86_400_000).toISOString() });
  const deal = await api('POST', '/api/opportunities', { name: `商机${word}`, pipeline: pipeline.key, amount: money(900), ownerId: leaver.id });

  const view = await open({ at: '/settings/people' });
  await view.fill('people-search', leaver.login);
  await view.click(`person-more-${leaver.login}`);
  await view.text('离职交接…', '.ant-dropdown').click();
  await view.seeText('3', '[data-testid="handover-leads"]');
  await view.seeText('1', '[data-testid="handover-opportunities"]');
  await view.the('handover-start').and(view.page.locator(':disabled')).waitFor();
  await choose(view, 'handover-to', heir.name);
  await view.press('Escape');
  await choose(view, 'handover-to-opportunities', other.name);
  await view.picture('handover-preview');
  await view.text(leaver.name, '.ant-modal-title').click();
  await view.click('handover-start');
  await view.seeAttribute('handover-progress', 'data-status', 'done');
  await view.picture('handover-done');
  await view.click('handover-close');

  for (const id of leads) assert.equal((await api('GET', `/api/leads/${id}`)).ownerId, heir.id);
  assert.equal((await api('GET', `/api/opportunities/${deal.id}`)).ownerId, other.id);
  assert.equal(await isActive(leaver.id), false);
  assert.equal((await api('GET', `/api/leads/${leads[0]}`)).nextStep.text, '回电');

  // what somebody has changed since stays
  await api('POST', `/api/leads/${leads[2]}/assign`, { ownerId: other.id });
  await view.click('tab-handovers');
  await view.see(`handover-of-${leaver.id}`);
  await view.picture('handover-list');
  await view.click(`handover-undo-${leaver.id}`);
  await view.click('handover-undo-confirm');
  await view.page.locator(`[data-testid="handover-of-${leaver.id}"] [data-status="undone"]`).waitFor();
  await eventually(() => api('GET', `/api/leads/${leads[0]}`), (lead) => lead.ownerId === leaver.id, 'the lead is back');
  assert.equal((await api('GET', `/api/leads/${leads[2]}`)).ownerId, other.id);
  assert.equal((await api('GET', `/api/opportunities/${deal.id}`)).ownerId, leaver.id);
  await eventually(() => isActive(leaver.id), (active) => active, 'the person may come in again');
  await view.seeText('1', `[data-testid="handover-of-${leaver.id}"]`);
});

flow('hand-over: who may not hand over is not offered it', async (open) => {
  const view = await open({ login: 'sales@demo', at: '/settings/people?tab=handovers' });
  await view.page.locator('.empty').first().waitFor();
  assert.equal(await view.the('tab-handovers').count(), 0);
});
