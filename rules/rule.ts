import type { JSONSchema, TSESTree } from '@typescript-eslint/utils';
import type { StreamLoop } from '../src/analysis/stream-loop.ts';

/** `recommended`: what it finds is a bug. `strict` holds these and the rest. */
export type Preset = 'recommended' | 'strict';

/** What a rule says about a loop. The API's name and its SDK's are in every message's data already. */
export interface Finding<MessageId extends string = string> {
  readonly messageId: MessageId;
  /** What the reader is to look at; of a loop its head is shown, of a call what is called. */
  readonly at: TSESTree.Node;
  readonly data?: Readonly<Record<string, string>>;
}

export interface OptionSpec<Value> {
  readonly schema: JSONSchema.JSONSchema4;
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

/** A rule as data and one pure decision. It never sees ESLint, and never walks a tree: what it needs to know is a fact of the loop. */
export interface Rule<MessageId extends string = string, Options extends object = object> {
  readonly name: string;
  readonly preset: Preset;
  /** What it finds, as the end of a sentence: "Finds …". */
  readonly finds: string;
  /** Why that hurts, in Markdown, with what was measured. */
  readonly why: string;
  /** In Markdown. */
  readonly whenNotToUse: string;
  readonly messages: Readonly<Record<MessageId, string>>;
  readonly options: OptionSpecs<Options>;
  readonly examples: {
    readonly incorrect: readonly IncorrectExample<NoInfer<MessageId>>[];
    readonly correct: readonly CorrectExample[];
  };
  /** Silent on any fact that it does not understand. */
  check(loop: StreamLoop, options: NoInfer<Options>): Finding<NoInfer<MessageId>> | readonly Finding<NoInfer<MessageId>>[] | undefined;
}

export const defineRule = <MessageId extends string, Options extends object>(rule: Rule<MessageId, Options>): Rule<MessageId, Options> => rule;

export const optionsOf = ({ options }: Rule): readonly [name: string, spec: OptionSpec<unknown>][] => Object.entries(options as OptionSpecs<Record<string, unknown>>);

/** The options that hold where nobody sets any. */
export const defaultsOf = <Options extends object>(rule: Rule<string, Options>): Options =>
  Object.fromEntries(optionsOf(rule as Rule).map(([name, spec]) => [name, spec.default])) as Options;
