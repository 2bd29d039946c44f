import { World } from '@wirelike/kernel';
import ldap from '@wirelike/ldap';
import ldapjs from 'ldapjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runClient } from '../peers/client.ts';
import { describeWithClient } from '../peers/describe.ts';
import { requireClient } from '../peers/peers.ts';
import { runPythonJson } from '../peers/python.ts';

const BASE = 'dc=example,dc=com';
const ADMIN = `cn=admin,${BASE}`;

let world: World;
let environment: Record<string, string>;

beforeEach(async () => {
  world = await World.open({ name: 'clients', emulators: [ldap], ephemeral: true });
  environment = world.environment();
});

afterEach(() => world.close());

const url = (): string => environment.LDAP_URL ?? '';

describeWithClient(['ldapsearch', 'ldapadd', 'ldapmodify', 'ldapdelete', 'ldapwhoami', 'ldapcompare'], 'ldap-utils', () => {
  type Tool = 'ldapsearch' | 'ldapadd' | 'ldapmodify' | 'ldapdelete' | 'ldapwhoami' | 'ldapcompare';
  const run = (tool: Tool, args: readonly string[], input = ''): ReturnType<typeof runClient> =>
    runClient(requireClient(tool).path, ['-x', '-H', url(), ...args], { input });
  const admin = ['-D', ADMIN, '-w', 'secret'];

  test('ldapsearch prints the default seed as LDIF', async () => {
    const { status, stdout } = await run('ldapsearch', ['-LLL', '-b', BASE, '(uid=ann)', 'cn', 'mail', 'userPassword']);
    expect(status).toBe(0);
    expect(stdout).toBe(`dn: uid=ann,ou=people,${BASE}\ncn: Ann Archer\nmail: ann@example.com\n\n`);
  });

  test('ldapsearch in pages, with a filter of every kind', async () => {
    const filter = '(&(|(cn=ann*)(cn=*baker)(sn~=cartur))(!(uid=nobody))(uidNumber>=1000)(uidNumber<=1002)(mail=*)(ou:dn:=people))';
    const { stdout } = await run('ldapsearch', ['-LLL', '-b', BASE, '-E', 'pr=1/noprompt', filter, '1.1']);
    expect(stdout.match(/^dn: .*$/gm)).toEqual(['ann', 'bob', 'cyd'].map((uid) => `dn: uid=${uid},ou=people,${BASE}`));
  });

  test('ldapadd, ldapmodify, ldapcompare, ldapdelete', async () => {
    const added = await run('ldapadd', admin, `dn: uid=dan,ou=people,${BASE}\nobjectClass: inetOrgPerson\ncn: Dan\nsn: Drew\n\n`);
    expect(added).toMatchObject({ status: 0, stdout: `adding new entry "uid=dan,ou=people,${BASE}"\n\n` });
    const ldif = `dn: uid=dan,ou=people,${BASE}\nchangetype: modify\nadd: mail\nmail: dan@example.com\n-\nreplace: sn\nsn:: RHLDtnc=\n-\n\n`;
    expect((await run('ldapmodify', admin, ldif)).status).toBe(0);
    // 6 is compareTrue.
    expect((await run('ldapcompare', [`uid=dan,ou=people,${BASE}`, 'sn:DRÖW'])).status).toBe(6);
    expect((await run('ldapdelete', [...admin, `uid=dan,ou=people,${BASE}`])).status).toBe(0);
    expect((await run('ldapsearch', ['-b', `uid=dan,ou=people,${BASE}`, '-s', 'base'])).status).toBe(32);
  });

  test("errors are slapd's", async () => {
    const missing = await run('ldapadd', admin, `dn: cn=x,${BASE}\nobjectClass: person\ncn: x\n\n`);
    expect(missing.status).toBe(65);
    expect(missing.stderr).toContain("object class 'person' requires attribute 'sn'");
    expect((await run('ldapadd', [], `dn: cn=x,${BASE}\nobjectClass: person\nsn: x\n\n`)).stderr).toContain(
      'modifications require authentication',
    );
    expect((await run('ldapdelete', [...admin, `ou=people,${BASE}`])).status).toBe(66);
    expect((await run('ldapwhoami', ['-D', ADMIN, '-w', 'wrong'])).status).toBe(49);
  });

  test('ldapwhoami', async () => {
    expect((await run('ldapwhoami', [])).stdout).toBe('anonymous\n');
    expect((await run('ldapwhoami', ['-D', `uid=ann,ou=people,${BASE}`, '-w', 'ann'])).stdout).toBe(`dn:uid=ann,ou=people,${BASE}\n`);
  });

  test('LDAP over TLS, with the certificate checked', async () => {
    const { LDAPS_URL = '', WIRELIKE_CA_FILE } = environment;
    const result = await runClient(requireClient('ldapwhoami').path, ['-x', '-H', LDAPS_URL, ...admin], {
      env: { LDAPTLS_CACERT: WIRELIKE_CA_FILE },
    });
    expect(result).toMatchObject({ status: 0, stdout: `dn:${ADMIN}\n` });
  });

  test('the root DSE and the schema', async () => {
    const root = await run('ldapsearch', ['-LLL', '-s', 'base', '-b', '', '+']);
    expect(root.stdout).toContain(`namingContexts: ${BASE}`);
    expect(root.stdout).toContain('supportedControl: 1.2.840.113556.1.4.319');
    const schema = await run('ldapsearch', ['-LLL', '-o', 'ldif-wrap=no', '-s', 'base', '-b', 'cn=Subschema', 'objectClasses']);
    expect(schema.stdout).toContain("objectClasses: ( 2.16.840.1.113730.3.2.2 NAME 'inetOrgPerson' SUP organizationalPerson");
  });
});

describeWithClient('python3-ldap', 'python-ldap', () => {
  test('adds, searches in pages, modifies, renames, reads the schema', async () => {
    const result = await runPythonJson(
      `
      import json, os, ldap, ldap.modlist, ldap.schema
      from ldap.controls import SimplePagedResultsControl
      base = os.environ['LDAP_BASE_DN']
      l = ldap.initialize(os.environ['LDAP_URL'])
      l.simple_bind_s(os.environ['LDAP_BIND_DN'], os.environ['LDAP_BIND_PASSWORD'])
      for n in range(5):
          l.add_s(f'cn=p{n},ou=people,{base}', ldap.modlist.addModlist({'objectClass': [b'person'], 'sn': [b'\\xc3\\xa9'], 'cn': [b'p%d' % n]}))
      control, names = SimplePagedResultsControl(True, 2, ''), []
      while True:
          _, entries, _, controls = l.result3(l.search_ext(base, ldap.SCOPE_SUBTREE, '(sn=\\u00c9)', ['cn'], serverctrls=[control]))
          names.append([attributes['cn'][0].decode() for _, attributes in entries])
          control.cookie = controls[0].cookie
          if not control.cookie:
              break
      l.modify_s(f'cn=p0,ou=people,{base}', [(ldap.MOD_ADD, 'description', [b'one', b'two']), (ldap.MOD_DELETE, 'description', [b'ONE'])])
      l.rename_s(f'cn=p0,ou=people,{base}', 'cn=q0', f'ou=groups,{base}')
      dn, attributes = l.search_s(f'cn=q0,ou=groups,{base}', ldap.SCOPE_BASE)[0]
      try:
          l.add_s(f'cn=nobody,{base}', [('objectClass', [b'device']), ('mail', [b'x'])])
          error = None
      except ldap.OBJECT_CLASS_VIOLATION as e:
          error = e.args[0]['info']
      schema = ldap.schema.SubSchema(l.read_subschemasubentry_s(l.search_subschemasubentry_s(base)))
      must, may = schema.attribute_types(['inetOrgPerson'])
      print(json.dumps([names, {k: [v.decode() for v in vs] for k, vs in attributes.items()}, error, [a.names[0] for a in must.values()], len(may) > 40]))
      `,
      { env: environment },
    );
    expect(result).toEqual([
      [['p0', 'p1'], ['p2', 'p3'], ['p4']],
      { objectClass: ['person'], sn: ['é'], cn: ['q0'], description: ['two'] },
      "attribute 'mail' not allowed",
      expect.arrayContaining(['objectClass', 'sn', 'cn']),
      true,
    ]);
  });
});

describeWithClient('python3-ldap3', 'ldap3', () => {
  test('binds, reads the schema as it always does, adds and searches', async () => {
    const result = await runPythonJson(
      `
      import json, os, ldap3
      server = ldap3.Server(os.environ['LDAP_URL'], get_info=ldap3.ALL)
      c = ldap3.Connection(server, os.environ['LDAP_BIND_DN'], os.environ['LDAP_BIND_PASSWORD'], auto_bind=True)
      base = os.environ['LDAP_BASE_DN']
      c.add(f'cn=x,{base}', ['device'], {'serialNumber': '7'})
      added = c.result['description']
      c.search(base, '(serialNumber=7)', attributes=['*'])
      print(json.dumps([added, c.entries[0].entry_attributes_as_dict, 'person' in server.schema.object_classes, server.info.naming_contexts]))
      `,
      { env: environment },
    );
    expect(result).toEqual(['success', { objectClass: ['device'], serialNumber: ['7'], cn: ['x'] }, true, [BASE]]);
  });
});

describe("ldapjs's client", () => {
  test('binds, adds, searches, modifies, compares, deletes', async () => {
    const client = ldapjs.createClient({ url: [url()] });
    const call = <T>(start: (done: (error: Error | null, result?: T) => void) => void): Promise<T | undefined> =>
      new Promise((resolve, reject) => start((error, result) => (error ? reject(error) : resolve(result))));
    try {
      await call((done) => client.bind(ADMIN, 'secret', done));
      const dn = `cn=printer,${BASE}`;
      await call((done) => client.add(dn, { objectClass: 'device', serialNumber: '12' }, done));
      const change = new ldapjs.Change({ operation: 'add', modification: new ldapjs.Attribute({ type: 'l', values: ['attic'] }) });
      await call((done) => client.modify(dn, change, done));
      expect(await call((done) => client.compare(dn, 'l', 'ATTIC', done))).toBe(true);
      const names = await new Promise<string[]>((resolve, reject) => {
        const found: string[] = [];
        client.search(BASE, { scope: 'sub', filter: '(&(objectClass=device)(l=attic))', paged: true }, (error, response) => {
          if (error) return reject(error);
          response.on('searchEntry', (entry) => found.push(String(entry.objectName)));
          response.on('error', reject);
          response.on('end', () => resolve(found));
        });
      });
      expect(names).toEqual([dn]);
      await call((done) => client.del(dn, done));
      await expect(call((done) => client.del(dn, done))).rejects.toMatchObject({ name: 'NoSuchObjectError' });
    } finally {
      client.destroy();
    }
  });
});
