/** How an argument is laid out (AMQP 0-9-1 §4.2.1). Consecutive bits share an octet. */
export type Domain = 'bit' | 'octet' | 'short' | 'long' | 'longlong' | 'shortstr' | 'longstr' | 'table';

export interface Method {
  readonly name: string;
  readonly classId: number;
  readonly methodId: number;
  readonly args: readonly (readonly [string, Domain])[];
}

// Written apart from the emulator's own table: two readings of the protocol check each other.
const source = `
connection 10
  start 10 versionMajor:octet versionMinor:octet serverProperties:table mechanisms:longstr locales:longstr
  start-ok 11 clientProperties:table mechanism:shortstr response:longstr locale:shortstr
  secure 20 challenge:longstr
  secure-ok 21 response:longstr
  tune 30 channelMax:short frameMax:long heartbeat:short
  tune-ok 31 channelMax:short frameMax:long heartbeat:short
  open 40 virtualHost:shortstr reserved1:shortstr reserved2:bit
  open-ok 41 reserved1:shortstr
  close 50 replyCode:short replyText:shortstr classId:short methodId:short
  close-ok 51
  blocked 60 reason:shortstr
  unblocked 61
  update-secret 70 newSecret:longstr reason:shortstr
  update-secret-ok 71
channel 20
  open 10 reserved1:shortstr
  open-ok 11 reserved1:longstr
  flow 20 active:bit
  flow-ok 21 active:bit
  close 40 replyCode:short replyText:shortstr classId:short methodId:short
  close-ok 41
access 30
  request 10 realm:shortstr exclusive:bit passive:bit active:bit write:bit read:bit
  request-ok 11 ticket:short
exchange 40
  declare 10 ticket:short exchange:shortstr type:shortstr passive:bit durable:bit autoDelete:bit internal:bit nowait:bit arguments:table
  declare-ok 11
  delete 20 ticket:short exchange:shortstr ifUnused:bit nowait:bit
  delete-ok 21
  bind 30 ticket:short destination:shortstr source:shortstr routingKey:shortstr nowait:bit arguments:table
  bind-ok 31
  unbind 40 ticket:short destination:shortstr source:shortstr routingKey:shortstr nowait:bit arguments:table
  unbind-ok 51
queue 50
  declare 10 ticket:short queue:shortstr passive:bit durable:bit exclusive:bit autoDelete:bit nowait:bit arguments:table
  declare-ok 11 queue:shortstr messageCount:long consumerCount:long
  bind 20 ticket:short queue:shortstr exchange:shortstr routingKey:shortstr nowait:bit arguments:table
  bind-ok 21
  purge 30 ticket:short queue:shortstr nowait:bit
  purge-ok 31 messageCount:long
  delete 40 ticket:short queue:shortstr ifUnused:bit ifEmpty:bit nowait:bit
  delete-ok 41 messageCount:long
  unbind 50 ticket:short queue:shortstr exchange:shortstr routingKey:shortstr arguments:table
  unbind-ok 51
basic 60
  qos 10 prefetchSize:long prefetchCount:short global:bit
  qos-ok 11
  consume 20 ticket:short queue:shortstr consumerTag:shortstr noLocal:bit noAck:bit exclusive:bit nowait:bit arguments:table
  consume-ok 21 consumerTag:shortstr
  cancel 30 consumerTag:shortstr nowait:bit
  cancel-ok 31 consumerTag:shortstr
  publish 40 ticket:short exchange:shortstr routingKey:shortstr mandatory:bit immediate:bit
  return 50 replyCode:short replyText:shortstr exchange:shortstr routingKey:shortstr
  deliver 60 consumerTag:shortstr deliveryTag:longlong redelivered:bit exchange:shortstr routingKey:shortstr
  get 70 ticket:short queue:shortstr noAck:bit
  get-ok 71 deliveryTag:longlong redelivered:bit exchange:shortstr routingKey:shortstr messageCount:long
  get-empty 72 reserved1:shortstr
  ack 80 deliveryTag:longlong multiple:bit
  reject 90 deliveryTag:longlong requeue:bit
  recover-async 100 requeue:bit
  recover 110 requeue:bit
  recover-ok 111
  nack 120 deliveryTag:longlong multiple:bit requeue:bit
tx 90
  select 10
  select-ok 11
  commit 20
  commit-ok 21
  rollback 30
  rollback-ok 31
confirm 85
  select 10 nowait:bit
  select-ok 11
`;

const domains: readonly Domain[] = ['bit', 'octet', 'short', 'long', 'longlong', 'shortstr', 'longstr', 'table'];

function domainOf(text: string | undefined): Domain {
  const domain = domains.find((each) => each === text);
  if (domain === undefined) throw new Error(`no domain ${text}`);
  return domain;
}

function parse(): Method[] {
  const methods: Method[] = [];
  let className = '';
  let classId = 0;
  for (const line of source.split('\n').filter((each) => each !== '')) {
    const [name = '', id = '', ...args] = line.trim().split(' ');
    if (!line.startsWith(' ')) {
      className = name;
      classId = Number(id);
      continue;
    }
    const parsed = args.map((each): readonly [string, Domain] => {
      const [label = '', domain] = each.split(':');
      return [label, domainOf(domain)];
    });
    methods.push({ name: `${className}.${name}`, classId, methodId: Number(id), args: parsed });
  }
  return methods;
}

const methods = parse();
const byName = new Map(methods.map((each) => [each.name, each]));
// exchange.unbind-ok is 40.51 in RabbitMQ's extension; queue.unbind-ok is 50.51.
const byId = new Map(methods.map((each) => [each.classId * 65_536 + each.methodId, each]));

export function methodNamed(name: string): Method {
  const method = byName.get(name);
  if (method === undefined) throw new Error(`no method ${name}`);
  return method;
}

export function methodById(classId: number, methodId: number): Method | undefined {
  return byId.get(classId * 65_536 + methodId);
}

/** The 14 properties of class basic, first flag bit first (AMQP 0-9-1 §1.8.1). */
export const property_domains: readonly (readonly [string, Domain | 'timestamp'])[] = [
  ['contentType', 'shortstr'],
  ['contentEncoding', 'shortstr'],
  ['headers', 'table'],
  ['deliveryMode', 'octet'],
  ['priority', 'octet'],
  ['correlationId', 'shortstr'],
  ['replyTo', 'shortstr'],
  ['expiration', 'shortstr'],
  ['messageId', 'shortstr'],
  ['timestamp', 'longlong'],
  ['type', 'shortstr'],
  ['userId', 'shortstr'],
  ['appId', 'shortstr'],
  ['clusterId', 'shortstr'],
];
