// libvirt-domain.c: what a domain is.

import { currentDefinition, type Domain, type DomainDefinition, formatXml, HypervisorError, referenceTo } from '../model/index.ts';
import { readElement, readText } from '../model/metadata.ts';
import { withoutSecrets } from '../model/secrets.ts';
import { parseXml } from '../model/xml-parse.ts';
import { formatForeignXml } from '../model/xml-tree.ts';
import { type Caller, checkFlags, type Handlers } from './caller.ts';
import {
  AFFECT_CONFIG,
  AFFECT_LIVE,
  METADATA_DESCRIPTION,
  METADATA_ELEMENT,
  METADATA_TITLE,
  XML_INACTIVE,
  XML_MIGRATABLE,
  XML_SECURE,
} from './constants.ts';
import { CallError, failures } from './errors.ts';

/** VIR_DOMAIN_DEFINE_VALIDATE. */
const DEFINE_FLAGS = 1;
/** virDomainUndefineFlagsValues. */
const UNDEFINE_FLAGS = 0x7f;
const UNDEFINE_NVRAM = 4;
const UNDEFINE_KEEP_NVRAM = 8;
/** virDomainXMLFlags, with UPDATE_CPU. */
const XML_FLAGS = 0xf;

export const domainConfigHandlers: Handlers = {
  DOMAIN_DEFINE_XML: ({ model }, { xml }) => ({ dom: referenceTo(model.define(xml)) }),

  DOMAIN_DEFINE_XML_FLAGS({ model }, { xml, flags }) {
    checkFlags(flags, DEFINE_FLAGS, 'qemuDomainDefineXMLFlags');
    return { dom: referenceTo(model.define(xml)) };
  },

  DOMAIN_UNDEFINE: ({ model }, { dom }) => model.undefine(dom),

  DOMAIN_UNDEFINE_FLAGS({ model }, { dom, flags }) {
    checkFlags(flags, UNDEFINE_FLAGS, 'qemuDomainUndefineFlags');
    if ((flags & UNDEFINE_NVRAM) !== 0 && (flags & UNDEFINE_KEEP_NVRAM) !== 0) {
      throw new HypervisorError('operation-invalid', 'driver', 'cannot both keep and delete nvram');
    }
    model.undefine(dom);
  },

  DOMAIN_RENAME({ model }, { dom, new_name, flags }) {
    checkFlags(flags, 0, 'qemuDomainRename');
    if (new_name === undefined || new_name === '')
      throw new CallError(failures.argumentRejected('new_name in virDomainRename must not be NULL', 'virDomainRename', 'new_name'));
    if (new_name.includes('/')) throw new HypervisorError('xml-invalid', 'definition', `name ${new_name} cannot contain '/'`);
    model.rename(dom, new_name);
    return { retcode: 0 };
  },

  DOMAIN_GET_XML_DESC(caller, { dom, flags }) {
    if (caller.readOnly && (flags & (XML_SECURE | XML_MIGRATABLE)) !== 0)
      throw new CallError(failures.readOnlySecure('virDomainGetXMLDesc'));
    checkFlags(flags, XML_FLAGS, 'qemuDomainGetXMLDesc');
    const domain = caller.model.domain(dom);
    const definition = (flags & (XML_INACTIVE | XML_MIGRATABLE)) !== 0 ? inactiveDefinition(domain) : currentDefinition(domain);
    const secure = (flags & (XML_SECURE | XML_MIGRATABLE)) !== 0;
    return { xml: formatXml(secure ? definition.xml : withoutSecrets(definition.xml)) };
  },

  DOMAIN_GET_OS_TYPE: ({ model }, { dom }) => ({ type: currentDefinition(model.domain(dom)).os_type }),
  DOMAIN_IS_PERSISTENT: ({ model }, { dom }) => ({ persistent: model.domain(dom).persistent === undefined ? 0 : 1 }),
  // Whether the configuration file was written since: QEMU's driver never says so.
  DOMAIN_IS_UPDATED({ model }, { dom }) {
    model.domain(dom);
    return { updated: 0 };
  },
  DOMAIN_GET_AUTOSTART: ({ model }, { dom }) => ({ autostart: model.domain(dom).autostart ? 1 : 0 }),
  DOMAIN_SET_AUTOSTART: ({ model }, { dom, autostart }) => model.setAutostart(dom, autostart !== 0),

  DOMAIN_GET_METADATA({ model }, { dom, type, uri, flags }) {
    checkFlags(flags, AFFECT_LIVE | AFFECT_CONFIG, 'qemuDomainGetMetadata');
    const definition = definitionFor(model.domain(dom), flags);
    if (type === METADATA_DESCRIPTION) return { metadata: readText(definition, 'description') };
    if (type === METADATA_TITLE) return { metadata: readText(definition, 'title') };
    if (type === METADATA_ELEMENT) return { metadata: formatForeignXml(readElement(definition, uri ?? '')) };
    throw new CallError(failures.invalidArgument(`unknown metadata type`));
  },

  DOMAIN_SET_METADATA(caller, args) {
    setMetadata(caller, args);
  },
};

interface SetMetadata {
  readonly dom: { readonly name: string; readonly uuid: string };
  readonly type: number;
  readonly metadata: string | undefined;
  readonly key: string | undefined;
  readonly uri: string | undefined;
  readonly flags: number;
}

function setMetadata({ model }: Caller, { dom, type, metadata, key, uri, flags }: SetMetadata): void {
  checkFlags(flags, AFFECT_LIVE | AFFECT_CONFIG, 'qemuDomainSetMetadata');
  if (type === METADATA_TITLE && metadata?.includes('\n')) {
    throw new CallError(failures.argumentRejected("metadata title can't contain newlines", 'virDomainSetMetadata', 'metadata'));
  }
  const domain = model.domain(dom);
  const where = impact(domain, flags);
  if (type === METADATA_DESCRIPTION || type === METADATA_TITLE) {
    model.setMetadata(dom, { type: type === METADATA_TITLE ? 'title' : 'description', text: metadata }, where);
  } else if (type === METADATA_ELEMENT && uri !== undefined && (metadata === undefined || key !== undefined)) {
    const xml = metadata === undefined ? undefined : parseXml(metadata, { title: '(metadata_xml)', origin: 'document' });
    model.setMetadata(dom, { type: 'element', namespace: uri, prefix: key ?? '', xml }, where);
  } else {
    throw new CallError(failures.argumentRejected('metadata type, key or uri missing', 'virDomainSetMetadata', 'type'));
  }
}

/** virDomainObjUpdateModificationImpact: which configurations the flags mean. */
export function impact(domain: Domain, flags: number): { readonly live: boolean; readonly config: boolean } {
  const live = (flags & AFFECT_LIVE) !== 0;
  const config = (flags & AFFECT_CONFIG) !== 0;
  if (!live && !config) return { live: domain.life !== undefined, config: domain.life === undefined };
  if (live && domain.life === undefined) throw new HypervisorError('operation-invalid', 'definition', 'domain is not running');
  if (config && domain.persistent === undefined) {
    throw new HypervisorError('operation-invalid', 'definition', 'transient domains do not have any persistent config');
  }
  return { live, config };
}

/** The one configuration that the flags mean (virDomainObjGetOneDef). */
export function definitionFor(domain: Domain, flags: number): DomainDefinition {
  const { live } = impact(domain, flags);
  const definition = live ? domain.life?.definition : domain.persistent;
  return definition ?? currentDefinition(domain);
}

/** What the domain will be at its next start. */
function inactiveDefinition(domain: Domain): DomainDefinition {
  return domain.persistent ?? domain.life?.source ?? currentDefinition(domain);
}
