import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { en } from './en';
import { zhCN } from './zh-CN';

type Tree = { readonly [key: string]: string | Tree };

/** All keys of a dictionary; the plural forms of one key count as that key, since languages have different ones. */
function keysOf(tree: Tree, path = ''): Map<string, string> {
  const keys = new Map<string, string>();
  for (const [name, value] of Object.entries(tree)) {
    const key = `${path}${name}`.replace(/_(one|other)$/, '');
    if (typeof value === 'string') keys.set(key, value);
    else for (const [inner, text] of keysOf(value, `${key}.`)) keys.set(inner, text);
  }
  return keys;
}

const variables = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').sort();

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? filesIn(join(folder, entry.name), ending)
      : entry.name.endsWith(ending)
        ? [join(folder, entry.name)]
        : [],
  );
}

const spoken = new Set([
  'title',
  'label',
  'placeholder',
  'alt',
  'aria-label',
  'text',
  'okText',
  'cancelText',
  'suffix',
  'prefix',
]);
const hasLetters = (text: string): boolean => /[A-Za-z\u3400-\u9fff]/.test(text);

/** Sentences written straight into markup: text between tags, and plain strings given to attributes that are read by people. */
function literalsIn(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const add = (node: ts.Node, text: string) => {
    if (hasLetters(text))
      found.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${text.trim()}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) add(node, node.text);
    if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent))
      if (ts.isStringLiteralLike(node.expression)) add(node, node.expression.text);
    if (ts.isJsxAttribute(node) && ts.isIdentifier(node.name) && spoken.has(node.name.text))
      if (node.initializer && ts.isStringLiteral(node.initializer)) add(node, node.initializer.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('the two languages', () => {
  const chinese = keysOf(zhCN);
  const english = keysOf(en);

  it('have the same keys', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
  });

  it('have no empty sentence', () => {
    expect([...chinese, ...english].filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it('fill in the same variables', () => {
    const different = [...chinese].filter(
      ([key, text]) => variables(text).join() !== variables(english.get(key) ?? '').join(),
    );
    expect(different.map(([key]) => key)).toEqual([]);
  });
});

describe('markup', () => {
  it('has no sentence outside the dictionaries', () => {
    expect(filesIn(join(import.meta.dirname, '..'), '.tsx').flatMap(literalsIn)).toEqual([]);
  });
});
