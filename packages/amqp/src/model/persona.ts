/** Which RabbitMQ the broker behaves like, where they differ. */
export type Persona = '4' | '3.13' | '3.10';

/** '4.1.4' and '4' are RabbitMQ 4, '3.12.1' behaves like 3.13 and '3.8' like 3.10. */
export function personaOf(version: string): Persona | undefined {
  const [major, minor] = version.split('.').map(Number);
  if (major === 4) return '4';
  if (major !== 3) return undefined;
  return (minor ?? 13) >= 11 ? '3.13' : '3.10';
}

/** The version announced when nobody says otherwise. */
export const PERSONA_VERSIONS: Readonly<Record<Persona, string>> = { '4': '4.1.4', '3.13': '3.13.7', '3.10': '3.10.8' };
