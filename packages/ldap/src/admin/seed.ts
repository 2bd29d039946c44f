import { SeedError, type SeedSource } from '@wirelike/kernel';
import type { Condition } from '../model/condition.ts';
import type { Directory } from '../model/directory.ts';
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
      if (refused !== undefined) throw new LdifError(record.line, `${record.dn}: ${explain(refused)}`);
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
