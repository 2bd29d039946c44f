import { hashPassword, newUser, patternMistake, Refusal } from '../../model/index.ts';
import { permissionViews, topicPermissionViews } from '../user-view.ts';
import { type Call, type CtlCommand, CtlFailure, EXIT, listedVhost, option, userOf, vhostOf, word } from './command.ts';
import { limitsOf } from './limits.ts';

/** Users and what they may do. */
export const accessCommands: Readonly<Record<string, CtlCommand>> = {
  add_user: {
    usage: ({ release }) =>
      release.has('found-nothing') ? '<username> [<password>] [<password_hash> --pre-hashed-password]' : '<username> <password>',
    words: [1, 2],
    switches: { 'pre-hashed-password': 'flag' },
    banner: (call) => `Adding user "${word(call, 0)}" ...`,
    run: (call) => {
      const [name, password] = [word(call, 0), call.words[1]];
      if (name === '') throw CtlFailure.invalid('Bad argument: user cannot be an empty string', EXIT.data);
      if (password === undefined) throw noPassword(EXIT.data);
      if (call.broker.users.has(name)) throw CtlFailure.of(`User "${name}" already exists`, EXIT.software);
      const hash = call.options['pre-hashed-password'] === true ? password : hashPassword(password, call.broker.random);
      call.broker.putUser(newUser(name, hash));
      return "Done. Don't forget to grant the user permissions to some virtual hosts! See 'rabbitmqctl help set_permissions' to learn more.\n";
    },
  },
  delete_user: {
    usage: '<username>',
    words: [1, 1],
    banner: (call) => `Deleting user "${word(call, 0)}" ...`,
    run: (call) => {
      const name = word(call, 0);
      if (call.broker.release.has('idempotent-user-deletes') && !call.broker.users.has(name)) return undefined;
      call.broker.removeUser(userOf(call, name).name);
      return undefined;
    },
  },
  change_password: {
    usage: '<username> <password>',
    words: [1, 2],
    banner: (call) => `Changing password for user "${word(call, 0)}" ...`,
    run: (call) => {
      if (call.words.length < 2) throw noPassword(EXIT.software);
      return setHash(call, hashPassword(word(call, 1), call.broker.random));
    },
  },
  clear_password: {
    usage: '<username>',
    words: [1, 1],
    banner: (call) => `Clearing password for user "${word(call, 0)}" ...`,
    run: (call) => {
      listedUser(call);
      return setHash(call, '');
    },
  },
  authenticate_user: {
    usage: '<username> <password>',
    words: [2, 2],
    banner: (call) => `Authenticating user "${word(call, 0)}" ...`,
    run: authenticate,
  },
  hash_password: {
    since: 'hash-password-command',
    usage: ({ release }) =>
      release.has('hashing-algorithms') ? '<cleartext_password> [--hashing-algorithm <algorithm>]' : '<cleartext_password>',
    words: [1, 1],
    banner: (call) => `Will hash password ${word(call, 0)}`,
    run: (call) => `${hashPassword(word(call, 0), call.broker.random)}\n`,
  },
  set_user_tags: {
    usage: '<username> <tag> [...]',
    words: [1, Number.POSITIVE_INFINITY],
    banner: (call) => `Setting tags for user "${word(call, 0)}" to [${call.words.slice(1).join(', ')}] ...`,
    run: (call) => {
      call.broker.putUser({ ...userOf(call, word(call, 0)), tags: call.words.slice(1) });
      return undefined;
    },
  },
  list_users: {
    usage: '[--no-table-headers]',
    words: [0, 0],
    banner: () => 'Listing users ...',
    run: ({ broker }) => ({
      columns: ['user', 'tags'],
      atoms: ['tags'],
      rows: Array.from(broker.users.values(), ({ name, tags }) => ({ user: name, tags })),
    }),
  },
  set_user_limits: {
    usage: '<username> <definition>',
    words: [2, 2],
    banner: (call) => `Setting user limits to "${word(call, 1)}" for user "${word(call, 0)}" ...`,
    run: (call) => {
      const user = userOf(call, word(call, 0));
      const limits = limitsOf(call, word(call, 1), 'user-limits');
      call.broker.putUser({ ...user, limits: { ...user.limits, ...limits } });
      return undefined;
    },
  },
  clear_user_limits: {
    usage: '<username> <limit_type> | all',
    words: [2, 2],
    banner: (call) => `Clearing ${word(call, 1) === 'all' ? 'all limits' : `"${word(call, 1)}" limit`} for user "${word(call, 0)}" ...`,
    run: (call) => {
      const user = listedUser(call);
      const limits = { ...user.limits };
      Reflect.deleteProperty(limits, word(call, 1));
      call.broker.putUser({ ...user, limits: ['', 'all'].includes(word(call, 1)) ? {} : limits });
      return undefined;
    },
  },
  list_user_limits: {
    usage: '[--user <username>] [--global]',
    words: [0, 0],
    switches: { user: 'text', global: 'flag' },
    banner: (call) =>
      option(call, 'user') === undefined ? 'Listing limits for all users ...' : `Listing limits for user "${option(call, 'user')}" ...`,
    run: (call) => {
      const name = option(call, 'user');
      if (name !== undefined) return `${JSON.stringify(listedUser(call, name).limits)}\n`;
      const limited = [...call.broker.users.values()].filter(({ limits }) => Object.keys(limits).length > 0);
      return {
        columns: ['user', 'limits'],
        rows: limited.map((user) => ({ user: user.name, limits: JSON.stringify(user.limits) })),
        whole: true,
      };
    },
  },
  ...permissions(),
};

function permissions(): Readonly<Record<string, CtlCommand>> {
  return {
    set_permissions: {
      usage: '[--vhost <vhost>] <username> <conf> <write> <read>',
      words: [4, 4],
      banner: (call) => `Setting permissions for user "${word(call, 0)}" in vhost "${call.vhost}" ...`,
      run: (call) => {
        const [configure, write, read] = [word(call, 1), word(call, 2), word(call, 3)];
        for (const pattern of [configure, write, read]) checkPattern(call, pattern, charlist(call, pattern));
        if (!call.broker.users.has(word(call, 0))) throw CtlFailure.of(`User ${word(call, 0)} does not exist`, EXIT.noUser);
        if (!call.broker.vhosts.has(call.vhost)) throw CtlFailure.of(`Virtual host ${call.vhost} does not exist`);
        call.broker.setPermission(word(call, 0), call.vhost, { configure, write, read });
        return undefined;
      },
    },
    clear_permissions: {
      usage: '[--vhost <vhost>] <username>',
      words: [1, 1],
      banner: (call) => `Clearing permissions for user "${word(call, 0)}" in vhost "${call.vhost}" ...`,
      run: (call) => {
        const exists = call.broker.users.has(word(call, 0));
        if (!exists && !call.broker.release.has('idempotent-user-deletes'))
          throw CtlFailure.of(`User ${word(call, 0)} does not exist`, EXIT.noUser);
        if (exists) call.broker.setPermission(word(call, 0), call.vhost, undefined);
        return undefined;
      },
    },
    list_permissions: {
      usage: '[--vhost <vhost>] [--no-table-headers]',
      words: [0, 0],
      banner: ({ vhost }) => `Listing permissions for vhost "${vhost}" ...`,
      run: (call) => {
        const { name } = listedVhost(call);
        const rows = permissionViews(call.broker.users.values()).filter(({ vhost }) => vhost === name);
        return { columns: ['user', 'configure', 'write', 'read'], rows, whole: true };
      },
    },
    list_user_permissions: {
      usage: '[--no-table-headers] <username>',
      words: [1, 1],
      banner: (call) => `Listing permissions for user "${word(call, 0)}" ...`,
      run: (call) => ({ columns: ['vhost', 'configure', 'write', 'read'], rows: permissionViews([listedUser(call)]), whole: true }),
    },
    set_permissions_globally: {
      since: 'hash-password-command',
      usage: '<username> <conf> <write> <read>',
      words: [4, 4],
      banner: (call) => `Setting permissions for user "${word(call, 0)}" in all virtual hosts ...`,
      run: (call) => {
        const [configure, write, read] = [word(call, 1), word(call, 2), word(call, 3)];
        for (const pattern of [configure, write, read]) checkPattern(call, pattern, charlist(call, pattern));
        const name = word(call, 0);
        if (!call.broker.users.has(name)) throw CtlFailure.of(`User ${name} does not exist`, EXIT.noUser);
        for (const vhost of call.broker.vhosts.keys()) call.broker.setPermission(name, vhost, { configure, write, read });
        return undefined;
      },
    },
    ...topicPermissions(),
  };
}

function topicPermissions(): Readonly<Record<string, CtlCommand>> {
  return {
    set_topic_permissions: {
      usage: '[--vhost <vhost>] <username> <exchange> <write> <read>',
      words: [4, 4],
      banner: (call) => `Setting topic permissions on "${word(call, 1)}" for user "${word(call, 0)}" in vhost "${call.vhost}" ...`,
      run: (call) => {
        const permission = { write: word(call, 2), read: word(call, 3) };
        for (const pattern of [permission.write, permission.read]) checkPattern(call, pattern, `"${escaped(pattern, '"')}"`);
        if (!call.broker.users.has(word(call, 0))) throw CtlFailure.of(`User ${word(call, 0)} does not exist`, EXIT.noUser);
        call.broker.setTopicPermission(word(call, 0), vhostOf(call).name, word(call, 1), permission);
        return undefined;
      },
    },
    clear_topic_permissions: {
      usage: '[--vhost <vhost>] <username> [<exchange>]',
      words: [1, 2],
      banner: (call) => `Clearing topic permissions for user "${word(call, 0)}" in vhost "${call.vhost}" ...`,
      run: (call) => {
        call.broker.setTopicPermission(userOf(call, word(call, 0)).name, vhostOf(call).name, call.words[1], undefined);
        return undefined;
      },
    },
    list_topic_permissions: {
      usage: '[--vhost <vhost>] [--no-table-headers]',
      words: [0, 0],
      banner: ({ vhost }) => `Listing topic permissions for vhost "${vhost}" ...`,
      run: (call) => {
        const { name } = vhostOf(call);
        const rows = topicPermissionViews(call.broker.users.values()).filter(({ vhost }) => vhost === name);
        return { columns: ['user', 'exchange', 'write', 'read'], rows, whole: true };
      },
    },
    list_user_topic_permissions: {
      usage: '[--no-table-headers] <username>',
      words: [1, 1],
      banner: (call) => `Listing topic permissions for user "${word(call, 0)}" ...`,
      run: (call) => {
        const rows = topicPermissionViews([listedUser(call)]);
        return { columns: ['vhost', 'exchange', 'write', 'read'], rows, whole: true, headless: true };
      },
    },
  };
}

function setHash(call: Call, passwordHash: string): undefined {
  const user = userOf(call, word(call, 0));
  call.broker.putUser({ ...user, passwordHash, hashingAlgorithm: 'rabbit_password_hashing_sha256' });
}

function authenticate(call: Call): string {
  const name = word(call, 0);
  try {
    call.broker.authenticate(name, word(call, 1), { loopback: true });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw CtlFailure.of(`Error: failed to authenticate user "${name}"\nuser '${name}' - invalid credentials`, EXIT.data);
  }
  return 'Success\n';
}

/** It asks for one, and nobody answers. */
function noPassword(status: number): CtlFailure {
  return new CtlFailure(status, 'Error:\nPassword is not provided via argument or stdin', 'Password: \n');
}

/** Listings print the broker's own error where other commands have a sentence. */
function listedUser(call: Call, name: string = word(call, 0)): ReturnType<typeof userOf> {
  const user = call.broker.users.get(name);
  if (user === undefined) throw CtlFailure.of(`{:no_such_user, "${name}"}`);
  return user;
}

/** Throws what RabbitMQ has against a regular expression, as Elixir prints it. */
function checkPattern(call: Call, pattern: string, printed: string): void {
  const mistake = patternMistake(pattern, call.broker.release);
  if (mistake === undefined) return;
  throw CtlFailure.of(`{:invalid_regexp, ${printed}, {${charlist(call, mistake.text)}, ${mistake.at}}}`);
}

/** Newer Elixirs write ~c"…" for '…'. */
function charlist({ broker }: Call, text: string): string {
  const bytes = [...Buffer.from(text)];
  if (bytes.some((byte) => byte > 0x7e)) return `[${bytes.join(', ')}]`;
  return broker.persona === '3.10' ? `'${escaped(text, "'")}'` : `~c"${escaped(text, '"')}"`;
}

function escaped(text: string, quote: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);
}
