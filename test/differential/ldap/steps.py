"""Takes a directory at sys.argv[1], empty below dc=example,dc=com, through its paces.

Prints a JSON list of [step, outcome] as its last line. An outcome is the value that python-ldap
returned, or the result code with diagnostic message and matched DN. Lists of entries are sorted: LDAP
promises no order, and slapd's depends on its indexes. Attributes are in the order in which they came.
"""

import json
import re
import sys

import ldap
import ldap.extop
from ldap.controls import LDAPControl, SimplePagedResultsControl

uri = sys.argv[1]
B = 'dc=example,dc=com'
A = 'cn=admin,' + B
out = []


def outcome_of(error):
    info = error.args[0] if error.args else {}
    if not isinstance(info, dict):
        return str(error)
    return {'code': info.get('result'), 'info': info.get('info', '').strip(), 'matched': info.get('matched', '')}


def step(name, run):
    try:
        result = run()
        # Message ids are nobody's business.
        outcome = None if isinstance(result, tuple) and len(result) == 4 else result
    except ldap.LDAPError as error:
        outcome = outcome_of(error)
    out.append([name, outcome])


def conn():
    connection = ldap.initialize(uri)
    connection.protocol_version = 3
    connection.set_option(ldap.OPT_REFERRALS, 0)
    return connection


# Of these only the form can be the same.
UNIQUE = {'entryUUID', 'entryCSN', 'createTimestamp', 'modifyTimestamp'}


def text_of(name, value):
    text = value.decode('utf8', 'backslashreplace')
    return re.sub('[0-9a-f]', '0', text) if name in UNIQUE else text


def dec(entries):
    return [[dn, [[name, [text_of(name, v) for v in values]] for name, values in attributes.items()]] for dn, attributes in entries]


def oc(*names):
    return ('objectClass', [name.encode() for name in names])


def bb(*values):
    return [value.encode() if isinstance(value, str) else value for value in values]


def at(name, *values):
    return (name, bb(*values))


l = conn()
a = conn()
a.simple_bind_s(A, 'secret')

# Bind
def bind(dn, pw):
    c = conn()
    c.simple_bind_s(dn, pw)
    return c.whoami_s()
step('bind wrong', lambda: bind(A, 'x'))
step('bind nodn pw', lambda: bind('', 'x'))
step('bind empty pw', lambda: bind(A, ''))
step('bind bad dn', lambda: bind('foo', ''))
step('bind bad dn2', lambda: bind('foo', 'x'))
step('bind unknown', lambda: bind('cn=x,' + B, 'x'))
step('bind outside', lambda: bind('cn=x,dc=org', 'x'))
step('bind undefattr', lambda: bind('foo=x,dc=org', 'x'))
step('bind admin', lambda: bind('CN=Admin, DC=example,dc=com', 'secret'))
step('anon whoami', lambda: l.whoami_s())

def sasl(m):
    c = conn()
    return c.sasl_non_interactive_bind_s(m)

def saslraw(m, cred=b''):
    c = conn()
    return str(c.sasl_bind_s('', m, cred))
step('sasl foo', lambda: saslraw('FOO'))
step('sasl external', lambda: saslraw('EXTERNAL', b''))

def v2():
    c = conn()
    c.protocol_version = 2
    return c.simple_bind_s(A, 'secret')
step('bind v2', v2)

# Updates without a bind
step('anon add', lambda: l.add_s(B, [oc('top', 'domain'), at('dc', 'example')]))
step('anon add bad', lambda: l.add_s('ou=q,' + B, [oc('top')]))
step('anon delete', lambda: l.delete_s(B))
step('anon modify', lambda: l.modify_s(B, [(ldap.MOD_REPLACE, 'description', b'x')]))
step('anon rename', lambda: l.rename_s('ou=x,' + B, 'ou=z'))
step('search empty db', lambda: dec(l.search_s(B, 2)))

# Add
step('add child no parent', lambda: a.add_s('ou=people,' + B, [oc('organizationalUnit'), at('ou', 'people')]))
step('add base', lambda: a.add_s(B, [oc('top', 'dcObject', 'organization'), at('o', 'Example'), at('dc', 'example')]))
step('add base again', lambda: a.add_s(B, [oc('top', 'dcObject', 'organization'), at('o', 'Example'), at('dc', 'example')]))
step('add outside', lambda: a.add_s('dc=org', [oc('top', 'domain'), at('dc', 'org')]))
step('add root', lambda: a.add_s('', [oc('top', 'domain'), at('dc', 'org')]))
step('add ou', lambda: a.add_s('ou=People,' + B, [oc('organizationalUnit'), at('ou', 'People')]))
step('add bad dn', lambda: a.add_s('people', [oc('organizationalUnit'), at('ou', 'People')]))
step('add undefdn', lambda: a.add_s('foo=x,' + B, [oc('organizationalUnit'), at('ou', 'People')]))
P = 'ou=People,' + B
step('add no oc', lambda: a.add_s('cn=a,' + P, [at('cn', 'a'), at('sn', 'a')]))
step('add oc unknown', lambda: a.add_s('cn=a,' + P, [oc('nosuch'), at('cn', 'a'), at('sn', 'a')]))
step('add top only', lambda: a.add_s('cn=a,' + P, [oc('top'), at('cn', 'a'), at('sn', 'a')]))
step('add aux only', lambda: a.add_s('cn=a,' + P, [oc('posixAccount'), at('cn', 'a'), at('sn', 'a')]))
step('add missing sn', lambda: a.add_s('cn=a,' + P, [oc('person'), at('cn', 'a')]))
step('add missing uid (aux)', lambda: a.add_s('cn=a,' + P, [oc('person', 'posixAccount'), at('cn', 'a'), at('sn', 'a')]))
step('add not allowed', lambda: a.add_s('cn=a,' + P, [oc('person'), at('cn', 'a'), at('sn', 'a'), at('mail', 'x@y')]))
step('add undef attr', lambda: a.add_s('cn=a,' + P, [oc('person'), at('cn', 'a'), at('sn', 'a'), at('foo', 'x@y')]))
step('add bad attr name', lambda: a.add_s('cn=a,' + P, [oc('person'), at('cn', 'a'), at('sn', 'a'), at('f_o', 'x@y')]))
step('add two structural', lambda: a.add_s('cn=a,' + P, [oc('person', 'organizationalUnit'), at('cn', 'a'), at('sn', 'a'), at('ou', 'x')]))
step('add naming missing', lambda: a.add_s('uid=a,' + P, [oc('person'), at('cn', 'a'), at('sn', 'a')]))
step('add rdn value added', lambda: a.add_s('cn=b,' + P, [oc('person'), at('sn', 'a')]))
step('read it', lambda: dec(a.search_s('cn=b,' + P, 0)))
step('add rdn other value', lambda: a.add_s('cn=c,' + P, [oc('person'), at('sn', 'a'), at('cn', 'other')]))
step('read it', lambda: dec(a.search_s('cn=c,' + P, 0)))
step('add dup values', lambda: a.add_s('cn=d,' + P, [oc('person'), at('sn', 'a', 'A')]))
step('add dup attr', lambda: a.add_s('cn=d,' + P, [oc('person'), at('sn', 'a'), at('sn', 'b')]))
step('add dup attr same', lambda: a.add_s('cn=d2,' + P, [oc('person'), at('sn', 'a'), at('surname', 'a')]))
step('add empty value', lambda: a.add_s('cn=e,' + P, [oc('person'), at('sn', '')]))
step('add no values', lambda: a.add_s('cn=e,' + P, [oc('person'), ('sn', [])]))
step('add invalid utf8', lambda: a.add_s('cn=e,' + P, [oc('person'), at('sn', b'\xff')]))
step('add single multi', lambda: a.add_s('cn=e,' + P, [oc('inetOrgPerson'), at('sn', 'e'), at('preferredLanguage', 'de', 'en')]))
step('add bad int', lambda: a.add_s('cn=e,' + P, [oc('person', 'posixAccount'), at('sn', 'e'), at('uid', 'e'), at('uidNumber', 'x'), at('gidNumber', '1'), at('homeDirectory', '/')]))
step('add NUM op', lambda: a.add_s('cn=e,' + P, [oc('person'), at('sn', 'e'), at('createTimestamp', '20200101000000Z')]))

# What a search returns
step('add with options', lambda: a.add_s('cn=f,' + P, [oc('person'), at('sn', 'e'), at('description;lang-de', 'Hallo'), at('description', 'hello')]))
step('read it', lambda: dec(a.search_s('cn=f,' + P, 0)))
step('read description', lambda: dec(a.search_s('cn=f,' + P, 0, attrlist=['description'])))
step('read description;lang-de', lambda: dec(a.search_s('cn=f,' + P, 0, attrlist=['DESCRIPTION;lang-de'])))
step('read description;lang-', lambda: dec(a.search_s('cn=f,' + P, 0, attrlist=['description;lang-'])))
step('read name', lambda: dec(a.search_s('cn=f,' + P, 0, attrlist=['name'])))
step('read oid', lambda: dec(a.search_s('cn=f,' + P, 0, attrlist=['2.5.4.4'])))
step('read surname', lambda: dec(a.search_s('cn=f,' + P, 0, attrlist=['surname'])))
step('read SN', lambda: dec(a.search_s('cn=f,' + P, 0, attrlist=['SN', 'Cn'])))
step('read nosuch', lambda: dec(a.search_s('cn=f,' + P, 0, attrlist=['nosuch'])))
step('read 1.1', lambda: dec(a.search_s('cn=f,' + P, 0, attrlist=['1.1'])))
step('read 1.1 cn', lambda: dec(a.search_s('cn=f,' + P, 0, attrlist=['1.1', 'cn'])))
step('read @person', lambda: dec(a.search_s('cn=f,' + P, 0, attrlist=['@person'])))
step('read + keys', lambda: [sorted(x[1]) for x in dec(a.search_s('cn=f,' + P, 0, attrlist=['+']))])
step('read + order', lambda: [list(x[1]) for x in dec(a.search_s('cn=f,' + P, 0, attrlist=['+', '*']))])
step('read hasSub', lambda: dec(a.search_s(P, 0, attrlist=['hasSubordinates', 'entryDN', 'subschemaSubentry', 'structuralObjectClass', 'creatorsName'])))
step('types only', lambda: dec(a.search_s('cn=f,' + P, 0, attrsonly=1)))
step('bad option', lambda: a.add_s('cn=g,' + P, [oc('person'), at('sn', 'e'), at('description;x-foo', 'Hallo')]))
step('binary option', lambda: a.add_s('cn=g,' + P, [oc('person'), at('sn', 'e'), at('description;binary', 'Hallo')]))

# Who may do what
step('add uid', lambda: a.add_s('uid=ann,' + P, [oc('inetOrgPerson', 'posixAccount'), at('cn', 'Ann  Smith'), at('sn', 'Smith'), at('uid', 'ann'), at('uidNumber', '1000'), at('gidNumber', '100'), at('homeDirectory', '/home/ann'), at('userPassword', 'annpw'), at('mail', 'Ann@Example.com'), at('telephoneNumber', '+1 555-0100'), at('jpegPhoto', b'\xff\xd8\x00'), at('employeeNumber', '7')]))
step('bind ann', lambda: bind('uid=ann,' + P, 'annpw'))
step('bind ann wrong', lambda: bind('uid=ann,' + P, 'annpW'))
step('bind ou (no pw)', lambda: bind(P, 'annpW'))
u = conn()
u.simple_bind_s('uid=ann,' + P, 'annpw')
step('ann reads self', lambda: dec(u.search_s('uid=ann,' + P, 0)))
step('anon reads ann', lambda: dec(l.search_s('uid=ann,' + P, 0)))
step('ann modify desc', lambda: u.modify_s('uid=ann,' + P, [(ldap.MOD_REPLACE, 'description', b'x')]))
step('ann add', lambda: u.add_s('cn=q,' + P, [oc('person'), at('sn', 'q')]))
step('ann add noparent', lambda: u.add_s('cn=q,ou=nope,' + B, [oc('person'), at('sn', 'q')]))
step('ann add bad schema', lambda: u.add_s('cn=q,' + P, [oc('person')]))
step('ann delete', lambda: u.delete_s('cn=b,' + P))
step('ann delete nosuch', lambda: u.delete_s('cn=zz,' + P))
step('ann rename', lambda: u.rename_s('cn=b,' + P, 'cn=bb'))
step('ann own pw', lambda: u.modify_s('uid=ann,' + P, [(ldap.MOD_REPLACE, 'userPassword', b'new')]))
step('ann modify nosuch', lambda: u.modify_s('uid=zz,' + P, [(ldap.MOD_REPLACE, 'userPassword', b'new')]))
step('anon compare pw', lambda: l.compare_s('uid=ann,' + P, 'userPassword', b'new'))
step('anon filter pw', lambda: dec(l.search_s(P, 2, '(userPassword=new)', ['1.1'])))
step('anon filter not pw', lambda: dec(l.search_s(P, 2, '(!(userPassword=new))', ['1.1'])))
step('admin filter pw', lambda: dec(a.search_s(P, 2, '(userPassword=new)', ['1.1'])))

# Filters
def s(f, base=B, scope=2, attrs=['1.1'], c=None):
    return sorted(d for d, _ in (c or l).search_s(base, scope, f, attrs))
for f in ['(uid=ANN)', '(cn=ann smith)', '(cn= ann   smith )', '(name=smith)', '(sn~=smith)', '(sn~=smyth)', '(cn=ann*)', '(cn=*smi*)', '(cn=*SMITH)', '(cn=a*n*h)', '(uid>=a)', '(uidNumber>=1000)', '(uidNumber<=0999)', '(uidNumber=01000)', '(uidNumber=x)', '(!(uidNumber=x))', '(nosuch=x)', '(!(nosuch=x))', '(|(nosuch=x)(uid=ann))', '(&(nosuch=x)(uid=ann))', '(&)', '(|)', '(objectClass=person)', '(objectClass=top)', '(objectClass=nosuch)', '(!(objectClass=nosuch))', '(mail=ann@example.COM)', '(mail=*@EXAMPLE.com)', '(telephoneNumber=+15550100)', '(telephoneNumber=*55501*)', '(cn:caseExactMatch:=Ann Smith)', '(cn:caseExactMatch:=ann smith)', '(:caseIgnoreMatch:=smith)', '(ou:dn:=people)', '(uid:dn:=ann)', '(2.5.4.4=smith)', '(createTimestamp>=20000101000000Z)', '(entryUUID=*)', '(entryDN=uid=ann,ou=people,dc=example,dc=com)', '(entryDN=*)', '(hasSubordinates=TRUE)', '(hasSubordinates=FALSE)', '(structuralObjectClass=inetOrgPerson)', '(jpegPhoto=*)', '(jpegPhoto=x)', '(description;lang-de=hallo)', '(description=hallo)', '(description;lang-fr=hallo)', '(uidNumber:1.2.840.113556.1.4.803:=8)', '(uidNumber:1.2.840.113556.1.4.804:=7)', '(cn:nosuch:=x)', '(subschemaSubentry=cn=subschema)', '(employeeNumber=7)', '(objectClass=*)', '(seeAlso=bogus)', '(!(seeAlso=bogus))', '(uidNumber=*0*)', '(cn=)', '(sn=*)', '(objectClass=2.5.6.6)', '(objectClass=per*)', '(creatorsName=cn=admin,dc=example,dc=com)', '(modifyTimestamp=*)', '(cn>=a)', '(homeDirectory=/HOME/ann)', '(homeDirectory=/home/ann)', '(employeeNumber>=1)', '(dc=EXAMPLE)', '(o=example)', '(entryCSN>=20000101000000.000000Z#000000#000#000000)', '(entryUUID=nonsense)', '(createTimestamp=nonsense)']:
    step('search ' + f, lambda: s(f))

# Scopes and bases
step('search one', lambda: s('(objectClass=*)', B, 1))
step('search one P', lambda: s('(objectClass=*)', P, 1))
step('search children', lambda: s('(objectClass=*)', B, 3))
step('search sub P', lambda: s('(objectClass=*)', P, 2))
step('search nosuch base', lambda: s('(objectClass=*)', 'cn=x,ou=y,' + P, 2))
step('search outside', lambda: s('(objectClass=*)', 'dc=org', 2))
step('search root sub', lambda: s('(objectClass=*)', '', 2))
step('search root one', lambda: s('(objectClass=*)', '', 1))
step('search bad base', lambda: s('(objectClass=*)', 'foo', 2))
step('search bad attr base', lambda: s('(objectClass=*)', 'foo=x', 2))
step('search base filter false', lambda: s('(uid=nope)', B, 0))

# Limits and controls
def lim():
    return [d for d, _ in l.search_ext_s(B, 2, '(objectClass=*)', ['1.1'], sizelimit=2)]
step('sizelimit', lim)

def ctl(oid, crit=True, val=None):
    return [d for d, _ in l.search_ext_s(B, 0, '(objectClass=*)', ['1.1'], serverctrls=[LDAPControl(oid, crit, val)])]
step('crit ctl', lambda: ctl('1.2.3.4'))
step('noncrit ctl', lambda: ctl('1.2.3.4', False))
step('crit paged on delete', lambda: a.delete_ext_s('cn=zzz,' + P, serverctrls=[SimplePagedResultsControl(True, 2, '')]))
step('paged garbage', lambda: ctl('1.2.840.113556.1.4.319', True, b'x'))
step('paged noval', lambda: ctl('1.2.840.113556.1.4.319', True, None))

def paged(size, cookie=b''):
    c = SimplePagedResultsControl(True, size, cookie)
    m = l.search_ext(B, 2, '(objectClass=*)', ['1.1'], serverctrls=[c])
    t, d, mid, sc = l.result3(m)
    return ([x[0] for x in d], [x.cookie.hex() for x in sc], [x.size for x in sc])

def pages():
    names, sizes, cookie = [], [], b''
    while True:
        page, (cookie_hex,), size = paged(2, cookie)
        names += page
        sizes.append([len(page), len(cookie_hex), size])
        cookie = bytes.fromhex(cookie_hex)
        if not cookie:
            return sorted(names), sizes

step('paged', pages)
step('paged bad cookie', lambda: paged(2, b'xxxxxxxx'))
step('paged bad cookie len', lambda: paged(2, b'xxx'))

# Compare
C = 'uid=ann,' + P
for t, v in [('cn', 'ANN smith'), ('cn', 'x'), ('nosuch', 'x'), ('telephoneNumber', '+15550100'), ('title', 'x'), ('uidNumber', 'x'), ('jpegPhoto', 'x'), ('createTimestamp', 'x'), ('entryDN', C), ('hasSubordinates', 'FALSE'), ('objectClass', 'person'), ('name', 'smith')]:
    step(f'compare {t}={v}', lambda: l.compare_s(C, t, v.encode()))
step('compare nosuch entry', lambda: l.compare_s('uid=x,' + P, 'cn', b'x'))
step('compare outside', lambda: l.compare_s('dc=org', 'cn', b'x'))
step('compare rootdse', lambda: l.compare_s('', 'objectClass', b'top'))

# Modify
M = ldap

def mod(*m, dn=C):
    return a.modify_s(dn, list(m)) and None

def bb(*v):
    return [x.encode() if isinstance(x, str) else x for x in v]
step('mod add', lambda: mod((M.MOD_ADD, 'title', bb('Boss'))))
step('mod add dup', lambda: mod((M.MOD_ADD, 'title', bb('BOSS'))))
step('mod add dup2', lambda: mod((M.MOD_ADD, 'title', bb('x', 'X'))))
step('mod add existing at 1', lambda: mod((M.MOD_ADD, 'title', bb('new', 'Boss'))))
step('mod del missing value', lambda: mod((M.MOD_DELETE, 'title', bb('zzz'))))
step('mod del missing attr', lambda: mod((M.MOD_DELETE, 'roomNumber', None)))
step('mod del missing attr value', lambda: mod((M.MOD_DELETE, 'roomNumber', bb('1'))))
step('mod del value', lambda: mod((M.MOD_DELETE, 'title', bb('boss'))))
step('mod replace absent none', lambda: mod((M.MOD_REPLACE, 'title', None)))
step('mod replace', lambda: mod((M.MOD_REPLACE, 'title', bb('a', 'b'))))
step('mod replace dup', lambda: mod((M.MOD_REPLACE, 'title', bb('a', 'A'))))
step('mod undef', lambda: mod((M.MOD_REPLACE, 'foo', bb('a'))))
step('mod not allowed', lambda: mod((M.MOD_REPLACE, 'dc', bb('a'))))
step('mod del must', lambda: mod((M.MOD_DELETE, 'sn', None)))
step('mod del rdn', lambda: mod((M.MOD_DELETE, 'uid', None)))
step('mod del rdn value', lambda: mod((M.MOD_DELETE, 'uid', bb('ann'))))
step('mod replace rdn', lambda: mod((M.MOD_REPLACE, 'uid', bb('other'))))
step('mod add oc', lambda: mod((M.MOD_ADD, 'objectClass', bb('shadowAccount'))))
step('mod add structural', lambda: mod((M.MOD_ADD, 'objectClass', bb('organizationalUnit'))))
step('mod replace structural', lambda: mod((M.MOD_REPLACE, 'objectClass', bb('account'))))
step('mod replace oc sub', lambda: mod((M.MOD_REPLACE, 'objectClass', bb('person', 'posixAccount', 'shadowAccount'))))
step('mod del all oc', lambda: mod((M.MOD_DELETE, 'objectClass', None)))
step('mod unknown oc', lambda: mod((M.MOD_ADD, 'objectClass', bb('nosuch'))))
step('mod syntax', lambda: mod((M.MOD_REPLACE, 'uidNumber', bb('x'))))
step('mod syntax second', lambda: mod((M.MOD_REPLACE, 'title', bb('x', b'\xff'))))
step('mod single', lambda: mod((M.MOD_REPLACE, 'uidNumber', bb('1', '2'))))
step('mod single add', lambda: mod((M.MOD_ADD, 'uidNumber', bb('1'))))
step('mod NUM', lambda: mod((M.MOD_REPLACE, 'createTimestamp', bb('20200101000000Z'))))
step('mod entryDN', lambda: mod((M.MOD_REPLACE, 'entryDN', bb('x'))))
step('mod no eq add', lambda: mod((M.MOD_ADD, 'jpegPhoto', bb('x'))))
step('mod no eq delete', lambda: mod((M.MOD_DELETE, 'jpegPhoto', bb('x'))))
step('mod no eq delete all', lambda: mod((M.MOD_DELETE, 'jpegPhoto', None)))
step('mod incr', lambda: mod((3, 'uidNumber', bb('5'))))
step('mod incr neg', lambda: mod((3, 'uidNumber', bb('-6'))))
step('mod incr str', lambda: mod((3, 'title', bb('5'))))
step('mod incr missing', lambda: mod((3, 'departmentNumber', bb('5'))))
step('mod incr missing int', lambda: mod((3, 'shadowMax', bb('5'))))
step('mod incr two', lambda: mod((3, 'uidNumber', bb('5', '6'))))
step('mod add none', lambda: mod((M.MOD_ADD, 'title', [])))
step('mod atomic', lambda: mod((M.MOD_REPLACE, 'description', bb('q')), (M.MOD_DELETE, 'sn', None)))
step('mod add+del same', lambda: mod((M.MOD_ADD, 'title', bb('q')), (M.MOD_DELETE, 'title', bb('q'))))
step('mod del all add', lambda: mod((M.MOD_DELETE, 'title', None), (M.MOD_ADD, 'title', bb('r'))))
step('mod nosuch', lambda: mod((M.MOD_REPLACE, 'description', bb('q')), dn='cn=zzz,ou=yy,' + P))
step('mod outside', lambda: mod((M.MOD_REPLACE, 'description', bb('q')), dn='dc=org'))
step('mod baddn', lambda: mod((M.MOD_REPLACE, 'description', bb('q')), dn='nope'))
step('mod rootdse', lambda: mod((M.MOD_REPLACE, 'description', bb('q')), dn=''))
step('mod subschema', lambda: mod((M.MOD_REPLACE, 'description', bb('q')), dn='cn=subschema'))
step('mod type 9', lambda: mod((9, 'description', bb('q'))))
step('mod seeAlso bad', lambda: mod((M.MOD_REPLACE, 'seeAlso', bb('q'))))
step('mod seeAlso pretty', lambda: mod((M.MOD_REPLACE, 'seeAlso', bb('CN=Foo Bar , DC=x'))))
step('mod by alias', lambda: mod((M.MOD_REPLACE, 'surName', bb('Jones'))))
step('read back', lambda: dec(a.search_s(C, 0)))

# Delete
step('del nonleaf', lambda: a.delete_s(P))
step('del nosuch', lambda: a.delete_s('cn=zz,ou=yy,' + P))
step('del outside', lambda: a.delete_s('dc=org'))
step('del bad dn', lambda: a.delete_s('foo'))
step('del empty', lambda: a.delete_s(''))
step('del ok', lambda: a.delete_s('cn=c,' + P))

# Modify DN
def rn(dn, rdn, new=None, d=1):
    return a.rename_s(dn, rdn, new, d) and None
step('rename', lambda: rn('cn=b,' + P, 'cn=bb'))
step('read', lambda: dec(a.search_s('cn=bb,' + P, 0)))
step('rename keep', lambda: rn('cn=bb,' + P, 'cn=b3', None, 0))
step('read', lambda: dec(a.search_s('cn=b3,' + P, 0)))
step('rename exists', lambda: rn('cn=b3,' + P, 'uid=ann'))
step('rename to exists', lambda: rn('cn=b3,' + P, 'cn=f'))
step('rename same', lambda: rn('cn=b3,' + P, 'cn=b3'))
step('rename case', lambda: rn('cn=b3,' + P, 'cn=B3'))
step('read', lambda: dec(a.search_s('cn=b3,' + P, 0)))
step('rename naming viol', lambda: rn('cn=b3,' + P, 'uid=b3'))
step('rename bad rdn', lambda: rn('cn=b3,' + P, 'foo'))
step('rename undef rdn', lambda: rn('cn=b3,' + P, 'foo=x'))
step('rename two rdn', lambda: rn('cn=b3,' + P, 'cn=x,cn=y'))
step('rename nosuch', lambda: rn('cn=zz,' + P, 'cn=x'))
step('rename new nosuch', lambda: rn('cn=b3,' + P, 'cn=b3', 'ou=no,' + B))
step('rename new outside', lambda: rn('cn=b3,' + P, 'cn=b3', 'dc=org'))
step('rename new bad', lambda: rn('cn=b3,' + P, 'cn=b3', 'foo'))
step('rename under self', lambda: rn(P, 'ou=People', 'cn=b3,' + P))
step('add groups', lambda: a.add_s('ou=Groups,' + B, [oc('organizationalUnit'), at('description', 'g')]))
step('rename move', lambda: rn('cn=b3,' + P, 'cn=b4', 'ou=groups,' + B))
step('search after', lambda: s('(objectClass=*)'))
step('rename base', lambda: rn(B, 'dc=other'))
step('search after', lambda: s('(objectClass=*)', 'dc=com'))

# Names
for dn in ['cn=Smith\\, John', 'cn="quoted, x"', 'cn=a+sn=b', 'sn=b2+cn=a2', 'cn=\\ lead', 'cn=trail\\ ', 'cn=\\#hash', 'cn=#04024869', 'cn=M\\c3\\bcller', 'cn=Müller', 'cn=a=b', 'cn=<x>', 'cn= spaced   out ', 'CN=Upper', 'commonName=alias', '2.5.4.3=oid', 'cn=semi\\;x', 'cn=nul\\00x', 'cn=q"q', 'cn=back\\\\slash', 'cn=plus\\+x', 'cn=a;dc=z', 'cn=', 'cn']:
    full = dn + ',' + P
    step('dn add ' + dn, lambda: a.add_s(full, [oc('person'), at('sn', 'b')]))
    step('dn read ' + dn, lambda: dec(a.search_s(full, 0)))

# extended


# Extended operations
step('ext unknown', lambda: a.extop_s(ldap.extop.ExtendedRequest('1.2.3.4', None)))
step('whoami', lambda: u.whoami_s())

print(json.dumps(out))
