// RFC 4518: what strings look like before they are compared.

const NOT_PLAIN = /[^ -~]| {2}|^ | $/;
const HAS_UPPER = /[A-Z]/;

/** Case kept; spaces at the ends dropped, inner runs of them collapsed (RFC 4518 §2.6.1). */
export function prepareExact(text: string): string {
  if (!NOT_PLAIN.test(text)) return text;
  return collapse(text.normalize('NFKC'));
}

export function prepareIgnoringCase(text: string): string {
  if (!NOT_PLAIN.test(text)) return HAS_UPPER.test(text) ? text.toLowerCase() : text;
  return collapse(text.normalize('NFKC').toLowerCase().normalize('NFKC'));
}

/** A part of a substring assertion: spaces at the ends are significant, as one. */
export function prepareFragment(text: string, ignoreCase: boolean): string {
  const folded = ignoreCase ? text.normalize('NFKC').toLowerCase() : text.normalize('NFKC');
  return folded.replace(/ +/g, ' ');
}

/** RFC 4518 §2.6.3. */
export function prepareTelephoneNumber(text: string): string {
  return text.replace(/[ -]/g, '').toLowerCase();
}

/** RFC 4518 §2.6.2. */
export function prepareNumericString(text: string): string {
  return text.replaceAll(' ', '');
}

/** RFC 4517 §4.2.12: lines divided by `$`, each prepared by itself. */
export function prepareList(text: string): string {
  return text
    .split('$')
    .map((line) => prepareIgnoringCase(line))
    .join('$');
}

function collapse(text: string): string {
  const collapsed = text.replace(/ +/g, ' ').replace(/^ | $/g, '');
  // A value of nothing but spaces is one space, not an empty value.
  return collapsed === '' && text !== '' ? ' ' : collapsed;
}
