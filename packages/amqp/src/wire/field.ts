/**
 * A value in a field table with its type. The letters are those that RabbitMQ reads and writes, which differ
 * from the specification's (RabbitMQ's "AMQP 0-9-1 errata", §3).
 */
export type Field =
  | { readonly type: 't'; readonly value: boolean }
  | { readonly type: 'b' | 'B' | 's' | 'u' | 'I' | 'i' | 'f' | 'd'; readonly value: number }
  | { readonly type: 'l' | 'L'; readonly value: bigint }
  | { readonly type: 'D'; readonly value: { readonly scale: number; readonly unscaled: number } }
  /** Text where the bytes are UTF-8, otherwise the bytes. */
  | { readonly type: 'S'; readonly value: string | Uint8Array }
  | { readonly type: 'x'; readonly value: Uint8Array }
  | { readonly type: 'T'; readonly value: bigint }
  | { readonly type: 'F'; readonly value: Table }
  | { readonly type: 'A'; readonly value: readonly Field[] }
  | { readonly type: 'V'; readonly value: undefined };

export type Table = ReadonlyMap<string, Field>;
