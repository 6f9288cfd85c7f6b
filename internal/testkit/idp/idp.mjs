// A real identity provider for tests, on loopback: npm oidc-provider with a
// sign-in page of its own that takes any name. It ends when its standard input
// does, so that it never outlives the test that started it.
//
// Options come as JSON in the first argument: {redirect, out}.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));

const options = JSON.parse(process.argv[2]);
const client = { id: 'onus', secret: 'a-secret-for-tests-only' };
const key = { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), kid: 'test', use: 'sig' };

let handle;
const server = createServer((req, res) => handle(req, res));
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const issuer = `http://127.0.0.1:${server.address().port}`;

const page = (title, body) => `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>
<body><main><h1>${title}</h1>${body}</main></body></html>`;

const provider = new Provider(issuer, {
  clients: [{
    client_id: client.id,
    client_secret: client.secret,
    redirect_uris: [options.redirect],
    post_logout_redirect_uris: options.out ? [options.out] : [],
    grant_types: ['authorization_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
  }],
  jwks: { keys: [key] },
  cookies: { keys: ['only', 'for', 'tests'] },
  pkce: { required: () => true },
  acrValues: ['urn:onus:mfa', 'urn:onus:password'],
  claims: { openid: ['sub'], acr: null, auth_time: null, iss: null, sid: null },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => {
        ctx.body = page('Sign out', `${form}<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out here too</button>`);
      },
      postLogoutSuccessSource: (ctx) => { ctx.body = page('Signed out', ''); },
    },
  },
  findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  // Who signs in agrees: nobody is asked.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid');
    await grant.save();
    return grant;
  },
  ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 300, Interaction: 600, Grant: 600, Session: 3600 },
});
provider.on('server_error', (ctx, err) => console.error(err));

const own = provider.callback();
const form = async (req) => {
  let text = '';
  for await (const part of req) text += part;
  return new URLSearchParams(text);
};

handle = async (req, res) => {
  if (!req.url.startsWith('/interaction/')) return own(req, res);
  try {
    const { uid, prompt } = await provider.interactionDetails(req, res);
    if (req.method === 'POST') {
      const said = await form(req);
      const login = said.get('login') ?? '';
      const result = said.has('stop') || !/^[\x21-\x7e]{1,100}$/.test(login)
        ? { error: 'access_denied', error_description: 'The person stopped.' }
        : { login: { accountId: login, acr: said.has('mfa') ? 'urn:onus:mfa' : 'urn:onus:password', remember: true } };
      return await provider.interactionFinished(req, res, result, { mergeWithLastSubmission: false });
    }
    res.setHeader('Content-Type', 'text/html; charset=utf-8');
    res.end(page('Test sign-in', `<form method="post" action="/interaction/${uid}" data-prompt="${prompt.name}">
<p><label for="login">Name</label> <input id="login" name="login" autocomplete="off" autofocus></p>
<p><label><input type="checkbox" name="mfa" value="yes" checked> with a second factor</label></p>
<p><button type="submit">Sign in</button> <button type="submit" name="stop" value="yes">Stop</button></p></form>`));
  } catch (err) {
    res.statusCode = 400;
    res.end(page('Wrong', '<p>There is no such sign-in.</p>'));
  }
};

console.log(JSON.stringify({ issuer, clientID: client.id, clientSecret: client.secret }));
