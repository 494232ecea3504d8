import {
  countReads,
  fieldsOf,
  findDifference,
  isNamed,
  isNode,
  isType,
  listOf,
  nameOf,
  type Node,
  walk,
} from './babel.ts';
import { type CodemodOptions, HELPER, type Undone } from './contract/codemod.ts';
import { restoreComments } from './dropped.ts';
import { restoreRequest } from './restoring.ts';
import { isCallOf } from './streams.ts';
import { findCapture, findLocals, withoutAddedImports } from './taken.ts';

/**
 * Puts the parsing back where a loop over `sse()` or `ndjson()` stands for it: what the loop does is what the original
 * did behind its `JSON.parse`, word for word, and what is gone does nothing but read, cut and parse text.
 */
export function undoParsing(original: Node, rewritten: Node, { helper }: CodemodOptions): Undone {
  const captured = findCapture(original, rewritten, helper);
  if (captured !== null) return { fault: `the file used the name \`${captured}\` for something else.` };
  const restorer = new Restorer({
    parsers: ['sse', 'ndjson'].flatMap((name) => findLocals(rewritten, helper, name)),
    open: findLocals(rewritten, helper, HELPER),
  });
  const program = { ...(rewritten['program'] as Node), body: withoutAddedImports(original, rewritten, helper) };
  const tree: Node = { ...rewritten, program: restorer.restore(original['program'], program) };
  return { tree: { ...tree, comments: restoreComments(original, rewritten, restorer.gone) } };
}

/** What went where one statement became another. */
interface Match {
  readonly gone: readonly Node[];
  readonly isLoop: boolean;
  readonly holdsLoop?: boolean;
}

interface Names {
  readonly parsers: readonly string[];
  readonly open: readonly string[];
}

/** Methods of readers, decoders, strings and lists; none does anything else. */
const METHODS =
  /^(?:read|cancel|releaseLock|getReader|decode|split|slice|substring|substr|trim|trimStart|trimEnd|replace|replaceAll|startsWith|endsWith|includes|indexOf|lastIndexOf|match|test|exec|pop|shift|push|at|join|filter|map|find|some|every|toString|from|concat|charAt|search|toLowerCase|parse|catch)$/;
const LOOPS = /^(?:For|ForOf|While|DoWhile)Statement$/;

class Restorer {
  /** What of the original is not in the rewritten text. */
  readonly gone: Node[] = [];
  readonly #names: Names;

  constructor(names: Names) {
    this.#names = names;
  }

  restore(before: unknown, after: unknown): unknown {
    if (Array.isArray(after)) {
      const old = Array.isArray(before) ? (before as unknown[]) : [];
      const gone =
        after.every(isNode) && old.every(isNode) && findDifference(old, after) !== null
          ? this.#match(old, after)
          : null;
      if (gone) {
        this.gone.push(...gone);
        return old;
      }
      return after.map((item, index) => this.restore(old[index], item));
    }
    if (!isNode(after) || !isNode(before)) return after;
    const copy: Node = { ...after };
    for (const field of fieldsOf(after)) copy[field] = this.restore(before[field], after[field]);
    return copy;
  }

  /** What went from one list of statements on the way to the other; null where more than parsing has changed. */
  #match(before: readonly Node[], after: readonly Node[]): Node[] | null {
    const gone: Node[] = [];
    const now = this.#flatten(after);
    const old = before.flatMap((statement) => {
      const finalizer = isFreed(statement) ? (statement['finalizer'] as Node) : null;
      if (!finalizer || now.some((other) => findDifference(statement, other) === null)) return [statement];
      gone.push(finalizer);
      return listOf((statement['block'] as Node)['body']);
    });
    let at = 0;
    let loop: Node | null = null;
    let holdsLoop = false;
    for (const statement of old) {
      const next = now[at];
      const parts = next && this.#matchOne(statement, next, now);
      if (parts) {
        gone.push(...parts.gone);
        if (parts.isLoop) loop = isType(next, 'LabeledStatement') ? (next['body'] as Node) : next;
        holdsLoop ||= parts.holdsLoop === true;
        at += 1;
      } else if (
        isParsing(statement, (node) => loop !== null && isOfLoop(node, loop)) &&
        !namesLeft(statement, (node) => loop !== null && isOfLoop(node, loop)).some((name) => countReads(now, name) > 0)
      ) {
        gone.push(statement);
      } else {
        return null;
      }
    }
    return at === now.length && (loop !== null || holdsLoop || gone.every((node) => isCleanup(node))) ? gone : null;
  }

  #matchOne(statement: Node, next: Node, list: readonly Node[]): Match | null {
    if (findDifference(statement, next) === null) return { gone: [], isLoop: false };
    if (
      next.type === 'LabeledStatement' &&
      statement.type === 'LabeledStatement' &&
      nameOf(statement['label']) === nameOf(next['label'])
    )
      return this.#matchOne(statement['body'] as Node, next['body'] as Node, list);
    if (this.#isReading(next, list) && LOOPS.test(statement.type)) {
      const gone = findReplaced(statement, next);
      return gone && { gone, isLoop: true };
    }
    const opened = this.#isSameRequest(statement, next) || isSameGuard(statement, next);
    return opened ? { gone: [], isLoop: false } : this.#matchAround(statement, next);
  }

  /** The loop may stand deeper than the reader: `const reader = …; try { while (true) { … } } catch { … }`. */
  #matchAround(statement: Node, next: Node): Match | null {
    if (statement.type !== next.type || isType(statement, 'VariableDeclaration')) return null;
    const known = this.gone.length;
    const restored = this.restore(statement, next);
    if (findDifference(statement, restored) === null)
      return { gone: [], isLoop: false, holdsLoop: this.gone.slice(known).some(({ type }) => LOOPS.test(type)) };
    this.gone.length = known;
    return null;
  }

  /** `for await (const chunk of sse(response))`, or of the stream that a callback of the helper makes by it. */
  #isReading(node: Node, list: readonly Node[]): boolean {
    if (!isType(node, 'ForOfStatement') || node['await'] !== true) return false;
    const { right } = node;
    if (isCallOf(right, this.#names.parsers)) return true;
    return isType(right, 'Identifier') && list.some((other) => other['opens'] === nameOf(right));
  }

  /** The statements of a callback of the helper stand for it, and the request is as it was. */
  #flatten(after: readonly Node[]): Node[] {
    return after.flatMap((statement) => {
      const opened = this.#readOpening(statement);
      return opened ?? [statement];
    });
  }

  #readOpening(statement: Node): Node[] | null {
    const [declarator, ...others] = isType(statement, 'VariableDeclaration') ? listOf(statement['declarations']) : [];
    const init = isType(declarator?.['init'], 'AwaitExpression') ? declarator['init']['argument'] : null;
    const [callback] =
      others.length === 0 && isCallOf(init, this.#names.open) ? listOf((init as Node)['arguments']) : [];
    const name = nameOf(declarator?.['id']);
    if (
      !isType(callback, 'ArrowFunctionExpression') ||
      callback['async'] !== true ||
      name === '' ||
      !isSignal(listOf(callback['params']))
    )
      return null;
    const { body } = callback;
    if (isCallOf(body, this.#names.parsers)) {
      const [request] = listOf((body as Node)['arguments']);
      return isType(request, 'AwaitExpression')
        ? [{ ...statement, opens: name, request, options: listOf((init as Node)['arguments'])[1] ?? null }]
        : null;
    }
    const statements = isType(body, 'BlockStatement') ? listOf(body['body']) : [];
    const last = statements.at(-1);
    if (!isType(last, 'ReturnStatement') || !isCallOf(last['argument'], this.#names.parsers)) return null;
    const [first, ...tests] = statements.slice(0, -1);
    const request = listOf(first?.['declarations'])[0]?.['init'];
    return first && isType(request, 'AwaitExpression')
      ? [{ ...first, opens: name, request, options: listOf((init as Node)['arguments'])[1] ?? null }, ...tests]
      : null;
  }

  #isSameRequest(statement: Node, next: Node): boolean {
    const request = next['request'];
    const [declarator, ...others] = isType(statement, 'VariableDeclaration') ? listOf(statement['declarations']) : [];
    const before = declarator?.['init'];
    if (!isType(request, 'AwaitExpression') || !isType(before, 'AwaitExpression') || others.length > 0) return false;
    const moved = new Map<string, Node>();
    for (const property of isNode(next['options']) ? listOf(next['options']['properties']) : []) {
      const value = property['value'] as Node;
      if (!['signal', 'totalTimeoutMs', 'maxRetries'].includes(nameOf(property['key']))) return false;
      if (nameOf(property['key']) !== 'maxRetries') moved.set(nameOf(property['key']), value);
      else if (value['value'] !== 0) return false;
    }
    const argument = request['argument'] as Node;
    return restoreRequest(argument, { signal: 'signal', moved, canLose: () => false, isStated: () => false }).some(
      (each) => findDifference(before['argument'], each) === null,
    );
  }
}

const isSignal = ([param, ...more]: readonly Node[]): boolean => {
  const [property, ...others] = isType(param, 'ObjectPattern') ? listOf(param['properties']) : [];
  return (
    more.length === 0 &&
    others.length === 0 &&
    nameOf(property?.['key']) === 'signal' &&
    nameOf(property?.['value']) === 'signal'
  );
};

/** `if (!reader)` and `if (!response.body)`, which do the same. */
function isSameGuard(before: Node, after: Node): boolean {
  if (before.type !== 'IfStatement' || after.type !== 'IfStatement') return false;
  const [old, now] = [before['test'], after['test']];
  const isAsked =
    isType(old, 'UnaryExpression') &&
    old['operator'] === '!' &&
    isType(old['argument'], 'Identifier') &&
    isType(now, 'UnaryExpression') &&
    now['operator'] === '!' &&
    /MemberExpression$|^Identifier$/.test((now['argument'] as Node).type);
  return isAsked && findDifference({ ...before, test: null }, { ...after, test: null }) === null;
}

/** `try { … } finally { reader.releaseLock(); }` */
const isFreed = (statement: Node): boolean =>
  statement.type === 'TryStatement' &&
  !statement['handler'] &&
  isNode(statement['finalizer']) &&
  listOf(statement['finalizer']['body']).every(isCleanup);

const isCleanup = (statement: Node): boolean => {
  let value: unknown = statement['expression'];
  if (isType(value, 'AwaitExpression')) value = value['argument'];
  const callee = isNode(value) && /CallExpression$/.test(value.type) ? value['callee'] : null;
  return (
    statement.type === 'ExpressionStatement' &&
    isNode(callee) &&
    /^(?:releaseLock|cancel|catch)$/.test(nameOf(callee['property']))
  );
};

// ── The loop ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What a loop lost in becoming another; null where that is more than its parsing, or something came. */
function findReplaced(before: Node, after: Node): Node[] | null {
  const chunk = listOf((after['left'] as Node)['declarations'])[0]?.['id'];
  const kept = listOf((after['body'] as Node)['body']);
  if (!isNode(chunk)) return null;
  let found: readonly Node[] | null = null;
  walk(before['body'], null, (node) => {
    const list =
      node.type === 'BlockStatement'
        ? listOf(node['body'])
        : isNode(node['consequent']) && node['consequent'].type !== 'BlockStatement'
          ? [node['consequent']]
          : [];
    for (let at = 0; at < list.length && !found; at++) found = findSame(list, at, chunk, kept);
  });
  if (!found) return null;
  const own: readonly Node[] = found;
  const isOwn = (node: Node): boolean => own.includes(node);
  if (
    !isParsing(before, isOwn) ||
    namesOf(before, isOwn).some(
      (name) => !namesOf(chunk).includes(name) && countReads(kept, name) > 0 && !bindsOf(kept).includes(name),
    )
  )
    return null;
  return [before];
}

/** The statements of the original that are kept, where those from `at` on are; null where they are not. */
function findSame(list: readonly Node[], at: number, chunk: Node, kept: readonly Node[]): readonly Node[] | null {
  const statement = list[at]!;
  const rest = list.slice(at + 1);
  if (takes(statement, chunk)) return isSameList(rest, kept) ? [...rest, ...parsesIn(statement)] : null;
  const [first, ...others] = kept;
  if (
    first &&
    first.type !== 'TryStatement' &&
    isType(chunk, 'Identifier') &&
    isSame(statement, first, chunk) &&
    isSameList(rest, others)
  )
    return [statement, ...rest];
  if (statement.type !== 'TryStatement' || statement['finalizer']) return null;
  const block = listOf((statement['block'] as Node)['body']);
  for (const [index, inner] of block.entries()) {
    const behind = block.slice(index + 1);
    if (takes(inner, chunk) && behind.length === 0 && isSameList(rest, kept))
      return [...rest, ...parsesIn(inner), statement['handler'] as Node];
    const isGuard =
      first?.type === 'TryStatement' &&
      findDifference(statement['handler'], first['handler']) === null &&
      isSameList(rest, others);
    if (!isGuard) continue;
    const now = listOf((first['block'] as Node)['body']);
    if (takes(inner, chunk) && isSameList(behind, now))
      return [...behind, ...rest, ...parsesIn(inner), statement['handler'] as Node];
    if (isType(chunk, 'Identifier') && now[0] && isSame(inner, now[0], chunk) && isSameList(behind, now.slice(1)))
      return [inner, ...behind, ...rest, statement['handler'] as Node];
  }
  return null;
}

const isSameList = (before: readonly Node[], after: readonly Node[]): boolean => findDifference(before, after) === null;
const parsesIn = (statement: Node): Node[] => {
  const calls: Node[] = [];
  walk(statement, null, (node) => {
    if (isJsonParse(node)) calls.push(node);
  });
  return calls;
};

/** `const data = JSON.parse(…)`, `data = JSON.parse(…) as Chunk` */
function takes(statement: Node, chunk: Node): boolean {
  const [declarator, ...others] = listOf(statement['declarations']);
  const assigned =
    isType(statement['expression'], 'AssignmentExpression') && statement['expression']['operator'] === '='
      ? statement['expression']
      : null;
  const [target, value] =
    declarator && others.length === 0
      ? [declarator['id'], declarator['init']]
      : [assigned?.['left'], assigned?.['right']];
  return (
    isNode(target) &&
    findDifference({ ...target, typeAnnotation: null }, { ...chunk, typeAnnotation: null }) === null &&
    isJsonParse(bare(value))
  );
}

const bare = (value: unknown): unknown =>
  isNode(value) && /^TS\w+(?:Expression|Assertion)$/.test(value.type) ? bare(value['expression']) : value;

/** The same, with the chunk where the parse was. */
function isSame(before: Node, after: Node, chunk: Node): boolean {
  let count = 0;
  const put = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(put);
    if (!isNode(value)) return value;
    if (isJsonParse(value)) {
      count += 1;
      return chunk;
    }
    const copy: Node = { ...value };
    for (const field of fieldsOf(value)) copy[field] = put(value[field]);
    return copy;
  };
  return findDifference(put(before), after) === null && count === 1;
}

/** What a loop does with its chunks, done once more behind it. */
const isOfLoop = (node: Node, loop: Node): boolean => {
  const chunk = listOf((loop['left'] as Node)['declarations'])[0]?.['id'];
  return (
    isJsonParse(node) ||
    listOf((loop['body'] as Node)['body']).some(
      (kept) => findDifference(kept, node) === null || (isNode(chunk) && isSame(node, kept, chunk)),
    )
  );
};

const isJsonParse = (node: unknown): boolean =>
  isType(node, 'CallExpression') &&
  isType(node['callee'], 'MemberExpression') &&
  isNamed(node['callee']['object'], 'JSON') &&
  isNamed(node['callee']['property'], 'parse');

/** Nothing but reading, cutting and parsing; what `isOwn` says is left out. */
function isParsing(root: Node, isOwn: (node: Node) => boolean = () => false): boolean {
  let isPure = true;
  const look = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(look);
    if (!isNode(value) || isOwn(value)) return;
    if (
      /^(?:YieldExpression|ThrowStatement|UpdateExpression|ClassDeclaration|FunctionDeclaration|TaggedTemplateExpression)$/.test(
        value.type,
      )
    )
      isPure = false;
    if (/CallExpression$/.test(value.type) && !isMethod(value['callee'])) isPure = false;
    if (value.type === 'NewExpression' && !isNamed(value['callee'], 'TextDecoder')) isPure = false;
    if (value.type === 'AssignmentExpression' && !isType(value['left'], 'Identifier')) isPure = false;
    for (const field of fieldsOf(value)) look(value[field]);
  };
  look(root);
  return isPure;
}

const isMethod = (callee: unknown): boolean =>
  isNode(callee) &&
  (/MemberExpression$/.test(callee.type)
    ? METHODS.test(nameOf(callee['property']))
    : isNamed(callee, 'String') || isNamed(callee, 'Boolean'));

/** Variables that are declared, or assigned to, outside of what `isOwn` says. */
function namesOf(root: unknown, isOwn: (node: Node) => boolean = () => false): string[] {
  const names: string[] = [];
  const look = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(look);
    if (!isNode(value) || isOwn(value)) return;
    if (value.type === 'VariableDeclarator') names.push(...patternNames(value['id']));
    if (value.type === 'AssignmentExpression') names.push(nameOf(value['left']));
    for (const field of fieldsOf(value)) look(value[field]);
  };
  look(root);
  return isNode(root) && /Pattern$|^Identifier$/.test(root.type) ? patternNames(root) : names;
}

/** Those that code behind a statement can see. */
function namesLeft(statement: Node, isOwn: (node: Node) => boolean): string[] {
  const inner = statement.type === 'VariableDeclaration' ? [] : bindsOf([statement]);
  return namesOf(statement, isOwn).filter((name) => !inner.includes(name));
}

const patternNames = (pattern: unknown): string[] => {
  const names: string[] = [];
  walk(pattern, null, (node) => {
    if (node.type === 'Identifier') names.push(nameOf(node));
  });
  return names;
};

const bindsOf = (roots: readonly Node[]): string[] => {
  const names: string[] = [];
  walk(roots, null, (node) => {
    if (node.type === 'VariableDeclarator') names.push(...patternNames(node['id']));
  });
  return names;
};
