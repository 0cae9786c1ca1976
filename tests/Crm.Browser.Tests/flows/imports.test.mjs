import { api, assert, eventually, flow, makePerson, makeRole, mobile, unique } from '../house.mjs';

flow('import: map a table, see it run, see the refused row, take it back', async (open) => {
  const word = unique();
  const rows = Array.from({ length: 40 }, (_, index) => `导入${index}${word},导入公司${index}${word},${mobile()}`);
  rows.splice(20, 0, `,没有名字${word},${mobile()}`);
  const view = await open({ at: '/imports/new' });
  await view.the('import-file').setInputFiles({
    name: `线索-${word}.csv`,
    mimeType: 'text/csv',
    buffer: Buffer.from(`姓名,公司,手机\n${rows.join('\n')}\n`),
  });
  await view.seeAttribute('import-steps', 'data-step', '1');
  await view.seeText(`导入0${word}`, '.mapping-sample');
  await view.picture('import-map');
  await view.click('import-start');
  await view.page.waitForURL(/imports\/[0-9a-f]/);
  await view.seeAttribute('import-run', 'data-status', 'done');
  await view.seeText('40', '[data-testid="import-created"]');
  await view.seeText('1', '[data-testid="import-refused"]');
  await view.seeText('22', '[data-testid="import-problems"]'); // the row in the file, its heading counted
  await view.picture('import-done');
  const errors = await view.page.context().request.get(new URL(await view.attribute('import-errors', 'href'), view.page.url()).href);
  assert.match(await errors.text(), new RegExp(`没有名字${word}|22`));
  const found = () => api('GET', `/api/leads?q=${word}&total=true&limit=1`);
  await eventually(found, ({ total }) => total === 40, 'forty leads are there');

  await view.click('import-undo');
  await view.seeAttribute('import-run', 'data-status', 'undone');
  await eventually(found, ({ total }) => total === 0, 'they are gone again');
});

flow('import: who may not is told so at the page’s own address', async (open) => {
  const role = await makeRole(`只看${unique()}`, [{ slice: 'leads', verb: 'read', scopes: ['all'] }]);
  const reader = await makePerson(role);
  const view = await open({ login: reader.login, at: '/imports/new' });
  await view.seeText('你没有权限看这一页', '.empty');
  assert.equal(await view.the('import-file').count(), 0);
});
