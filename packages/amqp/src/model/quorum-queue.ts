import { ClassicQueue } from './classic-queue.ts';

/** A quorum queue of one member. */
export class QuorumQueue extends ClassicQueue {}
