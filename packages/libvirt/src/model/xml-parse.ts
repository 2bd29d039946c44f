import { createRequire } from 'node:module';
import { xml_depth_max_elements, xml_elements_max } from '../limits.ts';
import { type ConditionOrigin, HypervisorError } from './conditions.ts';
import type { XmlElement, XmlNode } from './xml-tree.ts';

interface Open {
  readonly name: string;
  readonly line: number;
  readonly attributes: Record<string, string>;
  readonly children: XmlNode[];
}

interface Mistake {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** What a malformed document is called in the error: `(domain_definition)`. */
export interface DocumentName {
  readonly title: string;
  readonly origin: ConditionOrigin;
}

/** Where the first thing is that is wrong with the document, for those who report lines of a file. */
export class XmlSyntaxError extends HypervisorError {
  readonly line: number;
  readonly problem: string;

  constructor(document: DocumentName, mistake: Mistake, context: string) {
    const where = document.title === '' ? `at line ${mistake.line}` : `${document.title}:${mistake.line}`;
    super('xml-malformed', document.origin, `${where}: ${mistake.text}\n${context}`);
    this.line = mistake.line;
    this.problem = mistake.text;
  }
}

const saxesOptions = { position: true, xmlns: false } as const;

// Loaded at the first document: most of wirelike's users never parse one.
let saxes: typeof import('saxes') | undefined;

function load(): typeof import('saxes') {
  if (saxes !== undefined) return saxes;
  const loaded: typeof import('saxes') = createRequire(import.meta.url)('saxes');
  saxes = loaded;
  return loaded;
}

/** Parses a document. Throws {@link XmlSyntaxError} with libxml2's words for the usual mistakes. */
export function parseXml(text: string, document: DocumentName): XmlElement {
  const { SaxesParser } = load();
  const parser = new SaxesParser(saxesOptions);
  const stack: Open[] = [];
  let root: XmlElement | undefined;
  let count = 0;
  // saxes closes an element before it complains about how it was closed.
  let closed: Open | undefined;
  // The first mistake ends it: saxes would go on, and complain once for each of a million tags.
  const refuse = (mistake: Mistake): never => {
    throw new XmlSyntaxError(document, mistake, context(text, mistake));
  };
  const excessive = (what: string): never =>
    refuse({ line: parser.line, column: parser.column, text: `Excessive ${what} use XML_PARSE_HUGE option` });
  parser.on('error', (error) => {
    refuse(inLibxmlWords(error.message, text, { line: parser.line, column: parser.column }, stack.at(-1), closed));
  });
  parser.on('opentag', (tag) => {
    if (stack.length >= xml_depth_max_elements) excessive(`depth in document: ${xml_depth_max_elements}`);
    if (++count > xml_elements_max) excessive(`number of elements in document: ${xml_elements_max}`);
    stack.push({ name: tag.name, line: parser.line, attributes: tag.attributes, children: [] });
  });
  parser.on('closetag', () => {
    const open = stack.pop();
    closed = open;
    if (open === undefined) return;
    const made: XmlElement = { name: open.name, attributes: open.attributes, children: withoutLayout(open.children) };
    const parent = stack.at(-1);
    if (parent === undefined) root = made;
    else parent.children.push(made);
  });
  const addText = (data: string): void => {
    stack.at(-1)?.children.push(data);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.write(text).close();
  return root ?? refuse({ line: 1, column: 0, text: 'Document is empty' });
}

/** White space between elements is layout; around text it is text. */
function withoutLayout(children: readonly XmlNode[]): readonly XmlNode[] {
  if (children.length === 0 || (children.length === 1 && children[0] !== undefined && typeof children[0] === 'string')) return children;
  return children.filter((child) => typeof child !== 'string' || child.trim() !== '');
}

/** The line and a pointer to the place in it, as virXMLParseHelper's catchXMLError prints them. */
function context(text: string, mistake: Mistake): string {
  if (text === '') return '(null)\n^';
  const line = text.split(/\r\n|\n|\r/)[mistake.line - 1] ?? '';
  return `${line}\n${'-'.repeat(Math.min(mistake.column, line.length))}^`;
}

/** saxes finds the mistakes that libxml2 finds, and says and places them a little differently. */
function inLibxmlWords(
  message: string,
  text: string,
  { line, column }: { readonly line: number; readonly column: number },
  open: Open | undefined,
  closed: Open | undefined,
): Mistake {
  const said = message.replace(/^\d+:\d+: /, '');
  const here = text.split(/\r\n|\n|\r/)[line - 1] ?? '';
  const before = here.slice(0, column);
  if (said.startsWith('document must contain a root') || said.startsWith('text data outside of root')) {
    if (text.trim() === '') return { line: 1, column: 0, text: 'Document is empty' };
    const extra = here.indexOf('>') >= 0;
    if (extra) return { line, column: before.lastIndexOf('>') + 1, text: 'Extra content at the end of the document' };
    return { line, column: 0, text: "Start tag expected, '<' not found" };
  }
  if (said.startsWith('documents may contain only one root')) {
    return { line, column: before.lastIndexOf('<'), text: 'Extra content at the end of the document' };
  }
  if (said.startsWith('unclosed tag')) {
    return { line, column, text: `Premature end of data in tag ${open?.name ?? said.slice(14)} line ${open?.line ?? line}` };
  }
  if (said.startsWith('unexpected close tag')) {
    const tag = /^\s*([^\s>]*)/.exec(before.slice(before.lastIndexOf('</') + 2))?.[1] ?? '';
    return { line, column, text: `Opening and ending tag mismatch: ${closed?.name ?? ''} line ${closed?.line ?? line} and ${tag}` };
  }
  if (said.startsWith('unquoted attribute value')) return { line, column: column - 1, text: 'AttValue: " or \' expected' };
  if (said.startsWith('undefined entity')) {
    return { line, column, text: `Entity '${/&([^;&]*);$/.exec(before)?.[1] ?? ''}' not defined` };
  }
  if (said.startsWith('duplicate attribute')) return { line, column: column - 1, text: `Attribute ${said.slice(21, -1)} redefined` };
  if (said.startsWith('attribute without value')) {
    return { line, column: column - 1, text: `Specification mandates value for attribute ${lastWord(before.slice(0, -1))}` };
  }
  return { line, column, text: said.replace(/\.$/, '') };
}

/** Up to the end of the text, space behind it aside. A regular expression would start at each letter of a long word. */
function lastWord(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed.slice(Math.max(trimmed.lastIndexOf(' '), trimmed.lastIndexOf('\t')) + 1);
}
