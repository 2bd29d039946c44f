// `virsh cpu-models` and `virsh domcapabilities` of libvirt 9.0.0 with QEMU 7.2.

export interface CpuModel {
  readonly name: string;
  readonly vendor: 'Intel' | 'AMD' | 'Hygon' | 'unknown';
}

function models(vendor: CpuModel['vendor'], names: string): readonly CpuModel[] {
  return names.split(' ').map((name) => ({ name, vendor }));
}

/** By architecture; none where libvirt has no list of its own. */
export const cpuModels: Readonly<Record<string, readonly CpuModel[]>> = {
  x86_64: [
    ...models('unknown', 'pentium pentium2 pentium3 pentiumpro'),
    ...models('Intel', 'coreduo n270 core2duo'),
    ...models('unknown', 'qemu32 kvm32 cpu64-rhel5 cpu64-rhel6 qemu64 kvm64'),
    ...models('Intel', 'Conroe Penryn Nehalem Nehalem-IBRS Westmere Westmere-IBRS SandyBridge SandyBridge-IBRS IvyBridge IvyBridge-IBRS'),
    ...models(
      'Intel',
      'Haswell-noTSX Haswell-noTSX-IBRS Haswell Haswell-IBRS Broadwell-noTSX Broadwell-noTSX-IBRS Broadwell Broadwell-IBRS',
    ),
    ...models('Intel', 'Skylake-Client Skylake-Client-IBRS Skylake-Client-noTSX-IBRS Skylake-Server Skylake-Server-IBRS'),
    ...models('Intel', 'Skylake-Server-noTSX-IBRS Cascadelake-Server Cascadelake-Server-noTSX Cooperlake Icelake-Client'),
    ...models('Intel', 'Icelake-Client-noTSX Icelake-Server Icelake-Server-noTSX Snowridge'),
    ...models('AMD', 'athlon phenom Opteron_G1 Opteron_G2 Opteron_G3 Opteron_G4 Opteron_G5 EPYC EPYC-IBPB EPYC-Rome EPYC-Milan'),
    ...models('Hygon', 'Dhyana'),
    ...models('unknown', '486'),
  ],
  i686: [],
  aarch64: [],
  armv7l: [],
  ppc64: [],
  ppc64le: [],
  s390x: [],
};
