/** The process's own doings, as JSON lines on stderr; not the protocols', which the journal has. */
export interface Log {
  info(fields: object, message: string): void;
}

const SILENT: Log = { info: () => undefined };

/** pino takes 40 ms to load: only whoever asks for a log pays. */
export async function openLog(level: string | undefined): Promise<Log> {
  if (level === undefined) return SILENT;
  const { destination, pino } = await import('pino');
  const logger = pino({ level, base: { pid: process.pid } }, destination({ dest: 2, sync: true }));
  return { info: (fields, message) => logger.info(fields, message) };
}
