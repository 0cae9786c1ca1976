import { api, assert, eventually, fileOf, flow, makePerson, makeRole, mobile, phone, unique } from '../house.mjs';

const pdf = (text) => Buffer.from(`%PDF-1.4\n% ${text}\n%%EOF\n`);
const lead = async (name) => (await api('POST', '/api/leads', { name, mobile: mobile() })).id;
const filesOf = (id) => api('GET', `/api/leads/${id}/files`);

const line = (view, name) => view.page.locator('[data-testid="file-line"]', { hasText: name });
const attach = (view, ...files) => view.the('file-input').setInputFiles(files);

/** Drops a file on the panel, as from a folder. */
async function dropOn(view, name, type, text) {
  const data = await view.page.evaluateHandle(
    ([name, type, text]) => {
      const data = new DataTransfer();
      data.items.add(new File([text], name, { type }));
      return data;
    },
    [name, type, text],
  );
  await view.the('record-files').dispatchEvent('dragover', { dataTransfer: data });
  await view.page.locator('.file-drop.over').waitFor();
  await view.picture('files-drop');
  await view.the('record-files').dispatchEvent('drop', { dataTransfer: data });
}

flow('files: attached by the button and dropped, seen by who looks on, downloaded, removed and brought back', async (open) => {
  const word = unique();
  const id = await lead(`附件${word}`);
  const other = await open({ at: `/leads/${id}` });
  await other.see('record-files');
  const view = await open({ at: `/leads/${id}` });
  await view.seeText('还没有附件');
  await attach(view, { name: `报价单${word}.pdf`, mimeType: 'application/pdf', buffer: pdf(word) });
  await line(view, `报价单${word}.pdf`).waitFor();
  await view.page.locator('[data-testid="event-file-attached"]').first().waitFor();
  // whoever looks at the record sees it come
  await line(other, `报价单${word}.pdf`).waitFor();
  await other.page.locator('[data-testid="event-file-attached"]').first().waitFor();

  await dropOn(view, `会议纪要${word}.txt`, 'text/plain', '下周给方案');
  await line(view, `会议纪要${word}.txt`).waitFor();
  const file = await fileOf(view, () => line(view, '会议纪要').getByTestId('file-fetch').click());
  assert.deepEqual([file.name, file.text], [`会议纪要${word}.txt`, '下周给方案']);
  assert.match(view.page.url(), new RegExp(id), 'the page stays');
  await view.picture('files-record');

  await line(view, '报价单').getByTestId('file-remove').click();
  await line(view, '报价单').waitFor({ state: 'detached' });
  await line(other, '报价单').waitFor({ state: 'detached' });
  await view.undo('报价单');
  await line(view, '报价单').waitFor();
  assert.equal((await filesOf(id)).items.length, 2);
});

flow('files: while one is on its way it is shown; what is refused is said, with its name, and the others go on', async (open) => {
  const word = unique();
  const id = await lead(`附件${word}`);
  const view = await open({ at: `/leads/${id}`, locale: 'en', look: 'dark' });
  await view.seeText('No files yet');
  let letGo;
  const held = new Promise((resolve) => {
    letGo = resolve;
  });
  await view.page.route(/\/files\?name=/, async (route) => {
    if (decodeURIComponent(route.request().url()).includes('slow')) await held;
    await route.continue();
  });
  await attach(
    view,
    { name: 'slow.pdf', mimeType: 'application/pdf', buffer: pdf(word) },
    { name: 'setup.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') },
    { name: 'fake.pdf', mimeType: 'application/pdf', buffer: Buffer.from('no such thing') },
    { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.from('') },
  );
  await view.page.locator('[data-testid="file-sending"]', { hasText: 'slow.pdf' }).waitFor();
  await view.toast('setup.exe').getByText('Files of this sort are not taken').waitFor();
  await view.toast('fake.pdf').getByText('not what its name says').waitFor();
  await view.toast('empty.txt').getByText('nothing in the file').waitFor();
  await view.picture('files-dark');
  letGo();
  await line(view, 'slow.pdf').waitFor();
  await view.the('file-sending').waitFor({ state: 'detached' });
  assert.deepEqual((await filesOf(id)).items.map((file) => file.name), ['slow.pdf']);

  // one that is too large is not even sent
  await view.page.route('**/files', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), largestBytes: 10 } });
  });
  await view.page.reload();
  await line(view, 'slow.pdf').waitFor();
  await attach(view, { name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(64) });
  await view.toast('film.mp4 is too large').waitFor();
  assert.equal((await filesOf(id)).items.length, 1);
});

flow('files: who may only read sees them and changes nothing; without any there is no panel', async (open) => {
  const word = unique();
  const [full, empty] = [await lead(`附件${word}`), await lead(`空的${word}`)];
  const admin = await open({ at: `/leads/${full}`, size: phone });
  await admin.click('tab-fields');
  await attach(admin, { name: `合同${word}.pdf`, mimeType: 'application/pdf', buffer: pdf(word) });
  await line(admin, '合同').waitFor();
  await line(admin, '合同').scrollIntoViewIfNeeded();
  await admin.picture('files-phone');
  const role = await makeRole(`只读${word}`, [{ slice: 'leads', verb: 'read', scopes: ['all'] }]);
  const reader = await makePerson(role);
  const view = await open({ login: reader.login, at: `/leads/${full}` });
  await line(view, '合同').waitFor();
  assert.deepEqual([await view.the('file-add').count(), await view.the('file-remove').count()], [0, 0]);
  const file = await fileOf(view, () => line(view, '合同').getByTestId('file-fetch').click());
  assert.ok(file.text.includes(word));
  await view.go(`/leads/${empty}`);
  await view.see('timeline');
  await eventually(() => view.the('record-files').count(), (count) => count === 0, 'there is no panel');
});
