import { createHash, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

const base64url = (value) => Buffer.from(value).toString('base64url');

/**
 * A small OpenID provider: discovery, keys, code flow with PKCE, signed id tokens. It asks nobody anything: whoever comes is `person`.
 * `hooks.claims` changes what an id token says.
 */
export async function startProvider(person, hooks = {}) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const codes = new Map();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, issuer);
    const json = (status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (url.pathname === '/.well-known/openid-configuration')
      return json(200, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      });
    if (url.pathname === '/keys')
      return json(200, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] });
    if (url.pathname === '/authorize') {
      const code = randomUUID();
      codes.set(code, url.searchParams);
      const back = new URL(url.searchParams.get('redirect_uri'));
      back.searchParams.set('code', code);
      back.searchParams.set('state', url.searchParams.get('state'));
      return response.writeHead(302, { location: back.href }).end();
    }
    if (url.pathname === '/token') {
      let text = '';
      for await (const chunk of request) text += chunk;
      const form = new URLSearchParams(text);
      const asked = codes.get(form.get('code'));
      codes.delete(form.get('code'));
      const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
      if (!asked || challenge !== asked.get('code_challenge')) return json(400, { error: 'invalid_grant' });
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: issuer, aud: asked.get('client_id'), nonce: asked.get('nonce'), iat: now, exp: now + 300, ...person };
      const body = `${base64url(JSON.stringify({ alg: 'RS256', kid: 'one', typ: 'JWT' }))}.${base64url(JSON.stringify({ ...claims, ...hooks.claims?.() }))}`;
      return json(200, { id_token: `${body}.${createSign('RSA-SHA256').update(body).sign(privateKey, 'base64url')}`, token_type: 'Bearer', access_token: 'unused' });
    }
    return json(404, {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${server.address().port}`;
  return { issuer, stop: () => server.close() };
}
