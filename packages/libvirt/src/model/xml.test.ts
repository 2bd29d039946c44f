import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HypervisorError } from './conditions.ts';
import { parseXml, XmlSyntaxError } from './xml-parse.ts';
import { element, formatXml, type XmlElement } from './xml-tree.ts';

const document = { title: '(domain_definition)', origin: 'definition' } as const;

const names = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
// libxml2 and saxes turn line ends and tabs in attributes into spaces, as XML 1.0 §3.3.3 wants.
const attributeTexts = fc.string({ unit: fc.constantFrom(...'abc <>&\'"üé1;=/') });
const texts = attributeTexts.filter((text) => text.trim() !== '');

const trees: fc.Memo<XmlElement> = fc.memo((depth) => {
  const children =
    depth <= 1
      ? fc.constant([])
      : fc.oneof(
          fc.array(trees(depth - 1), { maxLength: 3 }),
          texts.map((text) => [text]),
        );
  return fc
    .tuple(names, fc.dictionary(names, attributeTexts, { maxKeys: 3, noNullPrototype: true }), children)
    .map(([name, attributes, inner]) => element(name, attributes, ...inner));
});

describe('XML', () => {
  it('survives being written and read', () => {
    fc.assert(
      fc.property(trees(4), (tree) => {
        expect(parseXml(formatXml(tree), document)).toEqual(tree);
      }),
    );
  });

  it('is laid out as libvirt does', () => {
    const tree = element('domain', { type: 'qemu' }, element('name', {}, 'a<b'), element('devices'), element('title', { x: "it's" }));
    expect(formatXml(tree)).toBe("<domain type='qemu'>\n  <name>a&lt;b</name>\n  <devices/>\n  <title x='it&apos;s'/>\n</domain>\n");
  });

  it('keeps CDATA and entities as text, and drops comments and layout', () => {
    const tree = parseXml('<?xml version="1.0"?><a>\n <b><![CDATA[<x>]]>&amp;&#65;</b> <!-- no --> <c/>\n</a>\n', document);
    expect(tree).toEqual(element('a', {}, element('b', {}, '<x>', '&A'), element('c')));
  });
});

/** What libvirtd 9.0.0 was seen to say. */
const mistakes: readonly (readonly [string, string])[] = [
  ['', '(domain_definition):1: Document is empty\n(null)\n^'],
  ['foo', "(domain_definition):1: Start tag expected, '<' not found\nfoo\n^"],
  ['<domain>', '(domain_definition):1: Premature end of data in tag domain line 1\n<domain>\n--------^'],
  [
    "<domain type='qemu'>\n<name>x</nam>\n</domain>",
    '(domain_definition):2: Opening and ending tag mismatch: name line 2 and nam\n<name>x</nam>\n-------------^',
  ],
  ["<domain type='qemu' a=1/>", `(domain_definition):1: AttValue: " or ' expected\n<domain type='qemu' a=1/>\n----------------------^`],
  [
    "<domain type='qemu'>&foo;</domain>",
    "(domain_definition):1: Entity 'foo' not defined\n<domain type='qemu'>&foo;</domain>\n-------------------------^",
  ],
  ['<a></a>x', '(domain_definition):1: Extra content at the end of the document\n<a></a>x\n-------^'],
];

describe('what is not XML', () => {
  it.each(mistakes)('%j', (text, message) => {
    expect(() => parseXml(text, document)).toThrowError(message);
  });

  it('says where', () => {
    const thrown = (() => {
      try {
        return parseXml('<a>\n<b>\n</a>', document);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(XmlSyntaxError);
    expect(thrown).toMatchObject({ line: 3, kind: 'xml-malformed' });
  });

  it('is refused however it is broken, with nothing but a condition', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>/&;="\'a b!-[]?\n') }), (text) => {
        try {
          parseXml(text, document);
        } catch (error) {
          expect(error).toBeInstanceOf(HypervisorError);
        }
      }),
    );
  });

  it.each([
    ['a million open tags', '<a>'.repeat(1_000_000), 'Excessive depth'],
    ['a hundred thousand elements', `<a>${'<b/>'.repeat(100_000)}</a>`, 'Excessive number of elements in document: 20000'],
    ['a long word before a mistake', `<a b='${'x'.repeat(200_000)}' c d>`, 'value for attribute c'],
    ['many ends before a mistake', `<a>${'<b></b>'.repeat(10_000)}</c>`, 'mismatch: a line 1 and c'],
  ])('takes no time to refuse %s', (_, text, problem) => {
    const started = performance.now();
    expect(() => parseXml(text, document)).toThrow(problem);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('nests 256 levels at most', () => {
    expect(() => parseXml(`${'<a>'.repeat(300)}${'</a>'.repeat(300)}`, document)).toThrow('Excessive depth');
  });
});
