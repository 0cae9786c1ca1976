import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { api, eventually, flow, makePerson, pictures, unique } from '../house.mjs';
import { startProvider } from '../provider.mjs';
import { password } from '../server.mjs';

/** What an authenticator app shows (RFC 6238). */
function codeOf(secret, ahead = 0) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const seed = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const hash = createHmac('sha1', seed).update(step).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

const shot = (view, name) => view.page.screenshot({ path: join(pictures, `security-${name}.png`) });

async function signInByForm(view, login, secret) {
  await view.fill('sign-in-login', login);
  await view.fill('sign-in-password', secret);
  await view.click('sign-in-submit');
}

flow('security: an authenticator app is set up, asked for, and a recovery code replaces it', async (open) => {
  const person = await makePerson();
  const view = await open({ login: person.login, at: '/security' });
  await view.click('totp-begin');
  const secret = (await view.the('totp-secret').innerText()).trim();
  await shot(view, 'totp');
  await view.fill('totp-code', codeOf(secret));
  await view.click('totp-confirm');
  const codes = (await view.the('recovery-codes').innerText()).split('\n').map((code) => code.trim());
  assert.equal(codes.length, 10);
  await view.click('codes-close');
  await view.see('totp-on');
  await shot(view, 'own-zh');

  const other = await open({ login: null, at: '/sign-in', locale: 'en' });
  await shot(other, 'sign-in-en');
  await signInByForm(other, person.login, password);
  await other.fill('sign-in-code', '000000');
  await other.click('sign-in-code-submit');
  await other.see('sign-in-error');
  await shot(other, 'code-en');
  await other.fill('sign-in-code', codes[0]);
  await other.click('sign-in-code-submit');
  await other.seeText(person.name, 'h1');
});

flow('security: a passkey is made and signs in alone', async (open) => {
  const person = await makePerson();
  const url = process.env.CRM_URL.replace('127.0.0.1', 'localhost');
  const view = await open({ login: person.login, at: '/security', url });
  const devtools = await view.page.context().newCDPSession(view.page);
  await devtools.send('WebAuthn.enable');
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await view.click('passkey-add');
  await view.see('passkey-row');
  await shot(view, 'passkey');

  await view.page.context().clearCookies();
  await view.go('/sign-in');
  await view.click('sign-in-passkey');
  await view.seeText(person.name, 'h1');

  // somebody else holds the device: the passkey proves nothing
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await view.page.context().clearCookies();
  await view.go('/sign-in');
  await view.click('sign-in-passkey');
  await view.see('sign-in-passkey');
  assert.match(view.page.url(), /sign-in/);
});

flow('security: a session is ended from elsewhere, and its page shows the door', async (open) => {
  const person = await makePerson();
  const here = await open({ login: person.login, at: '/security' });
  const there = await open({ login: null, at: '/sign-in' });
  await signInByForm(there, person.login, password);
  await there.seeText(person.name, 'h1');
  await here.page.reload();
  await here.click('session-revoke');
  await eventually(() => there.page.evaluate(() => fetch('/api/session').then((answer) => answer.status)), (status) => status === 401, 'the other session to end');
  await there.turnTo('/leads').catch(() => {});
  await there.page.reload();
  await there.page.waitForURL(/sign-in/);
});

flow('security: a forgotten password goes by the outbox, once', async (open) => {
  const person = await makePerson();
  const view = await open({ login: null, at: '/sign-in' });
  await view.click('sign-in-forgotten');
  await view.fill('forgotten-login', person.login);
  await shot(view, 'forgotten');
  await view.click('forgotten-submit');
  await view.see('forgotten-sent');

  const admin = await open({ at: '/settings/security' });
  await admin.click('tab-outbox');
  await admin.click(`mail-open-${person.login}`);
  const link = /https?:\S+/.exec(await admin.the('mail-text').innerText())[0];
  await shot(admin, 'outbox');

  await view.page.goto(link);
  await view.fill('link-password', 'another-pass-9');
  await view.fill('link-again', 'another-pass-9');
  await shot(view, 'reset');
  assert.equal(new URL(view.page.url()).hash, '');
  await view.click('link-submit');
  await view.page.waitForURL(/sign-in/);
  await signInByForm(view, person.login, 'another-pass-9');
  await view.seeText(person.name, 'h1');
});

flow('security: somebody invited chooses a password and begins', async (open) => {
  const word = unique();
  const login = `${word}@example.com`;
  const admin = await open({ at: '/settings/people', locale: 'en' });
  await admin.click('person-create');
  await admin.fill('person-name', `Zoe ${word}`);
  await admin.fill('person-login', login);
  await shot(admin, 'invite-en');
  await admin.click('person-save');
  await admin.see(`person-${login}`);
  const { items } = await eventually(
    () => api('GET', `/api/mails?filter=${encodeURIComponent(`to eq "${login}"`)}`),
    ({ items: mails }) => mails.length === 1,
    'the invitation',
  );
  const { text } = await api('POST', `/api/mails/${items[0].id}/open`, {});
  const view = await open({ login: null, at: '/sign-in', locale: 'en' });
  await view.page.goto(/https?:\S+/.exec(text)[0]);
  await view.fill('link-password', 'my-own-pass-1');
  await view.fill('link-again', 'my-own-pass-1');
  await shot(view, 'accept-en');
  await view.click('link-submit');
  await view.seeText(`Zoe ${word}`, 'h1');
});

flow('security: a company account lets in whose verified address is known, and nobody else', async (open) => {
  const word = unique();
  const login = `${word}@corp.example`;
  await api('POST', '/api/users', { name: `员工${word}`, login, password, role: 'sales' });
  const claims = { email: login, email_verified: false };
  const provider = await startProvider({ sub: word }, { claims: () => claims });
  try {
    const admin = await open({ at: '/settings/security' });
    await admin.fill('company-label', 'Corp');
    await admin.fill('company-issuer', provider.issuer);
    await admin.fill('company-client', 'crm');
    await admin.fill('company-secret', 'a secret');
    if ((await admin.attribute('company-enabled', 'aria-checked')) !== 'true') await admin.click('company-enabled');
    await admin.click('company-save');
    await admin.toast('').first().waitFor();
    await shot(admin, 'company');

    const view = await open({ login: null, at: '/sign-in?company=demo' });
    await view.click('sign-in-company-submit');
    await view.page.waitForURL(/company-not-linked/);
    await shot(view, 'company-not-linked');

    claims.email_verified = true;
    await view.go('/sign-in?company=demo');
    await view.click('sign-in-company-submit');
    await view.seeText(`员工${word}`, 'h1');

    // known by its subject from now on, whatever the address becomes
    claims.email = 'renamed@corp.example';
    claims.email_verified = false;
    await view.page.context().clearCookies();
    await view.go('/sign-in?company=demo');
    await view.click('sign-in-company-submit');
    await view.seeText(`员工${word}`, 'h1');

    // an answer to what another browser began lets nobody in
    const stranger = await open({ login: null, at: '/sign-in/callback?code=x&state=y' });
    await stranger.page.waitForURL(/company-state/);

    await admin.click('tab-log');
    await admin.see('sign-in-log');
    await shot(admin, 'log');
  } finally {
    provider.stop();
  }
});

flow('security: a key gets the scopes that were ticked', async (open) => {
  const name = `Web ${unique()}`;
  const view = await open({ at: '/settings/people', locale: 'en' });
  await view.click('tab-keys');
  await view.click('key-create');
  await view.fill('key-name', name);
  await view.page.locator('[data-testid="key-scope-choice"] .ant-segmented-item').nth(1).click();
  await view.page.getByTestId('scope-leads:read').check();
  await shot(view, 'scopes-en');
  await view.click('key-save');
  const key = (await view.the('key-value').innerText()).trim();
  const ask = (path) =>
    view.page.evaluate(
      async ([to, value]) => (await fetch(to, { headers: { authorization: `Bearer ${value}` }, credentials: 'omit' })).status,
      [path, key],
    );
  assert.equal(await ask('/api/leads'), 200);
  assert.equal(await ask('/api/customers'), 403);
});
