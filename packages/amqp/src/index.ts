import { type Address, defineEmulator, type Emulator } from '@wirelike/kernel';
import { control } from './admin/control.ts';
import { LIMIT_SETTINGS, limitsOf, loginSourcesOf, transientQueuesOf } from './admin/limit-settings.ts';
import { seed } from './admin/seed.ts';
import { Broker, releaseOf } from './model/index.ts';
import { AmqpSession } from './session/amqp-session.ts';
import { certificateLoginOf } from './session/certificate-name.ts';
import { serveManagement } from './session/management/server.ts';
import { memoryWatch, watermarkOf } from './session/memory-watch.ts';
import { OPERATIONS } from './session/operations.ts';
import { PEER_VERIFICATION_SETTINGS, peerVerificationOf } from './session/peer-verification.ts';
import { announcedBy, checkedPersona } from './session/persona.ts';
import { replyCodeOf, replyNameOf } from './session/replies.ts';

const url = (scheme: string, address: Address): string => `${scheme}://guest:guest@${host(address)}:${address.port}/%2F`;

const host = ({ host }: Address): string => (host.includes(':') ? `[${host}]` : host);

const managementUrl = (address: Address): string => `http://guest:guest@${host(address)}:${address.port}`;

/** RabbitMQ 4's default (`vm_memory_high_watermark.relative`). */
const HIGH_WATERMARK = '0.6';

const CERTIFICATE_LOGIN = 'distinguished_name';

const amqp: Emulator = defineEmulator({
  name: 'amqp',
  title: 'AMQP 0-9-1 broker that speaks as RabbitMQ does',
  listeners: [
    { name: 'amqp', transport: 'tcp', port: 5672, title: 'AMQP', url: (address) => url('amqp', address) },
    {
      name: 'amqps',
      transport: 'tls',
      port: 5671,
      title: 'AMQP over TLS',
      url: (address) => url('amqps', address),
      needsClientCertificate: (settings) => peerVerificationOf(settings).needsCertificate,
    },
    { name: 'management', transport: 'tcp', port: 15_672, title: 'RabbitMQ management', detached: true, url: managementUrl },
  ],
  operations: OPERATIONS,
  settings: [
    { name: 'persona', help: 'the RabbitMQ to be: 4, 3.13, 3.10, or a whole version to announce', default: '4' },
    {
      name: 'vm_memory_high_watermark',
      help: 'memory of the process past which publishers are blocked: a fraction of the machine’s, or bytes',
      default: HIGH_WATERMARK,
    },
    {
      name: 'ssl_cert_login_from',
      help: 'what of a client’s certificate is its user, for EXTERNAL: distinguished_name, common_name, subject_alternative_name',
      default: CERTIFICATE_LOGIN,
    },
    ...PEER_VERIFICATION_SETTINGS,
    {
      name: 'transient_nonexcl_queues',
      help: 'queues that are neither durable nor exclusive: permitted, denied, or as the RabbitMQ to be has it by default',
      default: 'default',
    },
    {
      name: 'track_auth_attempt_source',
      help: 'whether logins are counted by address and user, too: true or false',
      default: 'false',
    },
    ...LIMIT_SETTINGS,
  ],
  environment: (addresses) => ({
    ...variable('AMQP_URL', addresses.get('amqp'), (address) => url('amqp', address)),
    ...variable('AMQPS_URL', addresses.get('amqps'), (address) => url('amqps', address)),
    ...variable('RABBITMQ_MANAGEMENT_URL', addresses.get('management'), managementUrl),
  }),
  examples: (addresses) => {
    const address = addresses.get('amqp');
    if (address === undefined) return [];
    const where = `-u amqp://guest:guest@${host(address)}:${address.port}`;
    // In this order, in one terminal: what is published before there is a queue is lost.
    return [`amqp-declare-queue ${where} -q greetings`, `amqp-publish ${where} -r greetings -b hello`, `amqp-get ${where} -q greetings`];
  },
  seed_extensions: ['.json'],
  createModel: ({ clock, random, settings }) => {
    const { version } = releaseOf(checkedPersona(settings.persona ?? '4'));
    watermarkOf(settings.vm_memory_high_watermark ?? HIGH_WATERMARK);
    peerVerificationOf(settings);
    const certificateLogin = certificateLoginOf(settings.ssl_cert_login_from ?? CERTIFICATE_LOGIN);
    return new Broker({
      clock,
      random,
      version,
      certificateLogin,
      settings: { ...limitsOf(settings), ...transientQueuesOf(settings), ...loginSourcesOf(settings) },
    });
  },
  seed,
  control,
  serve: (broker, connection, context) => {
    if (connection.listener === 'management') {
      serveManagement(broker, connection, context);
      return undefined;
    }
    memoryWatch(broker, context.settings.vm_memory_high_watermark ?? HIGH_WATERMARK).wake();
    return new AmqpSession({
      broker,
      connection,
      tap: context.tap,
      server: announcedBy(broker.release),
      peerVerification: peerVerificationOf(context.settings),
    });
  },
  checkFaultError: ({ code, operation }) => {
    if (code === undefined) return undefined;
    if (operation === 'management.request') {
      return Number(code) >= 400 && Number(code) <= 599 ? undefined : `${code} is no HTTP status of an error, such as 503`;
    }
    const known = typeof code === 'string' ? replyCodeOf(code) : replyNameOf(code);
    return known === undefined ? `${code} is not a reply code of AMQP 0-9-1 (§1.1), such as 404 or NOT_FOUND` : undefined;
  },
});

function variable(name: string, address: Address | undefined, urlOf: (address: Address) => string): Record<string, string> {
  return address === undefined ? {} : { [name]: urlOf(address) };
}

export default amqp;
