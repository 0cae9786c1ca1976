import { api, assert, choose, eventually, flow, mobile, unique } from '../house.mjs';

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
  const { id } = await api('POST', '/api/leads', { name: `字段${word}`, mobile: mobile() });
  const sales = await open({ at: `/leads/${id}` });
  await sales.see('record-name');
  const view = await open({ at: '/settings/fields' });
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
  await api('POST', `/api/leads/${id}/amend`, { custom: { [budget]: 90, [seats]: 4 } });
  await sales.seeText(/22\.50?$/);
  await sales.picture('fields-record');
  const lead = await api('GET', `/api/leads/${id}`);
  assert.equal(Number(lead.custom[each]), 22.5);

  const listed = (filter) => api('GET', `/api/leads?filter=${encodeURIComponent(filter)}`);
  assert.deepEqual((await listed(`custom.${budget} ge 90`)).items.map((item) => item.id), [id]);
  await view.click(`custom-retire-${level}`);
  await view.page.locator('.ant-popconfirm .ant-btn-primary').click();
  await view.see(`custom-restore-${level}`);
  await eventually(
    () => api('GET', '/api/fields'),
    (books) => JSON.stringify(books).includes(level),
    'the retired field is still known',
  );
});
