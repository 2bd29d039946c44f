/** The types that a virtual host may have by default. */
export function isQueueType(name: string): boolean {
  return ['classic', 'quorum', 'stream'].includes(name);
}
