import { api, assert, choose, eventually, flow, makePerson, makePipeline, makeRole, mobile, unique, userId } from '../house.mjs';
import { password } from '../server.mjs';

const all = ['all'];

flow('organisation: an admin makes a department and a manager, who sees its leads and not the other’s', async (open) => {
  const word = unique();
  const [mine, theirs, manager] = [await makePerson('sales', `东销${word}`), await makePerson('sales', `西销${word}`), await makePerson('sales', `经理${word}`)];
  const ours = await api('POST', '/api/leads', { name: `东客${word}`, mobile: mobile(), ownerId: mine.id });
  const foreign = await api('POST', '/api/leads', { name: `西客${word}`, mobile: mobile(), ownerId: theirs.id });

  const his = await open({ login: manager.login, at: '/leads' });
  await his.fill('list-search', word);
  await his.seeText(/没有/, '.empty');

  const view = await open({ at: '/settings/organisation' });
  await view.click('department-create');
  await view.fill('department-name', `东区${word}`);
  await choose(view, 'department-manager', manager.name);
  await view.fill('department-region', `华东${word}`);
  await view.click('department-save');
  await view.seeText(`东区${word}`, '[data-testid="department"]');
  const { items } = await api('GET', `/api/departments?filter=name eq "东区${word}"`);
  assert.equal(items[0].managerId, manager.id);
  await choose(view, 'member-add', mine.name);
  await view.see(`member-${mine.login}`);

  await view.go('/settings/people');
  await view.fill('people-search', manager.login);
  await view.click(`person-${manager.login}`);
  await choose(view, 'person-role', '销售经理');
  await choose(view, 'person-department', `东区${word}`);
  await view.fill('person-position', '区域经理');
  await view.click('person-save');
  await view.seeText('区域经理', `[data-testid="person-${manager.login}"]`);

  // the manager's screen follows without a reload
  await his.see(`row-${ours.id}`);
  assert.equal(await his.the(`row-${foreign.id}`).count(), 0);
  await his.go(`/leads/${foreign.id}`);
  await his.page.locator('.empty').first().waitFor();
  assert.equal(await his.the('record-leads').count(), 0);
});

flow('organisation: departments are made below others, moved, closed once they are empty, and reopened', async (open) => {
  const word = unique();
  const top = await api('POST', '/api/departments', { name: `总部${word}` });
  const other = await api('POST', '/api/departments', { name: `分部${word}` });
  const view = await open({ at: `/settings/organisation?department=${top.id}` });
  await view.click('department-create-below');
  await view.fill('department-name', `小组${word}`);
  await view.click('department-save');
  await view.seeText(`小组${word}`, '[data-testid="department"]');
  const below = (await api('GET', `/api/departments?filter=name eq "小组${word}"`)).items[0];
  assert.equal(below.parentId, top.id);

  await view.click(`department-${top.id}`);
  await view.the('department-close').and(view.page.locator(':disabled')).waitFor();
  await view.click(`department-${below.id}`);
  await choose(view, 'department-parent', `分部${word}`);
  await eventually(() => api('GET', `/api/departments/${below.id}`), (it) => it.parentId === other.id, 'the department moved');

  await view.click(`department-${top.id}`);
  await view.fill('department-rename', `旧总部${word}`);
  await view.press('Enter');
  await view.seeText(`旧总部${word}`, '[data-testid="department"]');
  await view.click('department-close');
  await view.undo(`旧总部${word}`);
  await eventually(() => api('GET', `/api/departments/${top.id}`), (it) => it.open, 'the department is open again');
});

flow('roles: a copy with a masked mobile shows it masked, and takes away what it does not grant', async (open) => {
  const word = unique();
  const number = mobile();
  const lead = await api('POST', '/api/leads', { name: `客${word}`, company: `甲${word}`, mobile: number, note: `机密${word}` });
  const clerk = await makePerson('viewer', `文员${word}`);

  const view = await open({ at: '/settings/roles?role=service' });
  await view.click('role-copy');
  await view.fill('role-create-name', `文员${word}`);
  const key = `clerk-${word}`;
  await view.fill('role-create-key', key);
  await view.click('role-create-save');
  await view.seeAttribute(`role-${key}`, 'class', 'settings-item active');
  await view.click('matrix-open-leads');
  await view.click('scope-leads-read-all');
  await view.click('tab-role-fields');
  await view.click('field-mobile-masked');
  await view.click('field-note-hidden');
  await view.click('role-save');
  await view.gone('role-unsaved');
  await api('POST', `/api/users/${clerk.id}/amend`, { role: key });

  const hers = await open({ login: clerk.login, at: '/leads' });
  await hers.fill('list-search', word);
  await hers.seeText(`****${number.slice(-4)}`, `[data-testid="row-${lead.id}"]`);
  assert.equal(await hers.the('lead-create').count(), 0);
  assert.equal(await hers.the('nav-board').count(), 0);
  assert.equal(await hers.the('nav-roles').count(), 0);
  await hers.go(`/leads/${lead.id}`);
  await hers.seeText(`****${number.slice(-4)}`, '[data-testid="fixed-mobile"]');
  for (const absent of ['field-mobile', 'field-company', 'field-note', 'composer-text', 'lead-convert', 'lead-qualify', 'record-share', 'record-explain'])
    assert.equal(await hers.the(absent).count(), 0, absent);
  assert.equal(await hers.text(`机密${word}`).count(), 0);
  assert.ok(!(await hers.page.content()).includes(number));

  // what the role gains appears without a reload
  const role = (await api('GET', '/api/roles')).items.find((each) => each.key === key);
  await api('PUT', `/api/roles/${key}`, { name: role.name, grants: [...role.grants, { slice: 'leads', verb: 'amend', scopes: all }], fields: role.fields });
  await hers.see('field-company');
  assert.equal(await hers.the('field-mobile').count(), 0);
});

flow('roles: a simulation counts who gains sight before a role is saved', async (open) => {
  const word = unique();
  const key = await makeRole(`试算${word}`, [{ slice: 'leads', verb: 'read', scopes: ['own'] }]);
  const person = await makePerson(key, `试算人${word}`);
  await api('POST', '/api/leads', { name: `试${word}`, mobile: mobile(), ownerId: await userId('sales@demo') });
  const view = await open({ at: `/settings/roles?role=${key}` });
  await view.click('matrix-open-leads');
  await view.click('scope-leads-read-all');
  await view.click('role-simulate');
  await view.see(`sight-${person.id}-leads`);
  assert.equal((await api('GET', '/api/roles')).items.find((role) => role.key === key).grants[0].scopes[0], 'own');
  await view.click('sight-ok');
  await view.gone('role-unsaved');
  await eventually(async () => (await api('GET', '/api/roles')).items.find((role) => role.key === key), (role) => role.grants[0].scopes[0] === 'all', 'the role is saved');
  await view.undo(`试算${word}`);
  await eventually(async () => (await api('GET', '/api/roles')).items.find((role) => role.key === key), (role) => role.grants[0].scopes[0] === 'own', 'the role is as before');
});

flow('sharing: one record is opened to a colleague and closed again', async (open) => {
  const word = unique();
  const { key } = await makePipeline();
  const deal = await api('POST', '/api/opportunities', { name: `共享${word}`, pipeline: key, amount: { amount: '1000', currency: 'CNY' }, ownerId: await userId('sales@demo') });
  const colleague = await makePerson('sales', `同事${word}`);
  const hers = await open({ login: colleague.login, at: `/opportunities/${deal.id}` });
  await hers.page.locator('.empty').first().waitFor();

  const view = await open({ login: 'sales@demo', at: `/opportunities/${deal.id}` });
  assert.equal(await view.the('record-explain').count(), 0);
  await view.click('record-share');
  await choose(view, 'share-person', colleague.name);
  await view.click('share-right-edit');
  await view.click('share-give');
  await view.see(`share-${colleague.id}`);
  await hers.go(`/opportunities/${deal.id}`);
  await hers.see('record-opportunities');
  await view.click(`share-end-${colleague.id}`);
  await view.gone(`share-${colleague.id}`);
  await hers.go(`/opportunities/${deal.id}`);
  await hers.page.locator('.empty').first().waitFor();
});

flow('explainer: why somebody may or may not, in both languages', async (open) => {
  const word = unique();
  const [owner, other] = [await makePerson('sales', `主${word}`), await makePerson('sales', `旁${word}`)];
  const lead = await api('POST', '/api/leads', { name: `问${word}`, mobile: mobile(), ownerId: owner.id });
  for (const [locale, refused] of [['zh-CN', `记录归 ${owner.name}，不归 ${other.name}。`], ['en', `${owner.name} owns the record, not ${other.name}.`]]) {
    const view = await open({ at: `/leads/${lead.id}`, locale });
    await view.click('record-explain');
    await choose(view, 'explain-person', owner.name);
    await view.seeAttribute('explanation', 'data-allowed', 'true');
    await view.see('reason-owner');
    await choose(view, 'explain-person', other.name);
    await view.seeAttribute('explanation', 'data-allowed', 'false');
    await view.seeText(refused, '[data-testid="explanation"]');
  }
});
