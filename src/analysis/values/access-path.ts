import type { Variable } from '@typescript-eslint/scope-manager';
import type { TSESTree } from '@typescript-eslint/utils';
import { type AccessPath, extend, findRootNode, startAt, startAtModule, type Tracing } from './access-steps.ts';
import { bindingsOf, findParameter, findVariable } from '../source/bindings.ts';
import { FileMemory } from '../source/file-memory.ts';
import type { ParsedSource } from '../source/parsed-source.ts';
import { traceCall, traceCallers, traceNew } from './trace-calls.ts';
import { traceMember } from './trace-members.ts';
import { traceAnnotation, withoutDescribed } from './trace-types.ts';
import { findPropertyName, isNothing, unwrap } from '../source/tree.ts';

export type { AccessPath, Step } from './access-steps.ts';

/** A value with more branches, a longer chain of variables, or more nodes behind it than these is out of sight. */
const MAX_PATHS = 8;
const MAX_DEPTH = 60;
const MAX_NODES = 5_000;

const known = new FileMemory<Map<TSESTree.Node, readonly AccessPath[]>>();

/**
 * The ways in which the expression's value may come about. Where nothing is known, one path that starts at the node
 * itself.
 */
export function findAccessPaths(source: ParsedSource, expression: TSESTree.Node): readonly AccessPath[] {
  return new Tracer(source).trace(expression, 0);
}

/**
 * The expressions that the value may be, where they are in sight: after `const a = { b: 1 }`, `a.b` is the literal 1.
 */
export const findValues = (source: ParsedSource, expression: TSESTree.Node): TSESTree.Node[] =>
  findAccessPaths(source, expression).flatMap((path) => findRootNode(path) ?? []);

class Tracer implements Tracing {
  readonly source: ParsedSource;
  readonly #known: Map<TSESTree.Node, readonly AccessPath[]>;
  /** The nodes that are being traced right now. To meet one again is a cycle: `let a = b; let b = a`. */
  readonly #open = new Set<unknown>();
  #nodes = 0;
  #cuts = 0;

  constructor(source: ParsedSource) {
    this.source = source;
    this.#known = known.get(source.ast) ?? new Map<TSESTree.Node, readonly AccessPath[]>();
    known.set(source.ast, this.#known);
  }

  trace(expression: TSESTree.Node, depth: number): readonly AccessPath[] {
    if (expression.type === 'TSAsExpression') {
      return [
        ...this.trace(expression.expression, depth),
        ...withoutDescribed(traceAnnotation(this, expression.typeAnnotation, depth)),
      ].slice(0, MAX_PATHS);
    }
    const node = unwrap(expression);
    const before = this.#known.get(node);
    if (before) return before;
    if (this.#open.has(node) || depth > MAX_DEPTH || !this.spend()) {
      this.#cuts++;
      return [startAt(node)];
    }
    const cuts = this.#cuts;
    this.#open.add(node);
    const paths = this.#traceNode(node, depth + 1).slice(0, MAX_PATHS);
    this.#open.delete(node);
    const answer = paths.length > 0 ? paths : [startAt(node)];
    // A result from inside a cycle is incomplete, and is not cached.
    if (cuts === this.#cuts || this.#open.size === 0) this.#known.set(node, answer);
    return answer;
  }

  spend(): boolean {
    if (++this.#nodes <= MAX_NODES) return true;
    this.#cuts++;
    return false;
  }

  once(key: unknown, trace: () => readonly AccessPath[]): readonly AccessPath[] {
    if (this.#open.has(key)) {
      this.#cuts++;
      return [];
    }
    this.#open.add(key);
    const paths = trace();
    this.#open.delete(key);
    return paths;
  }

  #traceNode(node: TSESTree.Node, depth: number): readonly AccessPath[] {
    switch (node.type) {
      case 'Identifier': {
        const variable = findVariable(this.source, node);
        return variable ? this.once(variable, () => this.#traceVariable(variable, depth)) : [startAt(node)];
      }
      case 'AwaitExpression':
        return this.trace(node.argument, depth);
      case 'MemberExpression': {
        const name = findPropertyName(node);
        return name === null ? [startAt(node)] : traceMember(this, this.trace(node.object, depth), name, depth);
      }
      case 'CallExpression':
        return traceCall(this, node, depth);
      case 'ImportExpression':
        return this.trace(node.source, depth).map((path) => {
          const module = findRootNode(path);
          return module?.type === 'Literal' ? startAtModule(String(module.value)) : startAt(node);
        });
      case 'NewExpression':
        return traceNew(this, node, depth);
      case 'ConditionalExpression':
        return [...this.trace(node.consequent, depth), ...this.trace(node.alternate, depth)];
      case 'LogicalExpression':
        return node.operator === '&&'
          ? this.trace(node.right, depth)
          : [...this.trace(node.left, depth), ...this.trace(node.right, depth)];
      case 'AssignmentExpression':
        return this.trace(node.right, depth);
      case 'SequenceExpression':
        return this.trace(node.expressions[node.expressions.length - 1]!, depth);
      default:
        return [startAt(node)];
    }
  }

  #traceVariable(variable: Variable, depth: number): readonly AccessPath[] {
    const declared = variable.defs.flatMap((def) => {
      switch (def.type) {
        case 'ImportBinding':
          return traceImport(def.node);
        case 'FunctionName':
        case 'ClassName':
        case 'Type':
          return [startAt(def.node)];
        case 'Parameter':
          return this.#traceParameter(def.name, def.node, depth);
        case 'Variable':
          return traceAnnotation(this, findDeclaredType(def.name), depth);
        default:
          return [];
      }
    });
    const assigned = bindingsOf(variable)
      .filter(({ value }) => !isNothing(value))
      .flatMap(({ value, picks }) => this.#pick(this.trace(value, depth), picks, depth));
    return assigned.length > 0 ? [...assigned, ...withoutDescribed(declared)] : declared;
  }

  #pick(paths: readonly AccessPath[], picks: readonly string[], depth: number): readonly AccessPath[] {
    return picks.reduce((picked, name) => traceMember(this, picked, name, depth), paths);
  }

  #traceParameter(name: TSESTree.Node, owner: TSESTree.Node, depth: number): readonly AccessPath[] {
    const parameter = findParameter(name);
    if (!parameter) return [];
    const user = owner.parent;
    // `create().then((stream) => …)`
    if (parameter.index === 0 && user?.type === 'CallExpression' && user.arguments[0] === owner) {
      const { callee } = user;
      if (callee.type === 'MemberExpression' && findPropertyName(callee) === 'then')
        return this.#pick(this.trace(callee.object, depth), parameter.picks, depth);
    }
    const annotated = this.#pick(traceAnnotation(this, parameter.annotation, depth), parameter.picks, depth);
    const known = withoutDescribed(annotated);
    if (known.length > 0) return known;
    const usual =
      name.parent?.type === 'AssignmentPattern' && name.parent.left === name && !isNothing(name.parent.right)
        ? this.trace(name.parent.right, depth)
        : [];
    const given = [...traceCallers(this, owner, parameter, depth), ...usual];
    return given.length > 0 ? given : annotated;
  }
}

function traceImport(specifier: TSESTree.Node): readonly AccessPath[] {
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

function findDeclaredType(name: TSESTree.Node): TSESTree.TypeNode | null {
  if (name.type !== 'Identifier' || name.parent.type !== 'VariableDeclarator') return null;
  return name.typeAnnotation?.typeAnnotation ?? null;
}
