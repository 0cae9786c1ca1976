import { api, assert, eventually, flow, mobile, ownServer, unique } from '../house.mjs';

// a template changes what everybody sees
const at = await ownServer();

flow('templates: simulated on real records, switched with one click, and switched back with own changes', async (open) => {
  const word = unique();
  const pool = await api('POST', '/api/leads', { name: `公海${word}`, mobile: mobile() }, at);
  const standard = (await api('GET', '/api/roles', undefined, at)).items.find((role) => role.key === 'brand');
  await api('PUT', '/api/roles/brand', { name: `品牌${word}`, grants: standard.grants, fields: [] }, at);
  const { items } = await api('GET', '/api/users', undefined, at);
  const sales = items.find((user) => user.login === 'sales@demo');

  const hers = await open({ login: 'sales@demo', at: '/leads', ...at });
  await hers.fill('list-search', word);
  await hers.see(`row-${pool.id}`);

  const view = await open({ at: '/settings/roles?tab=templates', ...at });
  await view.seeAttribute('template-standard', 'data-current', 'true');
  await view.click('template-simulate-factory');
  await view.seeText('−1', `[data-testid="sight-${sales.id}-leads"]`);
  await view.seeText(`品牌${word}`, '.ant-modal');
  await view.picture('templates-simulation');
  await view.click('sight-ok');
  await view.seeAttribute('template-factory', 'data-current', 'true');
  await hers.gone(`row-${pool.id}`);
  assert.equal((await api('GET', `/api/leads/${pool.id}`, undefined, at)).version, 1);

  await view.undo('工厂型');
  await view.seeAttribute('template-standard', 'data-current', 'true');
  await hers.see(`row-${pool.id}`);
  await eventually(
    () => api('GET', '/api/roles', undefined, at),
    (book) => book.items.find((role) => role.key === 'brand').name === `品牌${word}`,
    'the own change is back',
  );
});
