import { fieldsOf, isFunction, isNode, isType, listOf, nameOf, type Node, walk } from './babel.ts';

/** What a file says of all variables of one name. */
export interface NameFacts {
  readonly inits: readonly unknown[];
  /** A declaration or a parameter has a type, which says what it may hold. */
  readonly isTyped: boolean;
  /** Members that are assigned to. */
  readonly written: ReadonlySet<string>;
  /** What is called with it, as the last name of the callee. */
  readonly passedTo: readonly string[];
  /** It has another name too, or stands inside another object. */
  readonly isShared: boolean;
}

interface Gathered {
  readonly inits: unknown[];
  isTyped: boolean;
  readonly written: Set<string>;
  readonly passedTo: string[];
  isShared: boolean;
}

const factsOf = new WeakMap<Node, ReadonlyMap<string, NameFacts>>();

export function findNameFacts(file: Node, name: string): NameFacts {
  let facts = factsOf.get(file);
  if (!facts) factsOf.set(file, (facts = gather(file)));
  return facts.get(name) ?? create();
}

/** The properties of a literal, and of literals in it, that hold a variable. */
function findInside(value: unknown): Node[] {
  if (!isType(value, 'ObjectExpression')) return [];
  return listOf(value['properties']).flatMap((property) =>
    property.type === 'ObjectProperty' && isType(property['value'], 'Identifier')
      ? [property]
      : findInside(property['value']),
  );
}

function gather(file: Node): ReadonlyMap<string, NameFacts> {
  const gatherer = new Gatherer();
  gatherer.read(file['program'], new Set());
  return gatherer.facts;
}

class Gatherer {
  readonly facts = new Map<string, Gathered>();
  /** Properties in what is passed on. */
  readonly #passed = new Set<Node>();

  /** `hidden`: parameters of functions around the code, which are others than the variables of that name outside. */
  read(value: unknown, hidden: ReadonlySet<string>): void {
    if (Array.isArray(value)) return value.forEach((item) => this.read(item, hidden));
    if (!isNode(value)) return;
    this.#note(value, hidden);
    const params = isFunction(value) ? findNames(value['params']) : [];
    const inside = params.length > 0 ? new Set([...hidden, ...params]) : hidden;
    for (const field of fieldsOf(value)) this.read(value[field], inside);
  }

  #note(node: Node, hidden: ReadonlySet<string>): void {
    const { type, id, init, left, right, callee } = node;
    const of = (value: unknown): Gathered => (hidden.has(nameOf(value)) ? create() : this.#of(nameOf(value)));
    if (type === 'Identifier' && isNode(node['typeAnnotation'])) this.#of(nameOf(node)).isTyped = true;
    if (type === 'VariableDeclarator' && isType(id, 'Identifier')) {
      of(id).inits.push(init);
      if (isType(init, 'Identifier')) of(init).isShared = true;
    }
    if (type === 'AssignmentExpression') {
      if (isType(right, 'Identifier')) of(right).isShared = true;
      if (isType(left, 'Identifier')) of(left).inits.push(right);
      if (isType(left, 'MemberExpression')) of(left['object']).written.add(nameOf(left['property']));
    }
    if (type === 'ObjectProperty' && isType(node['value'], 'Identifier') && !this.#passed.has(node))
      of(node['value']).isShared = true;
    if (type !== 'CallExpression' && type !== 'NewExpression') return;
    const method = nameOf(isNode(callee) && callee['property'] ? callee['property'] : callee);
    for (const argument of listOf(node['arguments'])) {
      if (argument.type === 'Identifier') of(argument).passedTo.push(method);
      for (const property of findInside(argument)) {
        this.#passed.add(property);
        of(property['value']).passedTo.push(method);
      }
    }
  }

  #of(name: string): Gathered {
    let known = this.facts.get(name);
    if (!known) this.facts.set(name, (known = create()));
    return known;
  }
}

const create = (): Gathered => ({ inits: [], isTyped: false, written: new Set(), passedTo: [], isShared: false });

/** Names that parameters bind, and a few more that stand in their defaults. */
function findNames(params: unknown): string[] {
  const names: string[] = [];
  walk(params, null, (node) => {
    if (node.type === 'Identifier') names.push(nameOf(node));
  });
  return names;
}

const optionsOf = new WeakMap<Node, ReadonlyMap<string, readonly unknown[]>>();

/** What a file's literals give under a name. */
export function findOptionValues(file: Node, name: string): readonly unknown[] {
  let options = optionsOf.get(file);
  if (!options) optionsOf.set(file, (options = gatherOptions(file)));
  return options.get(name) ?? [];
}

function gatherOptions(file: Node): ReadonlyMap<string, readonly unknown[]> {
  const options = new Map<string, unknown[]>();
  walk(file['program'], null, (node) => {
    if (node.type !== 'ObjectProperty') return;
    const name = nameOf(node['key']);
    const values = options.get(name);
    if (values) values.push(node['value']);
    else options.set(name, [node['value']]);
  });
  return options;
}
