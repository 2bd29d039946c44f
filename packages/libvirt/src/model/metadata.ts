// virDomainObjSetMetadata, virDomainObjGetMetadata
import { HypervisorError } from './conditions.ts';
import type { DomainDefinition } from './domain.ts';
import { attribute, element, elements, find, textOf, withAttributes, type XmlElement } from './xml-tree.ts';

export type MetadataChange =
  | { readonly type: 'description' | 'title'; readonly text: string | undefined }
  /** The one element of a namespace; nothing takes it away. */
  | { readonly type: 'element'; readonly namespace: string; readonly prefix: string; readonly xml: XmlElement | undefined };

const notFound = (): HypervisorError =>
  new HypervisorError('metadata-not-found', 'definition', 'Requested metadata element is not present');

export function readText(definition: DomainDefinition, type: 'description' | 'title'): string {
  const text = textOf(find(definition.xml, type));
  if (text === undefined) throw notFound();
  return text;
}

/** The element as it was set: without the prefix that it has inside the domain's document. */
export function readElement(definition: DomainDefinition, namespace: string): XmlElement {
  const found = elements(find(definition.xml, 'metadata') ?? element('metadata')).find((child) => namespaceOf(child) === namespace);
  if (found === undefined) throw notFound();
  return withoutPrefix(found, `${found.name.split(':')[0]}:`);
}

export function withMetadata(definition: DomainDefinition, change: MetadataChange): DomainDefinition {
  const metadata = find(definition.xml, 'metadata');
  const made = change.type === 'element' ? metadataWith(metadata, change) : textElement(change);
  const name = change.type === 'element' ? 'metadata' : change.type;
  const order = ['name', 'uuid', 'genid', 'title', 'description', 'metadata'];
  const others = elements(definition.xml).filter((child) => child.name !== name);
  const rank = order.indexOf(name);
  const head = others.filter((child) => order.includes(child.name) && order.indexOf(child.name) < rank);
  const tail = others.filter((child) => !head.includes(child));
  return { ...definition, xml: { ...definition.xml, children: [...head, ...(made === undefined ? [] : [made]), ...tail] } };
}

function textElement(change: { readonly type: 'description' | 'title'; readonly text: string | undefined }): XmlElement | undefined {
  return change.text === undefined || change.text === '' ? undefined : element(change.type, {}, change.text);
}

function metadataWith(metadata: XmlElement | undefined, change: Extract<MetadataChange, { type: 'element' }>): XmlElement | undefined {
  const kept = elements(metadata ?? element('metadata')).filter((child) => namespaceOf(child) !== change.namespace);
  const added = change.xml === undefined ? [] : [withPrefix(change.xml, change.prefix, change.namespace)];
  // An empty <metadata/> stays, as libvirt leaves it.
  return metadata === undefined && added.length === 0 ? undefined : element('metadata', {}, ...kept, ...added);
}

function namespaceOf(child: XmlElement): string | undefined {
  const [prefix, local] = child.name.split(':');
  return local === undefined ? attribute(child, 'xmlns') : attribute(child, `xmlns:${prefix}`);
}

function withPrefix(root: XmlElement, prefix: string, namespace: string): XmlElement {
  const rename = (node: XmlElement): XmlElement => ({
    name: `${prefix}:${node.name}`,
    attributes: node.attributes,
    children: node.children.map((child) => (typeof child === 'string' ? child : rename(child))),
  });
  return withAttributes({ ...rename(root), attributes: {} }, { [`xmlns:${prefix}`]: namespace, ...root.attributes });
}

function withoutPrefix(root: XmlElement, prefix: string): XmlElement {
  const strip = (node: XmlElement): XmlElement => ({
    name: node.name.startsWith(prefix) ? node.name.slice(prefix.length) : node.name,
    attributes: Object.fromEntries(
      Object.entries(node.attributes).filter(([name]) => name !== `xmlns:${prefix.slice(0, -1)}` && name !== 'xmlns'),
    ),
    children: node.children.map((child) => (typeof child === 'string' ? child : strip(child))),
  });
  return strip(root);
}
