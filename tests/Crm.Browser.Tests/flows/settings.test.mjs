import { api, assert, eventually, flow, makePipeline, mobile, unique, userId, userOf } from '../house.mjs';
import { password } from '../server.mjs';

const read = async (key) => (await api('GET', '/api/pipelines')).items.find((pipeline) => pipeline.key === key);

flow('pipelines: add, rename, rate, reorder and retire a stage; the board follows', async (open) => {
  const { key } = await makePipeline();
  const board = await open({ at: `/board?pipeline=${key}` });
  await board.see('column-contact');
  const view = await open({ at: `/settings/pipelines?pipeline=${key}` });
  await view.fill('stage-add-name', '试用');
  await view.click('stage-add');
  const added = await eventually(() => read(key), ({ stages }) => stages.some(({ name }) => name === '试用'), 'the stage is there');
  const trial = added.stages.find(({ name }) => name === '试用').key;
  await view.see(`stage-row-${trial}`);
  await board.see(`column-${trial}`);

  await view.fill(`stage-name-${trial}`, '试用两周');
  await view.press('Enter');
  await board.seeText('试用两周', `[data-testid="column-${trial}"]`);
  await view.fill('pipeline-rename', `渠道 ${key}`);
  await view.press('Enter');
  await view.seeText(`渠道 ${key}`, `[data-testid="pipeline-${key}"]`);
  await view.fill('stage-rate-contact', '15');
  await view.the('stage-rate-contact').blur();
  await board.seeText('15%', '[data-testid="column-contact"]');

  const handle = await view.the('stage-row-contact').locator('.stage-handle').boundingBox();
  const below = await view.the('stage-row-needs').boundingBox();
  await view.page.mouse.move(handle.x + 8, handle.y + 8);
  await view.page.mouse.down();
  await view.page.mouse.move(handle.x + 8, handle.y + 20, { steps: 3 });
  await view.page.mouse.move(handle.x + 8, below.y + below.height - 4, { steps: 6 });
  await view.page.locator('[id^="DndLiveRegion"]', { hasText: 'over droppable area needs' }).waitFor({ state: 'attached' });
  await view.page.mouse.up();
  await eventually(() => read(key), ({ stages }) => stages[0].key === 'needs' && stages[1].key === 'contact', 'the stages changed places');

  await view.click('stage-retire-proposal');
  await eventually(() => read(key), ({ stages }) => stages.some((stage) => stage.key === 'proposal' && stage.retired), 'the stage is retired');
  await view.page.locator('[data-testid="stage-row-proposal"].retired').waitFor();
  assert.equal((await read(key)).name, `渠道 ${key}`);
});

flow('people: a new sales person signs in and sees only what is theirs', async (open) => {
  const word = unique();
  const login = `${word}@demo`;
  const view = await open({ at: '/settings/people' });
  await view.click('person-create');
  await view.fill('person-name', `新人${word}`);
  await view.fill('person-login', login);
  await view.page.locator('[data-testid="person-way"] .ant-segmented-item').nth(1).click();
  await view.fill('person-password', password);
  await view.click('person-save');
  await view.see(`person-${login}`);
  const made = await userOf(login);
  assert.equal(made.role, 'sales');
  const own = await api('POST', '/api/leads', { name: `归我${word}`, mobile: mobile(), ownerId: made.id });
  const foreign = await api('POST', '/api/leads', { name: `归他${word}`, mobile: mobile(), ownerId: await userId('admin@demo') });

  const hers = await open({ login: null, at: '/sign-in' });
  await hers.fill('sign-in-login', login);
  await hers.fill('sign-in-password', password);
  await hers.click('sign-in-submit');
  await hers.seeText(`新人${word}`, 'h1');
  await hers.go('/leads');
  await hers.fill('list-search', word);
  await hers.see(`row-${own.id}`);
  assert.equal(await hers.the(`row-${foreign.id}`).count(), 0);
  await hers.go('/settings/people');
  assert.equal(await hers.the(`person-${login}`).count(), 0);

  await view.click(`person-toggle-${login}`);
  await eventually(() => userOf(login), (user) => !user.active, 'the person is deactivated');
  await hers.go('/leads');
  await hers.page.waitForURL(/sign-in/);
});

flow('people: a key for scripts is shown once and works', async (open) => {
  const name = `ERP ${unique()}`;
  const view = await open({ at: '/settings/people' });
  await view.click('tab-keys');
  await view.click('key-create');
  await view.fill('key-name', name);
  await view.click('key-save');
  const key = (await view.the('key-value').innerText()).trim();
  const answer = await view.page.evaluate(
    async (value) => (await fetch('/api/pipelines', { headers: { authorization: `Bearer ${value}` }, credentials: 'omit' })).status,
    key,
  );
  assert.equal(answer, 200);
});
