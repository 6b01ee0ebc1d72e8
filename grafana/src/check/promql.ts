// Parses expressions with Prometheus's own grammar: the metrics that they read, the labels that they match and the labels of their
// result.

import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** Grafana's variables. Only the type of the replacement matters, not its value. */
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
  /** The text of the matchers. */
  matched: string[];
  /** The labels that `without` removes from its result. */
  dropped?: string[];
}

/** The origin of the labels of a result: those that aggregations keep, and those of the selected series. */
export interface Source {
  kept: string[];
  selectors: Selector[];
}

/** A place where labels are named: `by`, `without`, `on`, `ignoring`, `group_left`, `group_right`. */
export interface Grouping {
  /** Whether the labels are what a result or match depends on, what it does not depend on, or only copied. */
  kind: 'includes' | 'excludes' | 'copies';
  labels: string[];
  /** The operands that must have these labels. */
  of: Source;
}

export interface Expression {
  selectors: Selector[];
  groupings: Grouping[];
  result: Source;
}

export function parse(source: string): Expression {
  const text = VARIABLES.reduce((expr, [from, to]) => expr.replace(from, to), source);
  const root = parser.parse(text).topNode;
  const read = (node: SyntaxNode) => text.slice(node.from, node.to);
  const unquoted = (node: SyntaxNode) => read(node).slice(1, -1);
  const fail = (why: string) => new Error(`${why}: ${source}`);

  const name = (node: SyntaxNode): string => {
    const identifier = node.getChild('Identifier');
    if (identifier === null) throw fail('selector without a metric name');
    return read(identifier);
  };
  const selector = (node: SyntaxNode): Selector => ({
    metric: name(node),
    labels: all(node, 'UnquotedLabelMatcher').map((matcher) => read(matcher.getChild('LabelName')!)),
    matched: all(node, 'UnquotedLabelMatcher').map(read),
  });
  const dropping = ({ kept, selectors }: Source, labels: string[]): Source => ({
    kept: kept.filter((label) => !labels.includes(label)),
    selectors: selectors.map((from) => ({ ...from, dropped: [...(from.dropped ?? []), ...labels] })),
  });
  const joined = (sources: Source[]): Source => ({
    kept: sources.flatMap(({ kept }) => kept),
    selectors: sources.flatMap(({ selectors }) => selectors),
  });
  /** The origin of a node's labels. */
  const origin = (node: SyntaxNode): Source => {
    switch (node.name) {
      case 'VectorSelector':
        return { kept: [], selectors: [selector(node)] };
      case 'AggregateExpr': {
        const modifier = node.getChild('AggregateModifier');
        const without = modifier?.getChild('Without');
        if (without) return dropping(below(node), all(modifier!, 'LabelName').map(read));
        return { kept: modifier ? all(modifier, 'LabelName').map(read) : [], selectors: [] };
      }
      case 'BinaryExpr':
        return node.getChild('And') || node.getChild('Unless') ? origin(node.firstChild!) : below(node);
      case 'FunctionCall':
        return joined([below(node), { kept: made(node), selectors: [] }]);
      default:
        return below(node);
    }
  };
  const below = (node: SyntaxNode): Source => joined(children(node).map(origin));
  /** The label that `label_replace` or `label_join` creates: its first string argument. */
  const made = (call: SyntaxNode) => {
    if (!/^label_(replace|join)/.test(read(call))) return [];
    const [label] = call.getChild('FunctionCallBody')!.getChildren('StringLiteral');
    return label ? [unquoted(label)] : [];
  };

  const broken = all(root, '⚠');
  if (broken.length > 0 || root.firstChild === null) throw fail(`invalid PromQL at position ${broken[0]?.from ?? 0}`);
  const groupings = all(root, 'GroupingLabels').map((list) => ({
    kind: kind(list),
    labels: all(list, 'LabelName').map(read),
    of: below(climb(list, ['AggregateExpr', 'BinaryExpr'])),
  }));
  return { selectors: all(root, 'VectorSelector').map(selector), groupings, result: origin(root) };
}

/** The keyword before a list of labels. */
function kind(list: SyntaxNode): Grouping['kind'] {
  const word = list.prevSibling?.name;
  if (word === 'Without' || word === 'Ignoring') return 'excludes';
  return word === 'GroupLeft' || word === 'GroupRight' ? 'copies' : 'includes';
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}

/** All nodes with a name in a subtree, including its root; `⚠` finds all syntax errors. */
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

/** The metrics of an expression; histograms without the suffix `_bucket`. */
export function families(expr: string): string[] {
  return parse(expr).selectors.map(({ metric }) => metric.replace(/_bucket$/, ''));
}
