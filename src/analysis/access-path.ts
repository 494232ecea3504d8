import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { bindingsOf, findParameter, findVariable } from './bindings.ts';
import { indexOf } from './file-index.ts';
import { FileMemory } from './file-memory.ts';
import type { ParsedSource } from './parsed-source.ts';
import { ancestorsOf, findPropertyName, findUser, type FunctionNode, isClass, isFunction, isNothing, unwrap } from './tree.ts';

/**
 * How a value comes about: where it starts, and what is done to it from there.
 * `(await new OpenAI().chat.completions.create(p).withResponse()).data` starts at the module 'openai' and goes
 * `.default`, `new`, `.chat`, `.completions`, `.create`, call, `.withResponse`, call, `.data`. Variables, fields, same-file functions
 * and patterns are seen through; `await` leaves no step.
 */
export interface AccessPath {
  readonly root: Root;
  readonly steps: readonly Step[];
  /** Calls whose callback returned this value: `retry(() => value)`. */
  readonly through: readonly TSESTree.CallExpression[];
  /** The value comes out of a generator of this file, which may have made other chunks of it. */
  readonly relayed: boolean;
  /** So many of the steps, from the first on, callers in this file have made of what they hand to the function that has it here. */
  readonly given: number;
}

export type Root = { readonly kind: 'module'; readonly module: string } | { readonly kind: 'node'; readonly node: TSESTree.Node };

export type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'call'; readonly node: TSESTree.CallExpression }
  /** `node` is null where only a type annotation says that this is an instance. */
  | { readonly kind: 'new'; readonly node: TSESTree.NewExpression | null }
  /** By annotation: something generic over the type before it, `AsyncIterable<Chunk>`. */
  | { readonly kind: 'generic' };

/** A value with more branches, more hops through variables, or more work behind it than anyone writes by hand is out of sight. */
const MAX_PATHS = 8;
const MAX_DEPTH = 60;
const MAX_NODES = 5_000;

const known = new FileMemory<Map<TSESTree.Node, readonly AccessPath[]>>();

/** The ways in which the expression's value may come about; one with its root at a node of its own where nothing is known. */
export function findAccessPaths(source: ParsedSource, expression: TSESTree.Node): readonly AccessPath[] {
  return new Tracer(source).trace(expression, 0);
}

/** The expressions that the value may be, where they are in sight: `const a = { b: 1 }; a.b` is the literal 1. */
export const findValues = (source: ParsedSource, expression: TSESTree.Node): TSESTree.Node[] =>
  findAccessPaths(source, expression).flatMap(({ root, steps }) => (root.kind === 'node' && steps.length === 0 ? [root.node] : []));

class Tracer {
  readonly #source: ParsedSource;
  readonly #known: Map<TSESTree.Node, readonly AccessPath[]>;
  /** What is being traced right now; meeting it again is a cycle: `let a = b; let b = a`. */
  readonly #open = new Set<unknown>();
  #nodes = 0;
  #cuts = 0;

  constructor(source: ParsedSource) {
    this.#source = source;
    this.#known = known.get(source.ast) ?? new Map<TSESTree.Node, readonly AccessPath[]>();
    known.set(source.ast, this.#known);
  }

  trace(expression: TSESTree.Node, depth: number): readonly AccessPath[] {
    if (expression.type === 'TSAsExpression') {
      return [...this.trace(expression.expression, depth), ...this.#traceAnnotation(expression.typeAnnotation, depth)].slice(0, MAX_PATHS);
    }
    const node = unwrap(expression);
    const before = this.#known.get(node);
    if (before) return before;
    if (this.#open.has(node) || depth > MAX_DEPTH || ++this.#nodes > MAX_NODES) {
      this.#cuts++;
      return [startAt(node)];
    }
    const cuts = this.#cuts;
    this.#open.add(node);
    const paths = this.#traceNode(node, depth + 1).slice(0, MAX_PATHS);
    this.#open.delete(node);
    const answer = paths.length > 0 ? paths : [startAt(node)];
    // An answer from inside a cycle is only part of the truth.
    if (cuts === this.#cuts || this.#open.size === 0) this.#known.set(node, answer);
    return answer;
  }

  #traceNode(node: TSESTree.Node, depth: number): readonly AccessPath[] {
    switch (node.type) {
      case 'Identifier':
        return this.#traceIdentifier(node, depth);
      case 'AwaitExpression':
        return this.trace(node.argument, depth);
      case 'MemberExpression': {
        const name = findPropertyName(node);
        return name === null ? [startAt(node)] : this.#member(this.trace(node.object, depth), name, depth);
      }
      case 'CallExpression':
        return this.#call(node, depth);
      case 'ImportExpression':
        return this.trace(node.source, depth).map(({ root }) =>
          root.kind === 'node' && root.node.type === 'Literal' ? startAtModule(String(root.node.value)) : startAt(node),
        );
      case 'NewExpression':
        return this.#construct(node, depth);
      case 'ConditionalExpression':
        return [...this.trace(node.consequent, depth), ...this.trace(node.alternate, depth)];
      case 'LogicalExpression':
        return node.operator === '&&' ? this.trace(node.right, depth) : [...this.trace(node.left, depth), ...this.trace(node.right, depth)];
      case 'AssignmentExpression':
        return this.trace(node.right, depth);
      case 'SequenceExpression':
        return this.trace(node.expressions[node.expressions.length - 1]!, depth);
      default:
        return [startAt(node)];
    }
  }

  #traceIdentifier(node: TSESTree.Identifier, depth: number): readonly AccessPath[] {
    const variable = findVariable(this.#source, node);
    if (!variable) return [startAt(node)];
    return this.#once(variable, () => this.#traceVariable(variable, depth)) ?? [];
  }

  #traceVariable(variable: Variable, depth: number): readonly AccessPath[] {
    const declared = variable.defs.flatMap((def) => {
      switch (def.type) {
        case 'ImportBinding':
          return this.#traceImport(def.node);
        case 'FunctionName':
        case 'ClassName':
          return [startAt(def.node)];
        case 'Parameter':
          return this.#traceParameter(def.name, def.node, depth);
        case 'Variable':
          return this.#traceAnnotation(findAnnotation(def.name), depth);
        default:
          return [];
      }
    });
    const assigned = bindingsOf(variable)
      .filter(({ value }) => !isNothing(value))
      .flatMap(({ value, picks }) => picks.reduce((paths, name) => this.#member(paths, name, depth), this.trace(value, depth)));
    return [...assigned, ...declared];
  }

  #traceImport(specifier: TSESTree.Node): readonly AccessPath[] {
    if (specifier.type === 'TSImportEqualsDeclaration') {
      const reference = specifier.moduleReference;
      return reference.type === 'TSExternalModuleReference' && reference.expression.type === 'Literal'
        ? [startAtModule(String(reference.expression.value))]
        : [];
    }
    if (specifier.parent?.type !== 'ImportDeclaration') return [];
    const path = startAtModule(specifier.parent.source.value);
    if (specifier.type === 'ImportNamespaceSpecifier') return [path];
    if (specifier.type === 'ImportDefaultSpecifier') return [extend(path, { kind: 'member', name: 'default' })];
    if (specifier.type !== 'ImportSpecifier') return [];
    const { imported } = specifier;
    return [extend(path, { kind: 'member', name: imported.type === 'Identifier' ? imported.name : imported.value })];
  }

  #traceParameter(name: TSESTree.Node, owner: TSESTree.Node, depth: number): readonly AccessPath[] {
    const parameter = findParameter(name);
    if (!parameter) return [];
    const user = owner.parent;
    // `create().then((stream) => …)`
    if (parameter.index === 0 && user?.type === 'CallExpression' && user.arguments[0] === owner) {
      const { callee } = user;
      if (callee.type === 'MemberExpression' && findPropertyName(callee) === 'then') {
        return parameter.picks.reduce((paths, pick) => this.#member(paths, pick, depth), this.trace(callee.object, depth));
      }
    }
    const annotated = parameter.picks.length === 0 ? this.#traceAnnotation(parameter.annotation, depth) : [];
    if (annotated.length > 0) return annotated;
    return this.#fromCallers(owner, parameter, depth);
  }

  /** `client: OpenAI` is an instance of what `OpenAI` names; `AsyncIterable<Chunk>` is generic over what `Chunk` names. */
  #traceAnnotation(annotation: TSESTree.TypeNode | null | undefined, depth: number): readonly AccessPath[] {
    if (annotation?.type === 'TSUnionType' || annotation?.type === 'TSIntersectionType') {
      return annotation.types.flatMap((type) => this.#traceAnnotation(type, depth));
    }
    if (annotation?.type !== 'TSTypeReference' || depth > MAX_DEPTH) return [];
    const instances = this.#traceTypeName(annotation.typeName, depth)
      .filter(({ root }) => root.kind === 'module' || isClass(root.node))
      .map((path) => extend(path, { kind: 'new', node: null }));
    const generics = (annotation.typeArguments?.params ?? []).flatMap((type) => this.#traceAnnotation(type, depth + 1));
    // Chunks say more than the class of their stream: `AsyncIterableStream<TextStreamPart>`.
    return [...generics.map((path) => (path.steps.at(-1)?.kind === 'generic' ? path : extend(path, { kind: 'generic' }))), ...instances];
  }

  /** `Stream.fromReadableStream<Chunk>(…)`, `new ReadableStream<Chunk>(…)`: generic over what `Chunk` names. */
  #traceTypes(given: TSESTree.TSTypeParameterInstantiation | undefined, depth: number): readonly AccessPath[] {
    return (given?.params ?? []).flatMap((type) => this.#traceAnnotation(type, depth)).map((path) => (path.steps.at(-1)?.kind === 'generic' ? path : extend(path, { kind: 'generic' })));
  }

  #traceTypeName(name: TSESTree.EntityName, depth: number): readonly AccessPath[] {
    if (name.type === 'Identifier') return this.trace(name, depth);
    if (name.type !== 'TSQualifiedName') return [];
    return this.#traceTypeName(name.left, depth).map((path) => extend(path, { kind: 'member', name: name.right.name }));
  }

  #member(paths: readonly AccessPath[], name: string, depth: number): readonly AccessPath[] {
    return paths.flatMap((path) => {
      const inner = path.steps.length === 0 && path.root.kind === 'node' ? this.#memberOfNode(path.root.node, name, depth) : null;
      return inner ?? [extend(path, { kind: 'member', name })];
    });
  }

  /** A property of an object literal, or a field, getter or method of a class in this file; null where there is none in sight. */
  #memberOfNode(node: TSESTree.Node, name: string, depth: number): readonly AccessPath[] | null {
    if (node.type === 'ObjectExpression') {
      const property = node.properties.find((property) => property.type === 'Property' && findPropertyName(property) === name);
      return property?.type === 'Property' ? this.trace(property.value, depth) : null;
    }
    const owner = this.#findClass(node, depth);
    return owner ? this.#memberOfClass(owner, name, depth) : null;
  }

  #findClass(node: TSESTree.Node, depth: number): TSESTree.ClassDeclaration | TSESTree.ClassExpression | null {
    if (node.type === 'ThisExpression') {
      for (const outer of ancestorsOf(node)) if (isClass(outer)) return outer;
    }
    if (node.type === 'NewExpression') {
      const [path] = this.trace(node.callee, depth);
      if (path?.root.kind === 'node' && path.steps.length === 0 && isClass(path.root.node)) return path.root.node;
    }
    return null;
  }

  #memberOfClass(owner: TSESTree.ClassDeclaration | TSESTree.ClassExpression, name: string, depth: number): readonly AccessPath[] | null {
    const paths = this.#once(`${owner.range[0]} ${name}`, () => this.#traceMember(owner, name, depth)) ?? [];
    return paths.length > 0 ? paths : null;
  }

  #traceMember(owner: TSESTree.ClassDeclaration | TSESTree.ClassExpression, name: string, depth: number): readonly AccessPath[] {
    const paths: AccessPath[] = [];
    for (const value of indexOf(this.#source).fields.get(owner)?.get(name) ?? []) {
      if (!isNothing(value)) paths.push(...this.trace(value, depth));
    }
    for (const member of owner.body.body) {
      if (member.type === 'PropertyDefinition' && findPropertyName(member) === name) {
        if (member.value && !isNothing(member.value)) paths.push(...this.trace(member.value, depth));
        paths.push(...this.#traceAnnotation(member.typeAnnotation?.typeAnnotation ?? null, depth));
      }
      if (member.type === 'MethodDefinition' && findPropertyName(member) === name && isFunction(member.value)) {
        if (member.kind === 'get') paths.push(...this.#returned(member.value, depth));
        else if (member.kind === 'method') paths.push(startAt(member.value));
      }
      if (member.type === 'MethodDefinition' && member.kind === 'constructor') {
        for (const parameter of member.value.params) {
          if (parameter.type !== 'TSParameterProperty') continue;
          const declared = parameter.parameter.type === 'AssignmentPattern' ? parameter.parameter.left : parameter.parameter;
          if (declared.type === 'Identifier' && declared.name === name) {
            paths.push(...this.#traceAnnotation(declared.typeAnnotation?.typeAnnotation ?? null, depth));
          }
        }
      }
    }
    return paths;
  }

  /** Null where `key` is being traced already. */
  #once(key: unknown, trace: () => readonly AccessPath[]): readonly AccessPath[] | null {
    if (this.#open.has(key)) {
      this.#cuts++;
      return null;
    }
    this.#open.add(key);
    const paths = trace();
    this.#open.delete(key);
    return paths;
  }

  #call(node: TSESTree.CallExpression, depth: number): readonly AccessPath[] {
    const [first] = node.arguments;
    if (node.callee.type === 'Identifier' && node.callee.name === 'require' && first?.type === 'Literal' && !findVariable(this.#source, node.callee)) {
      return [startAtModule(String(first.value))];
    }
    return this.#tracePromise(node, depth) ?? this.trace(node.callee, depth).flatMap((path) => {
      const callee = path.steps.length === 0 && path.root.kind === 'node' ? path.root.node : null;
      const results = callee && isFunction(callee) ? this.#result(callee, node, depth) : [extend(path, { kind: 'call', node }), ...this.#traceTypes(node.typeArguments, depth)];
      const callbacks = node.arguments.flatMap((argument) => this.#findCallback(argument, depth));
      const inner = callbacks.flatMap((callback) => this.#returned(callback, depth));
      return [...results, ...inner.map((path) => ({ ...path, through: [...path.through, node] }))];
    });
  }

  /** A function that the call is handed, written there or by its name. */
  #findCallback(argument: TSESTree.Node, depth: number): FunctionNode[] {
    if (isFunction(argument)) return argument.generator ? [] : [argument];
    if (argument.type !== 'Identifier') return [];
    return this.trace(argument, depth).flatMap(({ root, steps }) => (root.kind === 'node' && steps.length === 0 && isFunction(root.node) && !root.node.generator ? [root.node] : []));
  }

  /** What this call puts into the parameter that a function gives, `pass(stream)`; null where the function gives something else. */
  #traceArgument(value: TSESTree.Node, callee: FunctionNode, call: TSESTree.CallExpression, depth: number): readonly AccessPath[] | null {
    const def = findVariable(this.#source, unwrap(value))?.defs[0];
    const parameter = def?.type === 'Parameter' && def.node === callee ? findParameter(def.name) : null;
    return parameter && this.#argument(call.arguments[parameter.index], parameter.picks, depth);
  }

  #argument(argument: TSESTree.Node | undefined, picks: readonly string[], depth: number): readonly AccessPath[] {
    if (!argument || argument.type === 'SpreadElement') return [];
    return picks.reduce((paths, pick) => this.#member(paths, pick, depth), this.trace(argument, depth));
  }

  /** What the same-file callers of a function put in a parameter. */
  #fromCallers(owner: TSESTree.Node, { index, picks }: { readonly index: number; readonly picks: readonly string[] }, depth: number): readonly AccessPath[] {
    const name = owner.type === 'FunctionDeclaration' ? owner.id : owner.parent?.type === 'VariableDeclarator' ? owner.parent.id : null;
    const variable = name && findVariable(this.#source, name);
    if (!variable) return [];
    return this.#once(owner, () => variable.references.flatMap(({ identifier }) => {
      const call = findUser(identifier);
      const argument = call?.type === 'CallExpression' && unwrap(call.callee) === identifier ? call.arguments[index] : undefined;
      return this.#argument(argument, picks, depth).map((path) => ({ ...path, given: path.steps.length }));
    })) ?? [];
  }

  /** What the call of a function in this file gives. */
  #result(callee: FunctionNode, call: TSESTree.CallExpression, depth: number): readonly AccessPath[] {
    const declared = this.#traceAnnotation(callee.returnType?.typeAnnotation, depth);
    const values = callee.generator ? (indexOf(this.#source).relays.get(callee) ?? []) : (indexOf(this.#source).returns.get(callee) ?? []).filter((value) => !isNothing(value));
    const given = this.#once(callee, () => values.flatMap((value) => this.#traceArgument(value, callee, call, depth) ?? this.trace(value, depth))) ?? [];
    return [...given, ...declared].map((path) => (callee.generator ? { ...path, relayed: true } : path));
  }

  /** `promise.catch(…)`, `.finally(…)` and `.then(callback)` as what they resolve to; null for any other call. */
  #tracePromise({ callee, arguments: [first] }: TSESTree.CallExpression, depth: number): readonly AccessPath[] | null {
    const member = unwrap(callee);
    const name = member.type === 'MemberExpression' ? findPropertyName(member) : null;
    if (member.type !== 'MemberExpression' || !first) return null;
    if (name === 'catch' || name === 'finally') return this.trace(member.object, depth);
    return name === 'then' && isFunction(first) ? this.#returned(first, depth) : null;
  }

  #returned(callee: TSESTree.Node, depth: number): readonly AccessPath[] {
    if (!isFunction(callee)) return [];
    const values = (indexOf(this.#source).returns.get(callee) ?? []).filter((value) => !isNothing(value));
    return this.#once(callee, () => values.flatMap((value) => this.trace(value, depth))) ?? [];
  }

  #construct(node: TSESTree.NewExpression, depth: number): readonly AccessPath[] {
    return this.trace(node.callee, depth).flatMap((path) => {
      if (path.root.kind !== 'node' || path.steps.length > 0 || !isClass(path.root.node)) return [extend(path, { kind: 'new', node }), ...this.#traceTypes(node.typeArguments, depth)];
      const { superClass } = path.root.node;
      // What a class of this file does not define, its parent has.
      const inherited = superClass ? this.trace(superClass, depth).filter(({ root }) => root.kind === 'module') : [];
      return [startAt(node), ...inherited.map((parent) => extend(parent, { kind: 'new', node }))];
    });
  }
}

const startAt = (node: TSESTree.Node): AccessPath => ({ root: { kind: 'node', node }, steps: [], through: [], relayed: false, given: 0 });
const startAtModule = (module: string): AccessPath => ({ root: { kind: 'module', module }, steps: [], through: [], relayed: false, given: 0 });
const extend = (path: AccessPath, step: Step): AccessPath => ({ ...path, steps: [...path.steps, step] });

function findAnnotation(name: TSESTree.Node): TSESTree.TypeNode | null {
  if (name.type !== 'Identifier' || name.parent.type !== 'VariableDeclarator') return null;
  return name.typeAnnotation?.typeAnnotation ?? null;
}
