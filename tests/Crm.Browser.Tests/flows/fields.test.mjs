import { api, assert, choose, eventually, fileOf, flow, mobile, ownServer, phone, unique, userId } from '../house.mjs';

// what is required or hidden here would be so for everybody
const at = await ownServer();
const ask = (method, path, body) => api(method, path, body, at);

async function define(view, { zh, type, key, expression, options }) {
  await view.click('field-add');
  await view.fill('custom-field-zh', zh);
  if (type) await choose(view, 'custom-field-type', type);
  await view.fill('custom-field-key', key);
  if (options) await view.fill('custom-field-options', options);
  if (expression) await view.fill('custom-field-expression', expression);
  await view.click('custom-field-save');
}

flow('fields: an admin defines them, they are on records at once, and a formula reckons', async (open) => {
  const word = unique();
  const [budget, seats, each, level] = ['b', 's', 'e', 'l'].map((letter) => `${letter}${word}`);
  const { id } = await ask('POST', '/api/leads', { name: `字段${word}`, mobile: mobile() });
  const sales = await open({ ...at, at: `/leads/${id}` });
  await sales.see('record-name');
  const view = await open({ ...at, at: '/settings/fields' });
  await define(view, { zh: `预算${word}`, type: '数字', key: budget });
  await view.see(`custom-field-${budget}`);
  await define(view, { zh: `人数${word}`, type: '数字', key: seats });
  await view.see(`custom-field-${seats}`);
  await define(view, { zh: `等级${word}`, type: '单选', key: level, options: '大客户\n小客户' });
  await view.see(`custom-field-${level}`);
  await define(view, { zh: `人均${word}`, type: '公式', key: each, expression: `custom.${budget} / nosuch` });
  await view.seeText(/第 \d+ 个字符/, '[data-testid="custom-field-refused"]');
  await view.fill('custom-field-expression', `custom.${budget} / ${seats}`);
  await view.click('custom-field-save');
  await view.see(`custom-field-${each}`);
  await view.picture('fields-settings');

  // the page that was open before has them without a reload
  await sales.see(`field-custom-${level}`);
  await sales.seeText(`人均${word}`);
  await ask('POST', `/api/leads/${id}/amend`, { custom: { [budget]: 90, [seats]: 4 } });
  await sales.seeText(/22\.50?$/);
  await sales.picture('fields-record');
  const lead = await ask('GET', `/api/leads/${id}`);
  assert.equal(Number(lead.custom[each]), 22.5);

  const listed = (filter) => ask('GET', `/api/leads?filter=${encodeURIComponent(filter)}`);
  assert.deepEqual((await listed(`custom.${budget} ge 90`)).items.map((item) => item.id), [id]);
  await view.click(`custom-retire-${level}`);
  await view.page.locator('.ant-popconfirm .ant-btn-primary').click();
  await view.see(`custom-restore-${level}`);
  await eventually(
    () => ask('GET', '/api/fields'),
    (books) => JSON.stringify(books).includes(level),
    'the retired field is still known',
  );
});

/** Fields of the test's own. */
async function makeFields(...fields) {
  for (const field of fields) await ask('POST', '/api/fields/leads/add', field);
}

flow('fields: a list shows one as a column, is sorted and filtered by it, and a role from which it is hidden knows nothing of it', async (open) => {
  const word = unique();
  const [seats, level] = [`s${word}`, `l${word}`];
  await makeFields(
    { key: seats, type: 'number', scale: 0, label: { zh: `座位${word}` } },
    { key: level, type: 'choice', label: { zh: `等级${word}` }, options: [{ key: 'big', label: { zh: '大客户' } }, { key: 'small', label: { zh: '小客户' } }] },
  );
  const ownerId = await userId('sales@demo', at);
  const ids = [];
  for (const [count, option] of [[7, 'big'], [420, 'small'], [31, 'big']])
    ids.push((await ask('POST', '/api/leads', { name: `排序${word}${count}`, mobile: mobile(), ownerId, custom: { [seats]: count, [level]: option } })).id);
  const [few, many, some] = ids;
  // who sees what is a matter of fields here, not of leaving with a file
  const sales = (await ask('GET', '/api/roles')).items.find((role) => role.key === 'sales');
  const grants = [...sales.grants, { slice: 'leads', verb: 'export', scopes: ['own'] }, { slice: 'exports', verb: 'read', scopes: ['own'] }];
  await ask('PUT', '/api/roles/sales', { name: sales.name, grants, fields: sales.fields });
  const seller = await open({ ...at, login: 'sales@demo', at: `/leads/${few}` });
  await seller.see(`custom-value-${seats}`);

  const view = await open({ ...at, at: `/leads?q=${word}` });
  await view.see(`row-${few}`);
  await view.click('column-picker');
  await view.page.locator('.column-picker').getByText(`座位${word}`).click();
  await view.page.locator('.column-picker').getByText(`等级${word}`).click();
  await view.press('Escape');
  await view.seeText('420', `[data-testid="row-${many}"]`);
  await view.seeText('大客户', `[data-testid="row-${few}"]`);
  const shown = (wanted) =>
    eventually(
      () => view.page.locator('.grid-row').evaluateAll((rows) => rows.toSorted((a, b) => a.ariaRowIndex - b.ariaRowIndex).map((row) => row.dataset.testid.slice(4))),
      (rows) => JSON.stringify(rows) === JSON.stringify(wanted),
      'the rows in their order',
    );
  await view.click(`sort-custom.${seats}`);
  await view.page.waitForURL(/sort=/);
  await view.click(`sort-custom.${seats}`);
  const order = new URL(view.page.url()).searchParams.get('sort').startsWith('-') ? [many, some, few] : [few, some, many];
  await shown(order);

  await view.click('filter-add');
  await view.page.getByRole('menuitem', { name: `等级${word}` }).click();
  await view.page.locator('.ant-select-item-option', { hasText: '大客户' }).click();
  await view.press('Escape');
  await shown(order.filter((id) => id !== many));
  await view.click('filter-add');
  await view.page.getByRole('menuitem', { name: `座位${word}` }).click();
  await view.fill('filter-value', '30');
  await view.press('Enter');
  await shown([some]);
  await view.picture('fields-list');

  await view.go('/settings/roles?role=sales');
  await view.click('tab-role-fields');
  await choose(view, 'role-fields-slice', '线索');
  await view.click(`field-custom.${seats}-hidden`);
  await view.picture('fields-role');
  await view.click('role-save');
  await view.gone('role-unsaved');

  // the page that was open loses it, and so do lists, filters and files
  await seller.gone(`custom-value-${seats}`);
  await seller.see(`custom-value-${level}`);
  await seller.go(`/leads?q=${word}`);
  await seller.see(`row-${few}`);
  await seller.click('column-picker');
  await seller.seeText(`等级${word}`, '.column-picker');
  assert.equal(await seller.text(`座位${word}`).count(), 0, 'no such column');
  await seller.press('Escape');
  await seller.click('filter-add');
  await seller.page.getByRole('menuitem', { name: `等级${word}` }).waitFor();
  assert.equal(await seller.page.getByRole('menuitem', { name: `座位${word}` }).count(), 0, 'no such filter');
  await seller.press('Escape');
  const taken = async (who) => {
    await who.go(`/leads?q=${word}`);
    await who.see(`row-${few}`);
    await who.click('list-export');
    await who.text('CSV', '.ant-dropdown').click();
    await who.page.waitForURL(/exports/);
    return (await fileOf(who, () => who.the('export-file').first().click())).text;
  };
  const [his, hers] = [await taken(seller), await taken(view)];
  assert.ok(his.includes(`排序${word}420`) && hers.includes(`排序${word}420`), 'both files hold the rows');
  assert.ok(hers.includes(seats) || hers.includes(`座位${word}`), 'the file of whoever sees it has it');
  assert.ok(!his.includes(seats) && !his.includes(`座位${word}`), 'the file of whoever does not has no such column');
});

flow('fields: values are edited where they stand, and what is refused is not lost', async (open) => {
  const word = unique();
  const [budget, level, site, advisor] = ['b', 'l', 'w', 'a'].map((letter) => `${letter}${word}`);
  await makeFields(
    { key: budget, type: 'money', label: { zh: `预算${word}`, en: `Budget ${word}` } },
    { key: level, type: 'choice', label: { zh: `等级${word}`, en: `Level ${word}` }, options: [{ key: 'big', label: { zh: '大客户', en: 'Key account' } }] },
    { key: site, type: 'link', label: { zh: `官网${word}`, en: `Site ${word}` } },
    { key: advisor, type: 'person', label: { zh: `顾问${word}`, en: `Advisor ${word}` }, required: true },
  );
  const admin = await userId('admin@demo', at);
  const { id } = await ask('POST', '/api/leads', { name: `编辑${word}`, mobile: mobile(), custom: { [advisor]: admin } });
  const custom = (key, fits, what) => eventually(async () => (await ask('GET', `/api/leads/${id}`)).custom?.[key], fits, what);
  const view = await open({ ...at, at: `/leads/${id}` });

  await view.click(`field-custom-${budget}`);
  await view.fill(`edit-custom-${budget}`, '很多');
  assert.ok(await view.the(`keep-custom-${budget}`).isDisabled(), 'what is no amount is not sent');
  await view.fill(`edit-custom-${budget}`, '12.5万');
  await view.press('Enter');
  await custom(budget, (value) => Number(value?.amount) === 125_000 && value.currency === 'CNY', 'the amount is kept');
  await view.seeText('¥125,000', `[data-testid="custom-value-${budget}"]`);

  await view.click(`field-custom-${level}`);
  await view.page.locator('.ant-select-item-option', { hasText: '大客户' }).click();
  await custom(level, (value) => value === 'big', 'the choice is kept at once');

  await view.click(`field-custom-${site}`);
  await view.fill(`edit-custom-${site}`, 'javascript:alert(1)');
  await view.click(`keep-custom-${site}`);
  await view.toast('http').waitFor();
  assert.equal(await view.the(`edit-custom-${site}`).inputValue(), 'javascript:alert(1)', 'what was refused is still there');
  await view.fill(`edit-custom-${site}`, 'https://example.com/a');
  await view.click(`keep-custom-${site}`);
  await custom(site, (value) => value === 'https://example.com/a', 'the mended link is kept');
  await view.page.locator(`[data-testid="custom-value-${site}"] a[href="https://example.com/a"]`).waitFor();

  // somebody must stay the advisor
  await view.click(`field-custom-${advisor}`);
  await view.the(`edit-custom-${advisor}`).hover();
  assert.equal(await view.the(`custom-value-${advisor}`).locator('.ant-select-clear').count(), 0);
  await view.picture('fields-edited');
  await ask('POST', '/api/fields/leads/amend', { key: advisor, required: false });
});

flow('fields: options are renamed in one language at a time, added and retired, and the drawer stays', async (open) => {
  const word = unique();
  const level = `o${word}`;
  await makeFields({ key: level, type: 'choice', label: { zh: `等级${word}`, en: `Level ${word}` }, options: [{ key: 'big', label: { zh: '大客户', en: 'Key account' } }] });
  const options = (fits, what) =>
    eventually(
      async () => (await ask('GET', '/api/fields')).items.flatMap((book) => book.fields).find((field) => field.key === level).options,
      fits,
      what,
    );
  const view = await open({ ...at, locale: 'en', look: 'dark', at: '/settings/fields' });
  await view.the(`custom-field-${level}`).getByRole('button', { name: `Level ${word}` }).click();
  await view.fill('custom-option-big-en', 'Strategic');
  await view.press('Enter');
  await options(([big]) => big.label.en === 'Strategic' && big.label.zh === '大客户', 'the other language stays');
  await view.fill('custom-option-new', '小客户');
  await view.fill('custom-option-new-en', 'Small');
  await view.click('custom-option-add');
  const [, small] = await options((all) => all.length === 2, 'the option is there');
  await view.fill(`custom-option-${small.key}-zh`, '');
  await view.press('Enter');
  await options(([, second]) => second.label.zh === null && second.label.en === 'Small', 'one language may go');
  await view.fill(`custom-option-${small.key}-en`, '');
  await view.press('Enter');
  await eventually(() => view.the(`custom-option-${small.key}-en`).inputValue(), (text) => text === 'Small', 'not both');
  await view.click(`custom-option-${small.key}-retire`);
  await view.see(`custom-option-${small.key}-restore`);
  await view.picture('fields-options');

  const pocket = await open({ ...at, locale: 'en', size: phone, at: '/settings/fields' });
  await pocket.see(`custom-field-${level}`);
  await pocket.picture('fields-phone');
  const [wide, most] = await pocket.page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  assert.ok(wide <= most, `${wide} wide on a screen of ${most}`);
});
