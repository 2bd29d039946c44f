/** An element of a small ordered tree. Immutable: functions here return changed copies that share the rest. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
}

export type XmlNode = XmlElement | string;

/** `undefined` attributes are left out. */
export function element(name: string, attributes: Readonly<Record<string, string | undefined>> = {}, ...children: XmlNode[]): XmlElement {
  const given: Record<string, string> = {};
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) given[key] = value;
  return { name, attributes: given, children };
}

export function isElement(node: XmlNode): node is XmlElement {
  return typeof node !== 'string';
}

export function elements(parent: XmlElement, name?: string): readonly XmlElement[] {
  const all = parent.children.filter(isElement);
  return name === undefined ? all : all.filter((child) => child.name === name);
}

/** The first child of that name, at any depth that `path` leads to. */
export function find(parent: XmlElement, ...path: readonly string[]): XmlElement | undefined {
  let at: XmlElement | undefined = parent;
  for (const name of path) {
    at = at?.children.find((child): child is XmlElement => isElement(child) && child.name === name);
  }
  return at;
}

/** The text directly in an element. */
export function textOf(parent: XmlElement | undefined): string | undefined {
  if (parent === undefined) return undefined;
  return parent.children.filter((child) => !isElement(child)).join('');
}

export function attribute(parent: XmlElement | undefined, name: string): string | undefined {
  return parent?.attributes[name];
}

export function withAttributes(parent: XmlElement, attributes: Readonly<Record<string, string | undefined>>): XmlElement {
  return element(parent.name, { ...parent.attributes, ...attributes }, ...parent.children);
}

export function withChildren(parent: XmlElement, ...children: readonly XmlNode[]): XmlElement {
  return { name: parent.name, attributes: parent.attributes, children };
}

/** As libxml2 writes an element on its own: double quotes. */
export function formatForeignXml(root: XmlElement): string {
  const parts: string[] = [];
  format(root, '', parts, libxmlStyle);
  return parts.join('').trimEnd();
}

const texts = new WeakMap<XmlElement, string>();

/** The document as libvirt's virXMLFormatElement lays it out: two spaces, single quotes. Remembered for each tree. */
export function formatXml(root: XmlElement): string {
  const known = texts.get(root);
  if (known !== undefined) return known;
  const parts: string[] = [];
  format(root, '', parts, libvirtStyle);
  const text = parts.join('');
  texts.set(root, text);
  return text;
}

interface Style {
  readonly quote: string;
  readonly attribute: (text: string) => string;
  readonly text: (text: string) => string;
}

/** virBufferEscapeString, which escapes more than it must. */
const libvirtStyle: Style = { quote: "'", attribute: (text) => escapeXml(text, /[<>&'"]/g), text: (text) => escapeXml(text, /[<>&'"]/g) };

/** What a document of somebody else's is written with: libxml2's xmlNodeDump. */
const libxmlStyle: Style = { quote: '"', attribute: (text) => escapeXml(text, /[<>&"]/g), text: (text) => escapeXml(text, /[<>&]/g) };

function format(node: XmlElement, indent: string, parts: string[], style: Style): void {
  parts.push(indent);
  if (node.children.length === 0 || !node.children.every(isElement)) {
    formatInline(node, parts, style);
    parts.push('\n');
    return;
  }
  const inner = node.name === 'metadata' ? libxmlStyle : style;
  formatTag(node, parts, style);
  parts.push('>\n');
  for (const child of node.children) if (isElement(child)) format(child, `${indent}  `, parts, inner);
  parts.push(indent, '</', node.name, '>\n');
}

/** An element with text in it: white space would become part of the text. */
function formatInline(node: XmlElement, parts: string[], style: Style): void {
  formatTag(node, parts, style);
  if (node.children.length === 0) {
    parts.push('/>');
    return;
  }
  parts.push('>');
  for (const child of node.children) {
    if (isElement(child)) formatInline(child, parts, style);
    else parts.push(style.text(child));
  }
  parts.push('</', node.name, '>');
}

function formatTag(node: XmlElement, parts: string[], style: Style): void {
  parts.push('<', node.name);
  for (const name in node.attributes) parts.push(' ', name, '=', style.quote, style.attribute(node.attributes[name] ?? ''), style.quote);
}

function escapeXml(text: string, special: RegExp): string {
  return text.replace(special, (character) => entities[character] ?? character);
}

const entities: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&apos;', '"': '&quot;' };
