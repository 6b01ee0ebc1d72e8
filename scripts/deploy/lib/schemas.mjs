// Validates Kubernetes objects: with the strict schemas of Kubernetes, and with the validators of the types of
// the operators of Prometheus and Grafana, and of KEDA.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import Ajv from 'ajv/dist/2020.js';
import * as grafana from '@kubernetes-models/grafana-operator/grafana.integreatly.org/v1beta1';
import * as keda from '@kubernetes-models/keda/keda.sh/v1alpha1';
import * as prometheus from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import * as alertmanager from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1';

import { SCHEMAS } from './tools.mjs';

/** The validators of one version of Kubernetes, compiled when they are needed. */
function version(name) {
  const folder = join(SCHEMAS, name);
  const read = (file) => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(read('_definitions.json'), '_definitions.json');
  const compiled = new Map();
  const validator = (file) => {
    if (!compiled.has(file)) compiled.set(file, ajv.compile(read(file)));
    return compiled.get(file);
  };
  const label = readFileSync(join(folder, 'version'), 'utf8').trim();
  return (object) => {
    const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion];
    const file = [object.kind, group.split('.')[0], version].filter(Boolean).join('-').toLowerCase();
    if (!existsSync(join(folder, `${file}.json`))) return [`${label} has no schema of ${object.apiVersion} ${object.kind}`];
    const validate = validator(`${file}.json`);
    validate(object);
    return (validate.errors ?? []).map(
      (error) => `${label}: ${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
    );
  };
}

/** A copy that notes which of its fields are read. A validator reads every field that its schema has, so the others are unknown. */
function watched(value, path, unread) {
  if (value === null || typeof value !== 'object') return value;
  const copy = Array.isArray(value) ? [] : {};
  for (const [key, field] of Object.entries(value)) {
    copy[key] = watched(field, `${path}/${key}`, unread);
    if (!Array.isArray(value)) unread.add(`${path}/${key}`);
  }
  return new Proxy(copy, {
    get(target, key) {
      if (typeof key === 'string') unread.delete(`${path}/${key}`);
      return target[key];
    },
  });
}

/** Objects of an operator. */
function operator(Model, object) {
  const unread = new Set();
  // Without the constructor, which reads every field.
  const model = Object.assign(Object.create(Model.prototype), object, { spec: watched(object.spec, '/spec', unread) });
  try {
    model.validate();
  } catch (error) {
    return [error.message];
  }
  // Routes below a route have no schema, so each is validated as the first one.
  const { routes = [] } = object.spec.route ?? {};
  const below = routes.flatMap((route) => operator(Model, { ...object, spec: { ...object.spec, route } }));
  const unknown = [...unread].filter((path) => !path.startsWith('/spec/route/routes/'));
  return [...unknown.map((path) => `unknown field ${path}`), ...below];
}

const kubernetes = ['oldest', 'newest'].map(version);

const DNS = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/** What the schemas leave to the server: names and labels. */
function names({ kind, metadata, spec }) {
  const found = [];
  // Names of these become host names or labels. A StatefulSet adds 11 characters in a label of its pods.
  const longest = { Service: 63, StatefulSet: 52 }[kind] ?? 253;
  if (
    !DNS.test(metadata.name) ||
    metadata.name.length > longest ||
    (kind === 'Service' && !/^[a-z][^.]*$/.test(metadata.name))
  )
    found.push(`the name ${metadata.name} is not valid`);
  const labels = [metadata.labels, spec?.template?.metadata?.labels, spec?.selector?.matchLabels];
  for (const [key, value] of labels.flatMap((labels) => Object.entries(labels ?? {})))
    if (typeof value !== 'string' || !LABEL.test(value) || value.length > 63)
      found.push(`the label ${key}: ${value} is not valid`);
  return found;
}

/** What is wrong with an object. */
export function problems(object) {
  return [...names(object), ...invalid(object)];
}

function invalid(object) {
  switch (object.kind) {
    case 'ServiceMonitor':
    case 'PrometheusRule':
      return operator(prometheus[object.kind], object);
    case 'AlertmanagerConfig':
      return operator(alertmanager[object.kind], object);
    case 'ScaledObject':
      return operator(keda.ScaledObject, object);
    case 'GrafanaDashboard':
      return operator(grafana.GrafanaDashboard, object);
    default:
      return kubernetes.flatMap((validate) => validate(object));
  }
}
