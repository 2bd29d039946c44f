export { type Condition, Shelf } from './shelf.ts';
