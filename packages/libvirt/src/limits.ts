/** The emulator's limits, units last, with libvirt 9.0.0's values and where they come from. */

/** `virnetprotocol.x` VIR_NET_MESSAGE_MAX: a message without its length word. */
export const message_max_bytes = 33_554_432;

/** VIR_NET_MESSAGE_LEN_MAX and VIR_NET_MESSAGE_HEADER_MAX: the length word, and the six words after it. */
export const message_length_bytes = 4;
export const message_header_bytes = 24;

/** `remote_protocol.x` REMOTE_STRING_MAX. */
export const string_max_bytes = 4_194_304;

/** libxml2's xmlParserMaxDepth. */
export const xml_depth_max_elements = 256;

/** Elements of one document. libxml2 has no such limit; a document of four megabytes can have 700,000. */
export const xml_elements_max = 20_000;

/** Devices of one domain. libvirt ends where the PCI slots do, which depends on the machine. */
export const domain_devices_max = 1_024;

/** Controllers of one kind that disks may imply: `sdzzzzzz` would be on the 46 millionth. */
export const disk_controllers_max = 256;

/** Event callbacks of one connection. libvirt has no limit; each costs a message per event. */
export const event_callbacks_max = 1_024;

/**
 * Upper limits on counts in `remote_protocol.x` (there prefixed with `REMOTE_`), by the name
 * that the procedure tables use between angle brackets.
 */
export const counts = {
  AUTH_TYPE_LIST_MAX: 20,
  CONNECT_CPU_MODELS_MAX: 8_192,
  CONNECT_GET_ALL_DOMAIN_STATS_MAX: 262_144,
  CPUMAP_MAX: 2_048,
  CPUMAPS_MAX: 8_388_608,
  DOMAIN_CHECKPOINT_LIST_MAX: 16_384,
  DOMAIN_LIST_MAX: 16_384,
  DOMAIN_MESSAGES_MAX: 2_048,
  DOMAIN_SCHEDULER_PARAMETERS_MAX: 16,
  DOMAIN_SNAPSHOT_LIST_MAX: 16_384,
  INTERFACE_LIST_MAX: 16_384,
  NETWORK_LIST_MAX: 16_384,
  NODE_MAX_CELLS: 1_024,
  SECURITY_DOI_MAX: 257,
  SECURITY_LABEL_LIST_MAX: 64,
  SECURITY_LABEL_MAX: 4_097,
  SECURITY_MODEL_MAX: 257,
  STORAGE_POOL_LIST_MAX: 16_384,
  VCPUINFO_MAX: 16_384,
} as const;

/** libvirt keeps a domain in a file of its name: NAME_MAX of Linux less `.xml.new`. */
export const domain_name_max_bytes = 247;
