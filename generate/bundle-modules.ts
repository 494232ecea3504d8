import { dirname, relative } from 'node:path';
import ts from 'typescript';

/** The helper as one module, in each of the languages that a program may want it in. */
export interface Bundle {
  readonly typescript: string;
  /** With `export`. */
  readonly esModule: string;
  /** With `module.exports`. */
  readonly commonJs: string;
}

/** A statement at the top of one of the modules, that something which is exported needs. */
interface Part {
  readonly module: ts.SourceFile;
  readonly statement: ts.Statement;
  readonly isExported: boolean;
}

/**
 * Puts the modules behind `entry` into one, in the order in which they are evaluated, comments and all. Nothing is
 * printed anew: imports and exports of the modules among each other are cut out, what no export needs is left out, and
 * of two things with one name one gets another.
 */
export function bundleModules(entry: string, options: ts.CompilerOptions, header: string): Bundle {
  const program = ts.createProgram([entry], options);
  const checker = program.getTypeChecker();
  const modules = findModules(program, entry);
  const exported = new Set(
    checker
      .getExportsOfModule(checker.getSymbolAtLocation(modules.at(-1)!)!)
      .map((symbol) => resolveAlias(checker, symbol)),
  );
  const parts = findParts(checker, modules, exported);
  const names = findNames(checker, parts, exported);
  const sections = modules
    .map((module) => ({ module, parts: parts.filter((part) => part.module === module) }))
    .filter(({ parts }) => parts.length > 0);
  const print = (printPart: (part: Part) => string): string => {
    const printed = sections.map(({ module, parts }) => ({
      title: relative(dirname(entry), module.fileName),
      texts: parts.map(printPart).filter((text) => text !== ''),
    }));
    return [
      header,
      ...printed
        .filter(({ texts }) => texts.length > 0)
        .map(({ title, texts }) => `${printTitle(title)}\n\n${texts.join('\n\n')}`),
    ].join('\n\n');
  };
  const typescript = print((part) => printTyped(checker, part, names));
  const esModule = print((part) => printUntyped(printTyped(checker, part, names)));
  const exports = parts
    .filter(({ isExported, statement }) => isExported && !isOnlyType(statement))
    .flatMap(({ statement }) => findDeclared(checker, statement).map(({ name }) => name));
  return {
    typescript: `${typescript}\n`,
    esModule: `${esModule}\n`,
    commonJs: `${esModule.replace(/^export /gm, '')}\n\nmodule.exports = {\n${exports.map((name) => `  ${name},\n`).join('')}};\n`,
  };
}

const printTitle = (title: string): string => `// ── ${title} ${'─'.repeat(Math.max(3, 100 - title.length))}`;

/** Each behind those that it imports. */
function findModules(program: ts.Program, entry: string): ts.SourceFile[] {
  const found: ts.SourceFile[] = [];
  const visit = (module: ts.SourceFile): void => {
    for (const statement of module.statements) {
      const imported =
        (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) && statement.moduleSpecifier
          ? program.getTypeChecker().getSymbolAtLocation(statement.moduleSpecifier)
          : undefined;
      const other = imported?.valueDeclaration as ts.SourceFile | undefined;
      if (other && !found.includes(other)) visit(other);
    }
    if (!found.includes(module)) found.push(module);
  };
  visit(program.getSourceFile(entry)!);
  return found;
}

const resolveAlias = (checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

function findDeclared(checker: ts.TypeChecker, statement: ts.Statement): ts.Symbol[] {
  const names = ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.map(({ name }) => name)
    : ts.isClassDeclaration(statement) ||
        ts.isFunctionDeclaration(statement) ||
        ts.isInterfaceDeclaration(statement) ||
        ts.isTypeAliasDeclaration(statement)
      ? [statement.name!]
      : [];
  return names.map((name) => checker.getSymbolAtLocation(name)!);
}

/** What a name stands for; of `{ name }` the variable, and not the property. */
function findSymbol(checker: ts.TypeChecker, identifier: ts.Identifier): ts.Symbol | null {
  const symbol = ts.isShorthandPropertyAssignment(identifier.parent)
    ? checker.getShorthandAssignmentValueSymbol(identifier.parent)
    : checker.getSymbolAtLocation(identifier);
  return symbol ? resolveAlias(checker, symbol) : null;
}

function findIdentifiers(node: ts.Node): ts.Identifier[] {
  const found: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(node);
  return found;
}

function findParts(
  checker: ts.TypeChecker,
  modules: readonly ts.SourceFile[],
  exported: ReadonlySet<ts.Symbol>,
): Part[] {
  const statements = modules.flatMap((module) =>
    module.statements
      .filter((statement) => !ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement))
      .map((statement) => ({ module, statement })),
  );
  const owners = new Map(
    statements.flatMap(({ statement }) =>
      findDeclared(checker, statement).map((symbol) => [symbol, statement] as const),
    ),
  );
  const needed = new Set<ts.Statement>();
  const need = (symbol: ts.Symbol | null): void => {
    const statement = symbol && owners.get(symbol);
    if (!statement || needed.has(statement)) return;
    needed.add(statement);
    for (const identifier of findIdentifiers(statement)) need(findSymbol(checker, identifier));
  };
  exported.forEach(need);
  // One that declares nothing is there for its effect.
  const isKept = (statement: ts.Statement): boolean =>
    needed.has(statement) || findDeclared(checker, statement).length === 0;
  return statements
    .filter(({ statement }) => isKept(statement))
    .map(({ module, statement }) => ({
      module,
      statement,
      isExported: findDeclared(checker, statement).some((symbol) => exported.has(symbol)),
    }));
}

/** Names for those that cannot keep their own, because another has it, or a global that is used somewhere. */
function findNames(
  checker: ts.TypeChecker,
  parts: readonly Part[],
  exported: ReadonlySet<ts.Symbol>,
): ReadonlyMap<ts.Symbol, string> {
  const declared = parts.flatMap(({ module, statement }) =>
    findDeclared(checker, statement).map((symbol) => ({ module, symbol })),
  );
  const identifiers = parts.flatMap(({ statement }) => findIdentifiers(statement));
  const all = new Set(identifiers.map(({ text }) => text));
  const modules = new Set(parts.map(({ module }) => module));
  const isGlobal = (symbol: ts.Symbol | null): boolean =>
    symbol?.declarations?.every((declaration) => !modules.has(declaration.getSourceFile())) === true;
  const globals = identifiers.filter(
    (identifier) => !isMemberName(identifier) && isGlobal(findSymbol(checker, identifier)),
  );
  const taken = new Set([...[...exported].map(({ name }) => name), ...globals.map(({ text }) => text)]);
  const names = new Map<ts.Symbol, string>();
  for (const { module, symbol } of declared) {
    if (exported.has(symbol)) continue;
    const isTaken = taken.has(symbol.name);
    taken.add(symbol.name);
    if (!isTaken) continue;
    const prefix = module.fileName
      .replace(/^.*\/|\.ts$/g, '')
      .replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const name = prefix + symbol.name[0]!.toUpperCase() + symbol.name.slice(1);
    const fitting = /^[A-Z]/.test(symbol.name) ? name[0]!.toUpperCase() + name.slice(1) : name;
    if (all.has(fitting)) throw new Error(`${module.fileName}: '${symbol.name}' needs a name of its own.`);
    names.set(symbol, fitting);
  }
  return names;
}

const isMemberName = (identifier: ts.Identifier): boolean =>
  (ts.isPropertyAccessExpression(identifier.parent) ||
    ts.isPropertyAssignment(identifier.parent) ||
    ts.isPropertySignature(identifier.parent)) &&
  identifier.parent.name === identifier;

/** The statement as it stands there, with the comments before it. */
function printTyped(
  checker: ts.TypeChecker,
  { module, statement, isExported }: Part,
  names: ReadonlyMap<ts.Symbol, string>,
): string {
  const start = statement.getFullStart();
  const edits = findIdentifiers(statement).flatMap((identifier) => {
    const symbol = findSymbol(checker, identifier);
    const name = symbol && names.get(symbol);
    if (!name || isMemberName(identifier)) return [];
    return [
      {
        start: identifier.getStart(),
        end: identifier.end,
        text: ts.isShorthandPropertyAssignment(identifier.parent) ? `${identifier.text}: ${name}` : name,
      },
    ];
  });
  const modifier = ts.canHaveModifiers(statement)
    ? ts.getModifiers(statement)?.find(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    : undefined;
  if (modifier && !isExported) edits.unshift({ start: modifier.getStart(), end: modifier.end + 1, text: '' });
  let text = module.text.slice(start, statement.end);
  for (const edit of edits.reverse())
    text = text.slice(0, edit.start - start) + edit.text + text.slice(edit.end - start);
  return text.replace(DIRECTIVE, '').trim();
}

/** To a linter of the house's; another knows nothing of its rules. */
const DIRECTIVE = /^[^\S\n]*\/\/ eslint-disable.*\n|[^\S\n]*\/\/ eslint-disable-line.*$/gm;

const isOnlyType = (statement: ts.Statement): boolean =>
  ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);

/**
 * The same without types; '' where nothing is left. TypeScript takes the empty lines out, so it is given one statement
 * at a time.
 */
function printUntyped(text: string): string {
  const { statements } = ts.createSourceFile('part.ts', text, ts.ScriptTarget.ES2022, true);
  if (statements.some(isOnlyType)) return '';
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  return outputText
    .replace(/^"use strict";\n/, '')
    .trim()
    .replace(/^(?: {4})+/gm, (indentation) => ' '.repeat(indentation.length / 2));
}
