// RFC 4518: what strings look like before they are compared.

const NOT_PLAIN = /[^ -~]| {2}|^ | $/;
const HAS_UPPER = /[A-Z]/;

const MARKS = /\p{M}{30}(?=\p{M})/gu;
/** The combining grapheme joiner, which RFC 4518 §2.2 maps to nothing. */
const JOINER = '\u034f';

/**
 * NFKC. Sorting a run of combining marks takes the square of its length, so runs are cut as in the Stream-Safe Text
 * Format (UAX #15 §13), which no text of any language notices.
 */
function normalized(text: string): string {
  const cut = text.replace(MARKS, `$&${JOINER}`);
  return cut === text ? text.normalize('NFKC') : cut.normalize('NFKC').replaceAll(JOINER, '');
}

/** Case kept; spaces at the ends dropped, inner runs of them collapsed (RFC 4518 §2.6.1). */
export function prepareExact(text: string): string {
  if (!NOT_PLAIN.test(text)) return text;
  return collapse(normalized(text));
}

export function prepareIgnoringCase(text: string): string {
  if (!NOT_PLAIN.test(text)) return HAS_UPPER.test(text) ? text.toLowerCase() : text;
  return collapse(normalized(normalized(text).toLowerCase()));
}

/** A part of a substring assertion: spaces at the ends are significant, as one. */
export function prepareFragment(text: string, ignoreCase: boolean): string {
  const folded = ignoreCase ? normalized(text).toLowerCase() : normalized(text);
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
