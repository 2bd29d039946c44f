// libvirt-domain.c: what a domain does.
import { notRunning } from '../model/conditions.ts';
import { type Domain, HypervisorError, referenceTo } from '../model/index.ts';
import { type Caller, checkFlags, type Handlers } from './caller.ts';
import { START_AUTODESTROY, START_PAUSED } from './constants.ts';

/** PAUSED, AUTODESTROY, BYPASS_CACHE, FORCE_BOOT, VALIDATE and RESET_NVRAM; which of them a function takes. */
const START_FLAGS = 0x2f;
const CREATE_XML_FLAGS = 0x33;
/** GRACEFUL and REMOVE_LOGS. */
const DESTROY_FLAGS = 3;
/** ACPI_POWER_BTN and GUEST_AGENT. */
const SHUTDOWN_FLAGS = 3;
const GUEST_AGENT = 2;

export const domainLifeHandlers: Handlers = {
  DOMAIN_CREATE(caller, { dom }) {
    begin(caller, caller.model.start(dom), 0);
  },

  DOMAIN_CREATE_WITH_FLAGS(caller, { dom, flags }) {
    checkFlags(flags, START_FLAGS, 'qemuDomainCreateWithFlags');
    return { dom: begin(caller, caller.model.start(dom, { paused: (flags & START_PAUSED) !== 0 }), flags) };
  },

  DOMAIN_CREATE_XML(caller, { xml_desc, flags }) {
    checkFlags(flags, CREATE_XML_FLAGS, 'qemuDomainCreateXML');
    return { dom: begin(caller, caller.model.create(xml_desc, { paused: (flags & START_PAUSED) !== 0 }), flags) };
  },

  DOMAIN_DESTROY: ({ model }, { dom }) => model.destroy(dom),

  DOMAIN_DESTROY_FLAGS({ model }, { dom, flags }) {
    checkFlags(flags, DESTROY_FLAGS, 'qemuDomainDestroyFlags');
    model.destroy(dom);
  },

  DOMAIN_SUSPEND: ({ model }, { dom }) => model.suspend(dom),
  DOMAIN_RESUME: ({ model }, { dom }) => model.resume(dom),
  DOMAIN_SHUTDOWN: ({ model }, { dom }) => model.shutdown(dom),

  DOMAIN_SHUTDOWN_FLAGS({ model }, { dom, flags }) {
    checkFlags(flags, SHUTDOWN_FLAGS, 'qemuDomainShutdownFlags');
    checkAgent(model.domain(dom), flags);
    model.shutdown(dom);
  },

  DOMAIN_REBOOT({ model }, { dom, flags }) {
    checkFlags(flags, SHUTDOWN_FLAGS, 'qemuDomainReboot');
    checkAgent(model.domain(dom), flags);
    model.shutdown(dom, 'reboot');
  },

  DOMAIN_RESET({ model }, { dom, flags }) {
    checkFlags(flags, 0, 'qemuDomainReset');
    model.reset(dom);
  },
};

function begin(caller: Caller, domain: Domain, flags: number) {
  if ((flags & START_AUTODESTROY) !== 0 && domain.life !== undefined) caller.autodestroy.set(domain.uuid, domain.life.id);
  return referenceTo(domain);
}

/** There is no agent in these guests yet, even where the document has a channel for one. */
function checkAgent(domain: Domain, flags: number): void {
  if ((flags & GUEST_AGENT) === 0) return;
  if (domain.life === undefined) throw notRunning('driver');
  throw new HypervisorError('argument-unsupported', 'driver', 'QEMU guest agent is not configured');
}
