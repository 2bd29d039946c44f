import { SeedError, type SeedSource } from '@wirelike/kernel';
import type { Condition } from '../model/condition.ts';
import type { Directory } from '../model/directory.ts';
import type { Value } from '../model/value.ts';
import { explain } from './explain.ts';
import { LdifError, type LdifRecord, parseLdif } from './ldif.ts';

/** Applies an LDIF file, or `ldif: |` in a YAML seed. Throws a `SeedError`. */
export function applySeed(directory: Directory, source: SeedSource): void {
  if (source.kind === 'file') {
    applyLdif(directory, source.text, source.path, 1);
    return;
  }
  const { value } = source;
  const ldif = typeof value === 'object' && value !== null && 'ldif' in value ? value.ldif : undefined;
  if (typeof ldif !== 'string') throw new SeedError(source.path, source.line([]), 'expected "ldif: |" with LDIF records below it');
  // The block starts on the line after its key.
  applyLdif(directory, ldif, source.path, source.line(['ldif']) + 1);
}

function applyLdif(directory: Directory, text: string, path: string, firstLine: number): void {
  try {
    for (const record of parseLdif(text)) {
      const refused = applyRecord(directory, record);
      if (refused !== undefined) throw new LdifError(record.line, `${record.dn}: ${invalidValue(refused, record) ?? explain(refused)}`);
    }
  } catch (error) {
    if (error instanceof LdifError) throw new SeedError(path, error.line + firstLine - 1, error.message);
    throw error;
  }
}

function applyRecord(directory: Directory, record: LdifRecord): Condition | undefined {
  switch (record.is) {
    case 'add':
      return directory.add(record.dn, record.attributes, directory.administrator, { asGiven: true });
    case 'delete':
      return directory.delete(record.dn);
    case 'modify':
      return directory.modify(record.dn, record.changes);
    case 'modrdn':
      return directory.rename(record.dn, record);
  }
}

/** The value itself says more than where it stands. */
function invalidValue({ name, details }: Condition, record: LdifRecord): string | undefined {
  if (name !== 'invalidValue' || !('attribute' in details) || !('index' in details)) return undefined;
  const { attribute, index } = details;
  const values = valuesOf(record).filter((each) => each.name === attribute);
  const value = values.map((each) => each.values[index]).find((each) => each !== undefined);
  if (typeof value !== 'string') return undefined;
  if (attribute.toLowerCase() === 'objectclass')
    return `expected an object class that the schema knows, found "${value}" (--set ldap.schema=lenient allows any)`;
  return `expected a value of ${attribute} in its syntax, found "${value}"`;
}

function valuesOf(record: LdifRecord): readonly { readonly name: string; readonly values: readonly Value[] }[] {
  if (record.is === 'add') return record.attributes;
  return record.is === 'modify' ? record.changes.map(({ attribute, values }) => ({ name: attribute, values })) : [];
}
