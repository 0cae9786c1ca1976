import { api, assert, flow, makePerson, makePipeline, money, unique } from '../house.mjs';

async function makeDeals(pipeline, amounts, more = {}) {
  const word = unique();
  const ids = [];
  for (const [index, amount] of amounts.entries()) {
    const made = await api('POST', '/api/opportunities', {
      name: `商机${index}${word}`,
      pipeline: pipeline.key,
      amount: money(amount),
      ...more,
    });
    ids.push(made.id);
  }
  return ids;
}

flow('board: a card dragged by mouse is seen by another browser; totals and funnel follow', async (open, t) => {
  const pipeline = await makePipeline();
  const [card] = await makeDeals(pipeline, [1_000, 2_000, 3_000]);
  const at = `/board?pipeline=${pipeline.key}`;
  const mine = await open({ at });
  const other = await open({ at });
  const funnel = await open({ at: `/funnel?pipeline=${pipeline.key}` });
  await other.seeAttribute('column-contact', 'data-total', '6000.00');
  await other.seeAttribute('live-state', 'data-state', 'live');
  await funnel.seeAttribute('funnel-weighted', 'data-amount', '600.00');
  await funnel.seeAttribute('live-state', 'data-state', 'live');

  await mine.drag(`card-${card}`, 'column-proposal');
  const from = Date.now();
  await mine.drop('column-proposal');
  await other.seeAttribute(`card-${card}`, 'data-stage', 'proposal');
  t.diagnostic(`the other browser saw the move after ${Date.now() - from} ms`);
  for (const view of [mine, other]) {
    await view.seeAttribute('column-contact', 'data-total', '5000.00');
    await view.seeAttribute('column-proposal', 'data-total', '1000.00');
    await view.seeAttribute('column-proposal', 'data-count', '1');
  }
  await funnel.seeAttribute('funnel-weighted', 'data-amount', '1000.00'); // 10% of 5000 and 50% of 1000
  assert.equal((await api('GET', `/api/opportunities/${card}`)).stage, 'proposal');

  await mine.undo('提供解决方案');
  await other.seeAttribute(`card-${card}`, 'data-stage', 'contact');
});

flow('board: dropped on the winning zone it is won, and taken back from the notice', async (open) => {
  const pipeline = await makePipeline();
  const [card] = await makeDeals(pipeline, [8_000, 500]);
  const view = await open({ at: `/board?pipeline=${pipeline.key}` });
  await view.drag(`card-${card}`, 'zone-win');
  await view.drop('zone-win');
  await view.gone(`card-${card}`);
  await view.toast('已赢单').waitFor();
  assert.equal((await api('GET', `/api/opportunities/${card}`)).status, 'won');
  await view.undo('已赢单');
  await view.see(`card-${card}`);
  assert.equal((await api('GET', `/api/opportunities/${card}`)).status, 'open');
});

flow('board: dropped on the losing zone it asks why', async (open) => {
  const pipeline = await makePipeline();
  const [card] = await makeDeals(pipeline, [8_000]);
  const view = await open({ at: `/board?pipeline=${pipeline.key}` });
  await view.drag(`card-${card}`, 'zone-lose');
  await view.drop('zone-lose');
  await view.see('lose-dialog');
  await view.page.getByRole('radio', { name: '输给对手' }).check();
  await view.fill('lose-competitor', '某某软件');
  await view.click('lose-save');
  await view.gone(`card-${card}`);
  await view.toast('已丢单').waitFor();
  const lost = await api('GET', `/api/opportunities/${card}`);
  assert.deepEqual([lost.status, lost.lossReason, lost.competitor], ['lost', 'competitor', '某某软件']);
});

flow('board: a move the server refuses is put back with the reason', async (open) => {
  const pipeline = await makePipeline();
  const [card] = await makeDeals(pipeline, [100]);
  const view = await open({ login: null, at: '/sign-in' });
  // without the live line this browser cannot know that the stage is retired, as in the moment before the news arrives
  await view.page.route('**/live/**', (route) => route.abort());
  await view.signIn('admin@demo');
  await view.go(`/board?pipeline=${pipeline.key}`);
  await view.see(`card-${card}`);
  await api('POST', `/api/pipelines/${pipeline.key}/retire-stage`, { stage: 'quote' });
  await view.drag(`card-${card}`, 'column-quote');
  await view.drop('column-quote');
  await view.toast('没能移动，已放回原处').waitFor();
  await view.seeText('这个阶段已停用，不能移入。', '.toast');
  await view.seeAttribute(`card-${card}`, 'data-stage', 'contact');
  assert.equal((await api('GET', `/api/opportunities/${card}`)).stage, 'contact');
});

flow('board: a card moves by keyboard', async (open) => {
  const pipeline = await makePipeline();
  const [card] = await makeDeals(pipeline, [100]);
  const view = await open({ at: `/board?pipeline=${pipeline.key}` });
  await view.the(`card-${card}`).focus();
  await view.press('Space');
  await view.page.locator('.in-air').waitFor();
  await view.page.locator('[data-testid="column-contact"].over').waitFor();
  await view.press('ArrowRight');
  await view.page.locator('[data-testid="column-needs"].over').waitFor();
  await view.press('Space');
  await view.seeAttribute(`card-${card}`, 'data-stage', 'needs');
  await view.toast('确定客户需求').waitFor();
  assert.equal((await api('GET', `/api/opportunities/${card}`)).stage, 'needs');
});

flow('record: two people on one record see each other and each other’s words at once', async (open) => {
  const sales = await makePerson();
  const pipeline = await makePipeline();
  const [id] = await makeDeals(pipeline, [700], { ownerId: sales.id });
  const at = `/opportunities/${id}`;
  const hers = await open({ login: sales.login, at });
  const mine = await open({ at });
  // two faces: oneself does not count
  await hers.page.locator('[data-testid="viewers"] .avatar').first().waitFor();
  await mine.page.locator('[data-testid="viewers"] .avatar').first().waitFor();
  await hers.fill('composer-text', '两个浏览器同时看');
  await hers.click('composer-save');
  await mine.page.locator('.event-text', { hasText: '两个浏览器同时看' }).waitFor();
  await mine.click('stage-quote');
  await hers.seeAttribute('stage-quote', 'aria-current', 'step');
  await hers.page.close();
  await mine.gone('viewers');
});

flow('opportunity: created on the board, lost with a reason, reopened, amount edited', async (open) => {
  const pipeline = await makePipeline();
  const name = `看板新建${unique()}`;
  const view = await open({ at: `/board?pipeline=${pipeline.key}` });
  await view.click('opportunity-create');
  await view.fill('opportunity-name', name);
  await view.fill('opportunity-amount', '9.9万');
  await view.click('opportunity-save');
  await view.page.locator('.card', { hasText: name }).click();
  await view.see('record-opportunities');
  await view.click('opportunity-lose');
  await view.click('lose-save');
  await view.see('opportunity-loss');
  await view.click('opportunity-reopen');
  await view.see('opportunity-win');
  await view.click('field-amount');
  await view.fill('edit-amount', '12万');
  await view.press('Enter');
  await view.seeText('120,000', '[data-testid="field-amount"]');
  await view.page.locator('.change-to', { hasText: '120,000' }).waitFor();
});

