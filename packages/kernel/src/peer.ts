import type { Socket } from 'node:net';

/** Both ends of a connection, as long as it is remembered. */
export interface Peer {
  readonly transport: 'tcp' | 'unix';
  /** Empty for unix sockets. */
  readonly address: string;
  readonly port: number;
  readonly local_address: string;
  readonly local_port: number;
}

/** The system forgets them with the socket. */
export function peerOf(socket: Socket): Peer {
  return {
    transport: socket.remoteAddress === undefined ? 'unix' : 'tcp',
    address: socket.remoteAddress ?? '',
    port: socket.remotePort ?? 0,
    local_address: socket.localAddress ?? '',
    local_port: socket.localPort ?? 0,
  };
}
