export {
  faultyFetch,
  type Fault,
  type FaultyFetch,
  type Plan,
  type Reply,
  type SeenRequest,
} from './testing/faulty-fetch.ts';
export { scriptedStream, type ScriptedStream, type Step } from './testing/scripted-stream.ts';
