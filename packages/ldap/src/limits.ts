/** The directory's limits, units last. */

/** A message from a client that has not bound: slapd's sockbuf_max_incoming. */
export const pdu_anonymous_max_bytes = 262_143;

/** A message from a client that has bound: slapd's sockbuf_max_incoming_auth. */
export const pdu_authenticated_max_bytes = 4_194_303;

/** Filters within filters. slapd's SLAPD_MAX_FILTER_DEPTH is 5,000. */
export const filter_depth_max = 1_000;

/** Entries that a search returns to anybody but the administrator: slapd's sizelimit. */
export const search_size_max_entries = 500;

/** Seconds that a search may take for anybody but the administrator: slapd's timelimit. */
export const search_time_max_seconds = 3_600;

/** How long a search goes on before it lets others have a turn. slapd has threads for that. */
export const search_slice_milliseconds = 5;

/** Entries that a search examines between two looks at the clock: a filter can have thousands of items. */
export const search_stride_entries = 64;

/** Operations of one connection that wait for their end: slapd's conn_max_pending_auth. */
export const operations_pending_max = 1_000;

/** Below this a search reads every entry; above it, it builds and uses an index for each attribute that it tests for equality. */
export const index_from_entries = 64;

/** Attribute types with an index of their own: each costs memory, and time at every change. */
export const indexed_types_max = 64;

/** A distinguished name: slapd's SLAP_LDAPDN_MAXLEN. */
export const dn_max_bytes = 8_192;

/** Distinguished names whose parsed form is kept. */
export const dn_cache_max_names = 4_096;

/** Longer names are parsed every time: clients choose them, and a thousand RDNs take a megabyte. */
export const dn_cache_name_max_characters = 512;

/** Attribute descriptions whose parsed form is kept: names that clients spell, with their options. */
export const description_cache_max_names = 4_096;

/** Longer ones are parsed every time: clients choose them. */
export const description_cache_name_max_characters = 256;

/** Sets of object classes whose requirements are kept. */
export const class_sets_max = 1_024;

/** Attributes that many entries have alike and therefore share: creatorsName, createTimestamp, structuralObjectClass. */
export const shared_attributes_max = 1_024;

/** Attribute types that the lenient mode makes up before it calls further ones undefined. */
export const invented_types_max = 10_000;

/** One line of LDIF, unfolded. OpenLDAP's tools read any length. */
export const ldif_line_max_bytes = 16_777_216;
