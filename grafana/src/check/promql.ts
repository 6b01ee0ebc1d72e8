// What an expression says, by Prometheus's own grammar: the metrics that it reads, the labels that it asks of them and the
// labels that its result has.

import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** What Grafana puts in. The values do not matter; their kinds do. */
const VARIABLES: [RegExp, string][] = [
  [/\$__rate_interval|\$\{__rate_interval\}/g, '5m'],
  [/\$__range_s|\$__interval_ms/g, '60'],
  [/\$__range/g, '1h'],
  [/\$__interval/g, '1m'],
];

export interface Selector {
  metric: string;
  /** The labels of its matchers. */
  labels: string[];
}

/** A place where labels are named: `by`, `without`, `on`, `ignoring`, `group_left`, `group_right`. */
export interface Grouping {
  labels: string[];
  /** What they are labels of. */
  selectors: Selector[];
  /** Labels that `label_replace` and `label_join` made below. */
  made: string[];
}

export interface Expression {
  selectors: Selector[];
  groupings: Grouping[];
  made: string[];
  /** The numbers that something is compared with. */
  limits: number[];
  /** The labels of the result where an outermost `by` says so. */
  by?: string[];
}

export function parse(source: string): Expression {
  const text = VARIABLES.reduce((expr, [from, to]) => expr.replace(from, to), source);
  const root = parser.parse(text).topNode;
  const read = (node: SyntaxNode) => text.slice(node.from, node.to);
  const unquoted = (node: SyntaxNode) => read(node).slice(1, -1);
  const fail = (why: string) => new Error(`${why}: ${source}`);

  const name = (node: SyntaxNode): string => {
    const identifier = node.getChild('Identifier');
    if (identifier === null) throw fail('a selector without a name');
    return read(identifier);
  };
  const selector = (node: SyntaxNode): Selector => ({
    metric: name(node),
    labels: all(node, 'UnquotedLabelMatcher').map((matcher) => read(matcher.getChild('LabelName')!)),
  });
  const selectors = (node: SyntaxNode) => all(node, 'VectorSelector').map(selector);
  const made = (node: SyntaxNode) =>
    all(node, 'FunctionCall')
      .filter((call) => /^label_(replace|join)/.test(read(call)))
      .map((call) => unquoted(all(call.getChild('FunctionCallBody')!, 'StringLiteral').find((s) => s.parent?.parent?.from === call.from)!));

  const broken = all(root, '⚠');
  if (broken.length > 0 || root.firstChild === null) throw fail(`no PromQL at ${broken[0]?.from ?? 0}`);
  const groupings = all(root, 'GroupingLabels').map((list) => {
    const owner = climb(list, ['AggregateExpr', 'BinaryExpr']);
    return { labels: all(list, 'LabelName').map(read), selectors: selectors(owner), made: made(owner) };
  });
  const comparisons = all(root, 'BinaryExpr').filter((node) => ['Gtr', 'Gte', 'Lss', 'Lte', 'Eql', 'Neq'].some((op) => node.getChild(op)));
  const limits = comparisons.flatMap((node) => node.getChildren('NumberDurationLiteral').map((n) => Number(read(n))));
  return { selectors: selectors(root), groupings, made: made(root), limits, by: outermost(root.firstChild, read) };
}

/** The labels of the result: those of the aggregation that everything else only filters or calculates with. */
function outermost(node: SyntaxNode | null, read: (node: SyntaxNode) => string): string[] | undefined {
  switch (node?.name) {
    case 'ParenExpr':
    case 'StepInvariantExpr':
    case 'BinaryExpr':
      return outermost(operand(node), read);
    case 'FunctionCall':
      return outermost(all(node, 'AggregateExpr')[0] ?? null, read);
    case 'AggregateExpr': {
      const modifier = node.getChild('AggregateModifier');
      if (modifier?.getChild('Without')) return undefined;
      return modifier ? all(modifier, 'LabelName').map(read) : [];
    }
    default:
      return undefined;
  }
}

/** The operand that labels come from: not a number. */
function operand(node: SyntaxNode): SyntaxNode | null {
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (['ParenExpr', 'BinaryExpr', 'FunctionCall', 'AggregateExpr', 'VectorSelector'].includes(child.name)) return child;
  }
  return null;
}

/** All nodes of a name below one, itself included; `⚠` is whatever the grammar could not read. */
function all(node: SyntaxNode, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const walk = (at: SyntaxNode) => {
    if (at.name === name || (name === '⚠' && at.type.isError)) found.push(at);
    for (let child = at.firstChild; child; child = child.nextSibling) walk(child);
  };
  walk(node);
  return found;
}

function climb(node: SyntaxNode, names: string[]): SyntaxNode {
  let at: SyntaxNode = node;
  while (!names.includes(at.name) && at.parent) at = at.parent;
  return at;
}

/** The metrics of an expression, histograms by their own name. */
export function families(expr: string): string[] {
  return parse(expr).selectors.map(({ metric }) => metric.replace(/_bucket$/, ''));
}
