import { type Address, type Addresses, ControlError, defineEmulator, type Emulator, type ModelContext } from '@wirelike/kernel';
import { seedDefault } from './admin/default-seed.ts';
import { applySeed } from './admin/seed.ts';
import { Directory, DirectoryOptionsError } from './model/directory.ts';
import { standardSchema } from './model/schema/standard.ts';
import { SUPPORTED_CONTROLS } from './session/controls.ts';
import { faultCode } from './session/errors.ts';
import { WHOAMI } from './session/journal-attributes.ts';
import { OPERATIONS } from './session/operations.ts';
import { LdapSession } from './session/session.ts';

const DEFAULTS = {
  base_dn: 'dc=example,dc=com',
  bind_dn: '',
  bind_password: 'secret',
  schema: 'strict',
} as const;

type SettingName = keyof typeof DEFAULTS;

const HELP: Readonly<Record<SettingName, string>> = {
  base_dn: 'The naming context: all entries are at it or below it',
  bind_dn: 'The administrator, who may do everything and need not be an entry; cn=admin at the base unless set',
  bind_password: "The administrator's password",
  schema: 'strict: as slapd. lenient: unknown attributes and classes are allowed, values are not checked',
};

const NAMES: readonly SettingName[] = ['base_dn', 'bind_dn', 'bind_password', 'schema'];

type Settings = Readonly<Record<string, string>>;

function setting(settings: Settings, name: SettingName): string {
  return settings[name] ?? DEFAULTS[name];
}

function administrator(settings: Settings): string {
  return setting(settings, 'bind_dn') || `cn=admin,${setting(settings, 'base_dn')}`;
}

/** RFC 3674, RFC 4525, RFC 4526, RFC 4529, RFC 3673, RFC 3866: in slapd's order. */
const FEATURES = [
  '1.3.6.1.1.14',
  '1.3.6.1.4.1.4203.1.5.1',
  '1.3.6.1.4.1.4203.1.5.2',
  '1.3.6.1.4.1.4203.1.5.3',
  '1.3.6.1.4.1.4203.1.5.4',
  '1.3.6.1.4.1.4203.1.5.5',
];

function createModel({ clock, random, settings }: ModelContext): Directory {
  const schema = setting(settings, 'schema');
  if (schema !== 'strict' && schema !== 'lenient') throw new ControlError(`ldap.schema is strict or lenient, not ${schema}`);
  try {
    return new Directory({
      clock,
      random,
      baseDn: setting(settings, 'base_dn'),
      adminDn: administrator(settings),
      adminPassword: setting(settings, 'bind_password'),
      schema: standardSchema(schema === 'lenient'),
      features: [
        { name: 'supportedControl', values: SUPPORTED_CONTROLS },
        { name: 'supportedExtension', values: [WHOAMI] },
        { name: 'supportedFeatures', values: FEATURES },
        { name: 'supportedLDAPVersion', values: ['3'] },
      ],
    });
  } catch (error) {
    if (error instanceof DirectoryOptionsError) throw new ControlError(`ldap: ${error.message}`);
    throw error;
  }
}

/** IPv6 addresses stand in brackets (RFC 3986 §3.2.2). */
function urlOf(scheme: string, { host, port }: Address): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function urls(addresses: Addresses): { readonly ldap: string | undefined; readonly ldaps: string | undefined } {
  const plain = addresses.get('ldap');
  const encrypted = addresses.get('ldaps');
  return {
    ldap: plain === undefined ? undefined : urlOf('ldap', plain),
    ldaps: encrypted === undefined ? undefined : urlOf('ldaps', encrypted),
  };
}

/** For a shell. */
function quoted(text: string): string {
  return /^[\w=,.-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

const ldap: Emulator = defineEmulator<Directory>({
  name: 'ldap',
  title: 'LDAP directory, as slapd',
  listeners: [
    { name: 'ldap', transport: 'tcp', port: 3890, title: 'LDAP', url: (address) => urlOf('ldap', address) },
    { name: 'ldaps', transport: 'tls', port: 6360, title: 'LDAP over TLS', url: (address) => urlOf('ldaps', address) },
  ],
  operations: OPERATIONS,
  settings: NAMES.map((name) => ({ name, help: HELP[name], default: DEFAULTS[name] })),
  seed_extensions: ['.ldif'],
  environment(addresses, settings) {
    const { ldap: plain, ldaps: encrypted } = urls(addresses);
    return {
      ...(plain === undefined ? {} : { LDAP_URL: plain }),
      ...(encrypted === undefined ? {} : { LDAPS_URL: encrypted }),
      LDAP_BASE_DN: setting(settings, 'base_dn'),
      LDAP_BIND_DN: administrator(settings),
      LDAP_BIND_PASSWORD: setting(settings, 'bind_password'),
    };
  },
  examples(addresses, settings) {
    const { ldap: plain } = urls(addresses);
    return plain === undefined ? [] : [`ldapsearch -x -H ${plain} -b ${quoted(setting(settings, 'base_dn'))}`];
  },
  createModel,
  serve: (directory, connection, context) => new LdapSession(directory, connection, context),
  seed: (directory, source) => applySeed(directory, source),
  seedDefault: (directory) => seedDefault(directory),
  checkFaultError({ code }) {
    return faultCode(code) === undefined ? `no LDAP result code ${code}: a number, or a name like noSuchObject` : undefined;
  },
});

export default ldap;
