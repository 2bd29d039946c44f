import { describe, expect, it } from 'vitest';
import { apiName, procedureNames } from './procedure-names.ts';
import { procedureNumber } from './procedures.ts';

describe('procedure names', () => {
  it('numbers all 443 procedures of libvirt 9.0.0', () => {
    expect(procedureNames).toHaveLength(444);
    expect(procedureNumber('CONNECT_OPEN')).toBe(1);
    expect(procedureNumber('AUTH_LIST')).toBe(66);
    expect(procedureNumber('CONNECT_LIST_ALL_DOMAINS')).toBe(273);
    expect(procedureNumber('CONNECT_GET_ALL_DOMAIN_STATS')).toBe(344);
    expect(procedureNumber('DOMAIN_FD_ASSOCIATE')).toBe(443);
    expect(new Set(procedureNames.map((entry) => entry?.name)).size).toBe(444);
  });

  it('knows which ones a read-only connection is refused', () => {
    const writes = (name: string): boolean | undefined => procedureNames[procedureNumber(name)]?.writes;
    expect(['DOMAIN_CREATE', 'DOMAIN_DEFINE_XML_FLAGS', 'NETWORK_DESTROY', 'DOMAIN_SET_PERF_EVENTS'].map(writes)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['DOMAIN_GET_INFO', 'CONNECT_LIST_ALL_DOMAINS', 'DOMAIN_GET_XML_DESC'].map(writes)).toEqual([false, false, false]);
  });

  it.each([
    ['DOMAIN_GET_XML_DESC', 'virDomainGetXMLDesc'],
    ['CONNECT_NUM_OF_NWFILTERS', 'virConnectNumOfNWFilters'],
    ['DOMAIN_FSTRIM', 'virDomainFSTrim'],
    ['NODE_DEVICE_LOOKUP_SCSI_HOST_BY_WWN', 'virNodeDeviceLookupSCSIHostByWWN'],
    ['DOMAIN_GET_IOTHREAD_INFO', 'virDomainGetIOThreadInfo'],
    ['DOMAIN_AUTHORIZED_SSH_KEYS_GET', 'virDomainAuthorizedSSHKeysGet'],
    ['DOMAIN_PM_SUSPEND_FOR_DURATION', 'virDomainPMSuspendForDuration'],
  ])('%s carries %s', (procedure, api) => {
    expect(apiName(procedure)).toBe(api);
  });
});
