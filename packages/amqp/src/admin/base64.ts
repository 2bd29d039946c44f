/** As Erlang's base64:decode/1 takes it. */
export function isBase64(text: string): boolean {
  const packed = text.replaceAll(/\s/g, '');
  return packed.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(packed);
}
