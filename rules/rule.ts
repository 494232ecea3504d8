import type { TSESTree } from '@typescript-eslint/utils';
import type { TextEdit } from '../codemods/contract/edits.ts';
import { MARKER } from '../codemods/text/marker.ts';
import { ofLastText } from '../src/analysis/source/file-memory.ts';
import type { Hints } from '../src/analysis/facts/file-hints.ts';
import type { ParsedSource } from '../src/analysis/source/parsed-source.ts';
import { mayHoldStreamLoop } from '../src/analysis/origin/prefilter.ts';
import type { StreamLoop } from '../src/analysis/facts/stream-loop.ts';
import { READS_CHUNKS } from '../src/analysis/source/chunk-reading-text.ts';
import type { Provider } from '../src/providers/provider.ts';
import type { OptionSchema, Preset } from './contract.ts';

/** What a rule may look at. */
export interface FileFacts {
  readonly source: ParsedSource;
  /** Tells modules from CommonJS, and TypeScript; absent where the text has no file. */
  readonly path: string | undefined;
  readonly hints: Hints;
  readonly loops: readonly StreamLoop[];
}

/** What a rule says. Of a loop, the API's name and its SDK's are in every message's data already. */
export interface Finding<MessageId extends string = string> {
  readonly messageId: MessageId;
  /** What the reader is to look at; of a loop its head is shown, of a call what is called. A comment is a token. */
  readonly at: TSESTree.Node | TSESTree.Comment;
  readonly data?: Readonly<Record<string, string>>;
  /** For an edit after which the program does the same wherever nothing fails; needs `fixable` in the rule. */
  readonly fix?: readonly TextEdit[];
  /** What a person may choose; needs `hasSuggestions` in the rule. */
  readonly suggestions?: readonly Suggestion<MessageId>[];
}

export interface Suggestion<MessageId extends string = string> {
  /** Says what the edit does: "Wrap the request in `resilientStream`." */
  readonly messageId: MessageId;
  readonly data?: Readonly<Record<string, string>>;
  readonly edits: readonly TextEdit[];
}

export interface OptionSpec<Value> {
  readonly schema: OptionSchema;
  readonly default: Value;
  /** A sentence for the page of the rule and for editors. */
  readonly description: string;
}

export type OptionSpecs<Options extends object> = { readonly [Name in keyof Options]: OptionSpec<Options[Name]> };

/** A whole module in plain JavaScript. */
export interface CorrectExample {
  readonly title: string;
  readonly code: string;
}

export interface IncorrectExample<MessageId extends string = string> extends CorrectExample {
  readonly messageId: MessageId;
}

/**
 * A rule as data and one pure decision. It never sees ESLint, and never walks a tree: what it needs to know is a fact
 * of the loop or of the file.
 */
interface RuleData<MessageId extends string, Options extends object> {
  readonly name: string;
  readonly preset: Preset;
  /** What it finds, as the end of a sentence: "Finds …". */
  readonly finds: string;
  /** Why that hurts, in Markdown, with what was measured. */
  readonly why: string;
  /** In Markdown. */
  readonly whenNotToUse: string;
  /** What escapes it, and what it takes on trust, in Markdown: a reader is to know what silence means. */
  readonly cannotSee: string;
  /** Of problems, and of suggestions. */
  readonly messages: Readonly<Record<MessageId, string>>;
  readonly fixable?: true;
  readonly hasSuggestions?: true;
  readonly options: OptionSpecs<Options>;
  readonly examples: {
    readonly incorrect: readonly IncorrectExample<NoInfer<MessageId>>[];
    readonly correct: readonly CorrectExample[];
  };
}

type Findings<MessageId extends string> = Finding<MessageId> | readonly Finding<MessageId>[] | undefined;

/** Decides about one loop at a time. */
export interface LoopRule<MessageId extends string = string, Options extends object = object> extends RuleData<
  MessageId,
  Options
> {
  /** Silent on any fact that it does not understand. */
  check(loop: StreamLoop, options: NoInfer<Options>, file: FileFacts): Findings<NoInfer<MessageId>>;
}

/** Decides about a file, where what is found is no loop: a comment, a decoder, a call whose stream nobody reads. */
export interface FileRule<MessageId extends string = string, Options extends object = object> extends RuleData<
  MessageId,
  Options
> {
  /** Whether a text can hold what the rule finds; of most texts it is all that is asked. */
  mayHold(text: string): boolean;
  /** Silent on any fact that it does not understand. */
  checkFile(file: FileFacts, options: NoInfer<Options>): readonly Finding<NoInfer<MessageId>>[];
}

export type Rule<MessageId extends string = string, Options extends object = object> =
  LoopRule<MessageId, Options> | FileRule<MessageId, Options>;

export const defineRule = <MessageId extends string, Options extends object>(
  rule: LoopRule<MessageId, Options>,
): LoopRule<MessageId, Options> => rule;
export const defineFileRule = <MessageId extends string, Options extends object>(
  rule: FileRule<MessageId, Options>,
): FileRule<MessageId, Options> => rule;

/** What a text holds wherever any rule finds something. One search for all of it: it is all that most files cost. */
const ANYTHING = new RegExp(`${READS_CHUNKS.source}|${MARKER.replace(/[()]/g, String.raw`\$&`)}`);

/** Whether a text can hold what some rule finds; most cannot. */
export const mayConcernAny = ofLastText((text) => ANYTHING.test(text));

/** Whether a text can hold what the rule finds; most cannot, and are never parsed for it. */
export const mayConcern = (rule: Rule, text: string, own: readonly Provider[], isTyped: boolean): boolean =>
  mayConcernAny(text) && ('mayHold' in rule ? rule.mayHold(text) : mayHoldStreamLoop(text, own, isTyped));

export const optionsOf = ({ options }: Rule): readonly [name: string, spec: OptionSpec<unknown>][] =>
  Object.entries(options as OptionSpecs<Record<string, unknown>>);

/** The options that hold where nobody sets any. */
export const defaultsOf = <Options extends object>(rule: Rule<string, Options>): Options =>
  Object.fromEntries(optionsOf(rule as Rule).map(([name, spec]) => [name, spec.default])) as Options;
