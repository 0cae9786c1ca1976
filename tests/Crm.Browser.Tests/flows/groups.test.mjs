import { api, assert, choose, flow, makePerson, makePipeline, money, phone, unique } from '../house.mjs';

flow('groups: opportunities by stage with sums, looked into and out of, live, and in the address', async (open) => {
  const [word, pipeline, seller] = [unique(), await makePipeline(), await makePerson()];
  const [first, second] = pipeline.stages;
  const customer = await api('POST', '/api/customers', { type: 'corporate', name: `客户${word}` });
  const make = (name, stage, amount, more = {}) =>
    api('POST', '/api/opportunities', {
      name: `${name}${word}`,
      pipeline: pipeline.key,
      stage: stage.key,
      amount: money(amount),
      ownerId: seller.id,
      ...more,
    });
  const early = await make('早', first, 10_000, { customerId: customer.id, expectedCloseOn: '2026-11-30' });
  const dollars = { amount: { amount: '500', currency: 'USD' } };
  const late = await make('晚', second, 0, { ...dollars, expectedCloseOn: '2026-12-01' });
  const idle = await make('闲', second, 20_000, { ownerId: null });

  const view = await open({ at: `/opportunities?q=${word}` });
  await view.see(`row-${early.id}`);
  await choose(view, 'group-by', '阶段');
  const group = (key) => view.the(`group-${key}`);
  await group(second.key).waitFor();
  assert.match(await group(second.key).innerText(), new RegExp(`${second.name}[\\s\\S]*2[\\s\\S]*2万[\\s\\S]*500`));
  assert.match(await group(first.key).innerText(), new RegExp(`${first.name}[\\s\\S]*1[\\s\\S]*1万`));
  await view.picture('groups-stage');

  await group(second.key).click();
  await view.gone(`row-${early.id}`);
  await view.see(`row-${late.id}`);
  await view.seeAttribute(`group-${second.key}`, 'aria-pressed', 'true');
  await view.picture('groups-pressed');
  await view.page.reload();
  await view.seeAttribute(`group-${second.key}`, 'aria-pressed', 'true');
  await view.see(`row-${idle.id}`);
  await view.gone(`row-${early.id}`);

  // by keyboard
  await group(second.key).focus();
  await view.press('Enter');
  await view.see(`row-${early.id}`);
  await view.seeAttribute(`group-${second.key}`, 'aria-pressed', 'false');

  await api('POST', `/api/opportunities/${early.id}/move`, { stage: second.key });
  await view.gone(`group-${first.key}`);
  await view.seeText('3', `[data-testid="group-${second.key}"] .group-count`);

  await choose(view, 'group-by', '负责人');
  await view.seeText(seller.name, `[data-testid="group-${seller.id}"]`);
  await group('').click();
  await view.gone(`row-${late.id}`);
  await view.see(`row-${idle.id}`);

  await choose(view, 'group-by', '预计签单日');
  await view.seeText('2026年12月', '[data-testid="group-2026-12"]');
  await group('2026-11').click();
  await view.gone(`row-${late.id}`);
  await view.see(`row-${early.id}`);

  await choose(view, 'group-by', '客户');
  await view.seeText(`客户${word}`, `[data-testid="group-${customer.id}"]`);
  await group(customer.id).click();
  await view.gone(`row-${late.id}`);
  await view.see(`row-${early.id}`);
});

flow('groups on a phone and in the dark', async (open) => {
  const word = unique();
  for (const [name, region] of [['甲', '华东'], ['乙', '华东'], ['丙', '华南'], ['丁', '西北地区'], ['戊', null]])
    await api('POST', '/api/leads', { name: `${name}${word}`, region });
  const at = `/leads?q=${word}&group=region`;

  const pocket = await open({ at, size: phone });
  await pocket.see('group-华东');
  await pocket.picture('groups-phone');
  assert.ok(await pocket.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');

  const dark = await open({ at, locale: 'en', look: 'dark' });
  await dark.seeText('Not set', '[data-testid="group-"]');
  await dark.click('group-华东');
  await dark.seeAttribute('group-华东', 'aria-pressed', 'true');
  await dark.picture('groups-dark');
});
