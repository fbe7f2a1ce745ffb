// The certified OpenID provider on loopback: prints its issuer, then serves until its standard input ends.
// Everybody may log in, under any name. POST /-/rotate gives it a new key: the old one is gone.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';

const adapter = createMemoryAdapter(); // outlives a change of keys
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
let handle;

const server = createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/-/rotate') {
    rotate();
    response.end();
  } else {
    handle(request, response);
  }
});
server.listen(0, '127.0.0.1', () => {
  rotate();
  console.log(issuer());
});
process.stdin.on('end', () => process.exit(0)).resume();

function issuer() {
  return `http://127.0.0.1:${server.address().port}`;
}

function rotate() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' };
  const provider = new Provider(issuer(), {
    adapter,
    clients: [{
      client_id: 'aigov',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      id_token_signed_response_alg: 'ES256',
      redirect_uris: ['http://127.0.0.1/callback'],
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token', DEVICE],
    }],
    claims: { openid: ['sub'], profile: ['name', 'groups'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['for tests'] },
    features: { deviceFlow: { enabled: true }, devInteractions: { enabled: true }, revocation: { enabled: true } },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: id, email: `${id}@acme.example`, email_verified: true, groups: ['eng', 'eu'] }),
    }),
    jwks: { keys: [key] },
    pkce: { required: () => true },
    ttl: {
      AccessToken: 60,
      AuthorizationCode: 60,
      DeviceCode: 60,
      Grant: 600,
      IdToken: 30,
      Interaction: 60,
      RefreshToken: 600,
      Session: 600,
    },
  });
  provider.use(async (context, next) => {
    await next();
    if (context.path === '/device/auth') context.body.interval = 1; // for quick tests; the default is 5 s
  });
  handle = provider.callback();
}
