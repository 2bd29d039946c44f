import { CORE_SCHEMA } from './core.ts';
import { COSINE_SCHEMA } from './cosine.ts';
import { INETORGPERSON_SCHEMA } from './inetorgperson.ts';
import { NIS_SCHEMA } from './nis.ts';
import { Schema } from './schema.ts';
import { SYSTEM_SCHEMA } from './system.ts';

const TEXTS = [SYSTEM_SCHEMA, CORE_SCHEMA, COSINE_SCHEMA, INETORGPERSON_SCHEMA, NIS_SCHEMA];

let strict: Schema | undefined;

/** What slapd has with core, cosine, inetorgperson and nis. The strict one is immutable, so all worlds share it. */
export function standardSchema(lenient = false): Schema {
  if (lenient) return new Schema(TEXTS, true);
  strict ??= new Schema(TEXTS);
  return strict;
}
