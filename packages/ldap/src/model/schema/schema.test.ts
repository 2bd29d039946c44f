import { describe, expect, test } from 'vitest';
import { parseDefinitions, SchemaError } from './definition.ts';
import { matchingRule } from './matching-rule.ts';
import { Schema } from './schema.ts';
import { standardSchema } from './standard.ts';

describe('the standard schema', () => {
  const schema = standardSchema();

  test('has what slapd has with core, cosine, inetorgperson and nis', () => {
    expect(schema.objectClass('INETORGPERSON')?.lineage.size).toBe(4);
    expect(schema.knownType('surname')).toBe(schema.knownType('2.5.4.4'));
    expect(schema.knownType('sn')?.equality?.name).toBe('caseIgnoreMatch');
    expect(schema.attributeTypes.every((type) => type.syntax.oid !== '')).toBe(true);
  });

  test('describes attributes with options', () => {
    expect(schema.describe('Description;lang-DE;lang-de')).toMatchObject({ name: 'description;lang-de', options: ['lang-de'] });
    expect(schema.describe('nosuch')).toBe('undefined');
    expect(schema.describe('f_o')).toBe('inappropriateCharacters');
    expect(schema.describe('cn;x-y')).toBe('unrecognizedOption');
    expect(schema.describe('cn;binary')).toBe('binaryNotSupported');
    expect(schema.describe('userCertificate;binary')).toMatchObject({ name: 'userCertificate;binary' });
  });

  test.each([
    ['uidNumber', '0', true],
    ['uidNumber', '-7', true],
    ['uidNumber', '007', false],
    ['cn', '', false],
    ['mail', 'é', false],
    ['gecos', '', true],
    ['member', 'cn=x,dc=y', true],
    ['member', 'x', false],
    ['objectClass', 'person', true],
    ['objectClass', 'nosuch', false],
    ['c', 'DE', true],
    ['c', 'DEU', false],
    ['telephoneNumber', '+1 555', true],
    ['createTimestamp', '20240229120000.5Z', true],
    ['createTimestamp', '20241329120000Z', false],
  ])('%s: %s', (name, value, valid) => {
    const type = schema.knownType(name);
    expect(type !== undefined && schema.validate(type, value)).toBe(valid);
  });
});

describe('definitions', () => {
  test('with comments, lists and flags', () => {
    const [type, objectClass] = parseDefinitions(`
# a comment with ( parentheses
attributetype ( 1.2.3 NAME ( 'a' 'b' ) DESC 'its ( own )' EQUALITY caseIgnoreMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{32} SINGLE-VALUE )
objectclass ( 1.2.4 NAME 'c' SUP top AUXILIARY MUST ( a $ b ) MAY cn )`);
    expect(type).toMatchObject({ oid: '1.2.3', names: ['a', 'b'], syntax: '1.3.6.1.4.1.1466.115.121.1.15', singleValue: true });
    expect(objectClass).toMatchObject({ kind: 'AUXILIARY', must: ['a', 'b'], may: ['cn'] });
  });

  test.each(['attributetype 1.2', 'attributetype ( 1.2 NAME', 'objectclass ( 1.2 MUST ( a', 'nonsense'])('%s is refused', (text) => {
    expect(() => parseDefinitions(text)).toThrow(SchemaError);
  });

  test('name what they refer to before it is there', () => {
    expect(() => new Schema(["attributetype ( 1.2 NAME 'a' SUP nosuch )"])).toThrow('no attribute type nosuch');
  });
});

test('the lenient schema takes any name', () => {
  const schema = standardSchema(true);
  expect(schema.describe('projectManager;x-old')).toMatchObject({ name: 'projectManager;x-old' });
  expect(schema.describe('not a name')).toBe('inappropriateCharacters');
  expect(standardSchema().describe('projectManager')).toBe('undefined');
});

describe('matching rules', () => {
  const key = (rule: string, value: string): string | undefined => matchingRule(rule)?.key(value, standardSchema());

  test.each([
    ['20260101000000.5000Z', '20260101000000.5Z'],
    ['20260101000000.000Z', '20260101000000Z'],
    ['2026010100Z', '20260101000000Z'],
  ])('%s is the time %s', (value, expected) => {
    expect(key('generalizedTimeMatch', value)).toBe(expected);
  });

  test('order integers by their value', () => {
    const rule = matchingRule('integerOrderingMatch');
    const numbers = ['-1000', '-20', '-3', '-1', '0', '1', '9', '10', '11', '100', '99999999999999999999'];
    const shuffled = [...numbers].sort();
    expect(shuffled.sort((one, other) => rule?.compare(one, other) ?? 0)).toEqual(numbers);
    expect(rule?.compare('7', '7')).toBe(0);
  });

  test('take no time over a million digits', () => {
    const started = performance.now();
    expect(key('generalizedTimeMatch', `20260101000000.${'0'.repeat(1_000_000)}1Z`)).toHaveLength(1_000_017);
    const long = '1'.repeat(1_000_000);
    for (let count = 0; count < 100; count++) matchingRule('integerOrderingMatch')?.compare(long, '7');
    expect(performance.now() - started).toBeLessThan(500);
  });
});
