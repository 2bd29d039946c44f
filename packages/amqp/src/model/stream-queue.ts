import { ClassicQueue } from './classic-queue.ts';

export class StreamQueue extends ClassicQueue {}
