import { api, assert, flow, makePerson, makePipeline, makeRole, money, unique } from '../house.mjs';

const thisMonth = () => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7);

flow('funnel: weighted, target and gap are the server’s, the list behind a stage is what it counts', async (open) => {
  const pipeline = await makePipeline();
  const at = `/funnel?pipeline=${pipeline.key}`;
  for (const [stage, amount] of [['contact', 1_000], ['contact', 2_000.5], ['quote', 4_000]])
    await api('POST', '/api/opportunities', { name: `漏斗${unique()}`, pipeline: pipeline.key, stage, amount: money(amount) });
  const view = await open({ at });
  const asked = await api('GET', `/api/funnels/${pipeline.key}?month=${thisMonth()}`);
  assert.equal(asked.weighted, '3100.05'); // 10% of 3000.50 and 70% of 4000
  await view.seeAttribute('funnel-weighted', 'data-amount', asked.weighted);

  await view.click('funnel-set-target');
  await view.fill('target-amount', '1万');
  await view.click('target-save');
  await view.seeAttribute('funnel-target', 'data-amount', '10000.00');
  await view.seeAttribute('funnel-gap', 'data-amount', '6899.95');
  assert.equal((await api('GET', `/api/funnels/${pipeline.key}?month=${thisMonth()}`)).gap, '6899.95');

  await api('POST', '/api/opportunities', { name: `后来${unique()}`, pipeline: pipeline.key, stage: 'needs', amount: money(100) });
  await view.seeAttribute('funnel-weighted', 'data-amount', '3130.05');

  await view.click('funnel-drill-contact');
  await view.see('record-grid');
  await view.seeText('2', '[data-testid="list-total"]');
  assert.equal(await view.page.locator('.grid-row').count(), 2);
});

flow('funnel: whoever sees no closing days sees all months, and nothing breaks', async (open) => {
  const word = unique();
  const read = { slice: 'opportunities', verb: 'read', scopes: ['all'] };
  const role = await makeRole(`无日期${word}`, [read], [{ slice: 'opportunities', field: 'closedOn', right: 'hidden' }]);
  const clerk = await makePerson(role, `文员${word}`);
  const pipeline = await makePipeline();
  await api('POST', '/api/opportunities', { name: `漏斗${word}`, pipeline: pipeline.key, stage: 'quote', amount: money(4_000) });
  const view = await open({ login: clerk.login, at: `/funnel?pipeline=${pipeline.key}` });
  await view.seeAttribute('funnel-weighted', 'data-amount', '2800.00');
  assert.equal(await view.the('funnel-month').count(), 0);
  await view.go('/');
  await view.page.locator('.mini-head').waitFor();
});

flow('funnel: a past day shows what was then, and one click leads back to now', async (open) => {
  const pipeline = await makePipeline();
  await api('POST', '/api/opportunities', { name: `今天${unique()}`, pipeline: pipeline.key, amount: money(5_000) });
  const view = await open({ at: `/funnel?pipeline=${pipeline.key}` });
  await view.seeAttribute('funnel-weighted', 'data-amount', '500.00');
  await view.the('time-machine').getByRole('slider').focus();
  await view.press('ArrowLeft');
  await view.see('funnel-now');
  await view.page.waitForURL(/day=/);
  await view.seeAttribute('funnel-weighted', 'data-amount', '0.00');
  assert.equal(await view.the('funnel-set-target').count(), 0);
  await view.click('funnel-now');
  await view.seeAttribute('funnel-weighted', 'data-amount', '500.00');
});
